import type { Report } from '@droplake/pipeline/report'

/** One value of CloudWatch's, by the name that dashboards and alarms use. */
export interface Measurement {
  name: MetricName
  unit: 'Count' | 'Bytes' | 'Seconds'
  value: number
}

export type MetricName =
  | 'RowsIn'
  | 'RowsKept'
  | 'RowsDuplicate'
  | 'RowsQuarantined'
  | 'BytesIn'
  | 'RunSeconds'
  | 'Published'
  | 'Held'
  | 'Failed'

/** What a run's report comes to, for the dataset as a whole and for each of its tables. */
export function measurements(report: Report): { table?: string; values: Measurement[] }[] {
  const count = (name: MetricName, value: number): Measurement => ({ name, unit: 'Count', value })
  const tables = Object.entries(report.tables)
  const rows = (of: { rowsIn: number; kept: number; duplicate: number; quarantined: number }) => [
    count('RowsIn', of.rowsIn),
    count('RowsKept', of.kept),
    count('RowsDuplicate', of.duplicate),
    count('RowsQuarantined', of.quarantined),
  ]
  const sum = { rowsIn: 0, kept: 0, duplicate: 0, quarantined: 0 }
  for (const [, counts] of tables) for (const key of Object.keys(sum) as (keyof typeof sum)[]) sum[key] += counts[key]
  const is = (status: Report['status']) => (report.status === status ? 1 : 0)
  return [
    {
      values: [
        ...rows(sum),
        { name: 'BytesIn', unit: 'Bytes', value: report.io.bytesIn },
        { name: 'RunSeconds', unit: 'Seconds', value: report.durationMs / 1000 },
        count('Published', is('published')),
        count('Held', is('held')),
        count('Failed', is('failed')),
      ],
    },
    ...tables.map(([table, counts]) => ({ table, values: rows(counts) })),
  ]
}
