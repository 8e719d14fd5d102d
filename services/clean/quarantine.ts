import type { Reject } from '@droplake/columnar/read-csv'
import { createParquet, type ParquetOut } from '@droplake/columnar/write-parquet'
import type { Cell } from '@droplake/contracts/column'
import type { ObjectStore } from '@droplake/lake/object-store'
import { type Source, sourceName } from '@droplake/pipeline/markers'
import { quarantineColumns } from '@droplake/pipeline/staged'

const mostBytesHeld = 4 * 2 ** 20
const width = Object.keys(quarantineColumns).length

/** Rejected records on their way into one quarantine file, which exists only if there are any. */
export interface Quarantine {
  add(source: Source, reject: Reject, at: { encoding: string; offset: number }): Promise<void>
  close(): Promise<string | undefined>
  abort(): Promise<void>
}

export function createQuarantine(store: ObjectStore, key: string): Quarantine {
  let file: ParquetOut | undefined
  let held: Cell[][] = Array.from({ length: width }, () => [])
  let bytesHeld = 0

  const flush = async () => {
    file ??= createParquet(quarantineColumns, await store.writer(key))
    await file.writeGroup(held)
    held = Array.from({ length: width }, () => [])
    bytesHeld = 0
  }

  return {
    async add(source, reject, { encoding, offset }) {
      const text = new TextDecoder(encoding === 'latin-1' ? 'windows-1252' : 'utf-8').decode(reject.bytes)
      const { reason, column, length } = reject
      const row = [source.id, sourceName(source), BigInt(reject.row), reason, column, text, encoding]
      const cells = [...row, BigInt(offset + reject.offset), BigInt(length)]
      for (let i = 0; i < cells.length; i++) held[i]?.push(cells[i] ?? null)
      bytesHeld += reject.bytes.length
      if (bytesHeld >= mostBytesHeld || (held[0]?.length ?? 0) >= 10_000) await flush()
    },
    async close() {
      if ((held[0]?.length ?? 0) > 0) await flush()
      if (!file) return undefined
      await file.close()
      return key
    },
    async abort() {
      await file?.abort()
    },
  }
}
