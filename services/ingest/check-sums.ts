import type { TableCounts } from '@droplake/pipeline/lake-state'

/** Thrown when rows were lost or doubled on the way: the run fails before anything of it exists. */
export class SumMismatch extends Error {
  override readonly name = 'SumMismatch'
}

/** Checks that every row that came in is accounted for, and that the table grew by just what was kept. */
export function checkSums(table: string, counts: TableCounts, previous: number): void {
  const { rowsIn, kept, duplicate, quarantined, blank, replaced, rowsTotal } = counts
  if (rowsIn !== kept + duplicate + quarantined + blank)
    throw new SumMismatch(
      `ingest: ${table}: ${rowsIn} rows in, but ${kept} kept + ${duplicate} duplicate + ${quarantined} quarantined + ${blank} blank`,
    )
  if (rowsTotal !== previous + kept - replaced)
    throw new SumMismatch(
      `ingest: ${table}: ${rowsTotal} rows in the table, but ${previous} before + ${kept} kept - ${replaced} replaced`,
    )
}
