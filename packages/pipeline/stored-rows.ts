import { openParquet, type ParquetIn } from '@droplake/columnar/read-parquet'
import type { Cell } from '@droplake/contracts/column'
import type { ObjectStore } from '@droplake/lake/object-store'

export function openStored(store: ObjectStore, file: { key: string; bytes: number }): Promise<ParquetIn> {
  return openParquet((range) => store.read(file.key, { range }), file.bytes)
}

/** The asked columns of a whole file, one row group at a time. */
export async function* storedColumns(
  store: ObjectStore,
  file: { key: string; bytes: number },
  names: readonly string[],
): AsyncIterable<Cell[][]> {
  const parquet = await openStored(store, file)
  for (let group = 0; group < parquet.rowGroups.length; group++) yield await parquet.readGroup(group, names)
}
