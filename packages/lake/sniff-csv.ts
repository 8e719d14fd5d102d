import { randomUUID } from 'node:crypto'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { quoteText } from './private-views.ts'

const sampleRows = 2_048
/** DuckDB takes hundreds of megabytes for a header of a million cells, whatever its memory limit is. */
const longestLine = 65_536
/** Bytes of a file that are looked at. */
export const sniffedBytes = 2 ** 20

/** What no column is called: bytes of a binary file, or a whole header whose delimiter was not found. */
const isNoName = /[\p{Cc}\ufffd]|[^,;|]{2}[,;|][^,;|]{2}/u

export type SniffedColumn = { name: string; type: string }

/**
 * Names and types that DuckDB infers from the beginnings of plain CSV files, in order: it finds out delimiter, quotes,
 * header and types by itself. Undefined for what it cannot make sense of. `folder` holds one beginning at a time.
 */
export async function sniffCsv(
  heads: AsyncIterable<Uint8Array>,
  folder: string,
): Promise<(SniffedColumn[] | undefined)[]> {
  const instance = await DuckDBInstance.create(':memory:', { memory_limit: '128MB', threads: '1' })
  const connection = await instance.connect()
  const path = join(folder, `${randomUUID()}.csv`)
  const sniff = `select unnest(Columns, recursive := true) from sniff_csv(${quoteText(path)}, sample_size = ${sampleRows}, max_line_size = ${longestLine}, ignore_errors = true)`
  const found: (SniffedColumn[] | undefined)[] = []
  await mkdir(folder, { recursive: true })
  try {
    for await (const head of heads) {
      await writeFile(path, wholeLines(head.subarray(0, sniffedBytes)))
      const rows = await connection.runAndReadAll(sniff).then(
        (result) => result.getRowObjects(),
        () => undefined,
      )
      const columns = rows?.map(({ name, type }) => ({ name: String(name), type: String(type).toLowerCase() }))
      found.push(columns?.some(({ name }) => isNoName.test(name)) ? undefined : columns)
    }
    return found
  } finally {
    connection.closeSync()
    instance.closeSync()
    await rm(path, { force: true })
  }
}

/** Without the row in which the beginning of a file was cut off. */
function wholeLines(head: Uint8Array): Uint8Array {
  return head.length < sniffedBytes ? head : head.subarray(0, head.lastIndexOf(10) + 1 || head.length)
}
