import type { TableCounts } from '@droplake/pipeline/lake-state'
import type { Report } from '@droplake/pipeline/report'
import { expect, test } from 'vitest'
import { measurements } from './measurements.ts'

const counts = (n: number): TableCounts => ({
  records: 10 * n,
  rowsIn: 10 * n,
  kept: 7 * n,
  duplicate: 2 * n,
  quarantined: n,
  blank: 0,
  repaired: 0,
  replaced: 0,
  rowsTotal: 7 * n,
})
const report: Report = {
  runId: 'r1',
  dataset: 'd',
  status: 'held',
  startedAt: '',
  finishedAt: '',
  durationMs: 2500,
  sources: [],
  tables: { a: counts(1), b: counts(2) },
  quality: [],
  models: {},
  io: { bytesIn: 99, bytesRead: 0, bytesWritten: 0, requests: 0 },
}
const byName = (values: { name: string; value: number }[] = []) =>
  Object.fromEntries(values.map(({ name, value }) => [name, value]))

test('a run is measured as a whole and by table', () => {
  const [whole, a, b] = measurements(report)
  expect(byName(whole?.values)).toEqual({
    RowsIn: 30,
    RowsKept: 21,
    RowsDuplicate: 6,
    RowsQuarantined: 3,
    BytesIn: 99,
    RunSeconds: 2.5,
    Published: 0,
    Held: 1,
    Failed: 0,
  })
  expect([a?.table, b?.table]).toEqual(['a', 'b'])
  expect(byName(b?.values)).toEqual({ RowsIn: 20, RowsKept: 14, RowsDuplicate: 4, RowsQuarantined: 2 })
})
