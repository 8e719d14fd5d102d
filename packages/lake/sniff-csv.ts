import { confinedDuckdb } from './duckdb-confined.ts'
import { quoteText } from './private-views.ts'

const sampleRows = 2_048
/** What no column is called: bytes of a binary file, or a whole header whose delimiter was not found. */
const isNoName = /[\p{Cc}\ufffd]|[^,;|]{2}[,;|][^,;|]{2}/u

/**
 * Names and types that DuckDB infers from CSV files, by path: it finds out delimiter, quotes, header and types by itself.
 * Undefined for a file that it cannot make sense of. gzip and zstd are read as they are.
 */
export async function sniffCsv(
  paths: readonly string[],
): Promise<Map<string, { name: string; type: string }[] | undefined>> {
  const instance = await confinedDuckdb({ settings: { memory_limit: '128MB', threads: '1' }, files: paths })
  const connection = await instance.connect()
  const found = new Map<string, { name: string; type: string }[] | undefined>()
  try {
    for (const path of paths) {
      const sniff = `select unnest(Columns, recursive := true) from sniff_csv(${quoteText(path)}, sample_size = ${sampleRows}, ignore_errors = true)`
      const rows = await connection.runAndReadAll(sniff).then(
        (result) => result.getRowObjects(),
        () => undefined,
      )
      const columns = rows?.map(({ name, type }) => ({ name: String(name), type: String(type).toLowerCase() }))
      found.set(path, columns?.some(({ name }) => isNoName.test(name)) ? undefined : columns)
    }
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
  return found
}
