import { text } from '@droplake/contracts/column'
import { builtIn } from '@droplake/contracts/registry'
import type { TableSpec } from '@droplake/contracts/table'
import { describe, expect, test } from 'vitest'
import { abandonedAlert, runAlerts, unroutableAlert } from './alerts.ts'
import type { Report } from './report.ts'
import { datasetWith, testLake } from './testing/test-lake.ts'
import { ringFor, wholeRun } from './testing/test-run.ts'

const t: TableSpec = {
  description: '',
  files: 't*.csv',
  columns: { id: text.required(), name: text.optional({ personal: true }), state: text.optional({ accepted: ['SP'] }) },
  key: ['id'],
  dedupe: 'latest',
  kind: 'snapshot',
}
const counts = {
  records: 100,
  rowsIn: 100,
  kept: 90,
  duplicate: 2,
  quarantined: 5,
  blank: 3,
  repaired: 1,
  replaced: 4,
  rowsTotal: 500,
}
const report = (of: Partial<Report> = {}): Report => ({
  runId: 'r1',
  dataset: 'd',
  status: 'published',
  startedAt: '2024-01-01T00:00:00.000Z',
  finishedAt: '2024-01-01T00:00:02.500Z',
  durationMs: 2500,
  sources: [],
  tables: { t: counts },
  quality: [],
  models: {},
  io: { bytesIn: 0, bytesRead: 0, bytesWritten: 0, requests: 0 },
  ...of,
})
const alertsOf = (of: Partial<Report> = {}, spec: Partial<TableSpec> = {}) =>
  runAlerts(datasetWith({ t: { ...t, ...spec } }), report(of))
const kinds = (alerts: ReturnType<typeof alertsOf>) => alerts.map(({ attributes }) => attributes.kind)

test('one row, one file and one column are said in the singular', () => {
  const one = { ...counts, rowsIn: 1, quarantined: 1 }
  const rule = { rule: 'r', table: 't', severity: 'warn' as const, status: 'fail' as const, failing: 1 }
  const aside = {
    key: 'raw/d/t.csv',
    table: 't',
    bytes: 1,
    rowsIn: 0,
    outcome: 'set_aside' as const,
    error: 'no header',
  }
  const alerts = alertsOf({ tables: { t: one }, quality: [rule], sources: [aside] })
  const texts = alerts.flatMap(({ subject, text: body }) => [subject, body]).join('\n')
  expect(texts).toMatch(/t: 1 row in,.*fails for 1 row\n.*1 file set aside.*1 of 1 row of t is in quarantine/s)
  expect(texts).not.toMatch(/\b1 (rows|files|columns)\b/)
})

describe('a file that no contract takes', () => {
  test('in a known folder: the alert names the file, the patterns of its dataset and the ways out', () => {
    const alert = unroutableAlert(builtIn, 'raw/olist/2018/what is this.csv')
    expect(alert.subject).toBe('droplake: no table takes what is this.csv')
    expect(alert.text).toContain('raw/olist/2018/what is this.csv')
    expect(alert.text).toContain('olist_orders_dataset*.csv')
    expect(alert.text).toContain('raw/<dataset>/<table>/')
    expect(alert.attributes).toEqual({ kind: 'unroutable', dataset: 'olist', severity: 'warning' })
  })

  test('elsewhere: the alert names the datasets that there are', () => {
    const alert = unroutableAlert(builtIn, 'raw/unknown/a.csv')
    expect(alert.text).toContain('olist')
    expect(alert.attributes.dataset).toBe('')
  })

  test('with a name of any length: the subject is one line of at most 100 characters', () => {
    const { subject } = unroutableAlert(builtIn, `raw/olist/${'long\n'.repeat(60)}.csv`)
    expect(subject.length).toBeLessThanOrEqual(100)
    expect(subject).not.toContain('\n')
  })
})

describe('a run', () => {
  test('that published tells counts, durations and versions, as information', () => {
    const [alert, ...others] = alertsOf({ models: { m: { status: 'published', rows: 7 } } })
    expect(others).toEqual([])
    expect(alert?.subject).toBe('droplake: d published')
    expect(alert?.text).toContain('r1 of d published after 2.5 s')
    expect(alert?.text).toContain('t: 100 rows in, 90 kept, 2 duplicate, 5 quarantined, 4 replaced; 500 in the table')
    expect(alert?.text).toContain('Published: m (7)')
    expect(alert?.text).not.toContain('droplake run')
    expect(alert?.attributes).toEqual({
      kind: 'published',
      severity: 'info',
      dataset: 'd',
      status: 'published',
      run: 'r1',
    })
  })

  test('that found nothing to do is silent', () => {
    expect(alertsOf({ status: 'empty', tables: {} })).toEqual([])
  })

  test('that was held tells the rule, its count and what it holds', () => {
    const [alert] = alertsOf({
      status: 'held',
      quality: [
        { rule: 'unique(id)', table: 't', severity: 'error', status: 'fail', failing: 3 },
        { rule: 'not_null(id)', table: 't', severity: 'error', status: 'pass', failing: 0 },
      ],
      models: { m: { status: 'held', rows: 0, error: 'rule unique(id) of t fails for 3 rows' } },
    })
    expect(alert?.attributes).toMatchObject({ kind: 'held', severity: 'warning' })
    expect(alert?.text).toContain('error: t: unique(id) fails for 3 rows')
    expect(alert?.text).toContain('m is held: rule unique(id) of t fails for 3 rows')
    expect(alert?.text).toContain('droplake run --dataset d')
    expect(alert?.text).not.toContain('not_null(id)')
  })

  test('that failed is an error and says what mends it', () => {
    const [alert] = alertsOf({ status: 'failed', error: 'StepMissing: Dedupe did not finish for t' })
    expect(alert?.attributes).toMatchObject({ kind: 'failed', severity: 'error', status: 'failed' })
    expect(alert?.text).toContain('StepMissing: Dedupe did not finish for t')
    expect(alert?.text).toContain('droplake run --dataset d')
  })

  test('that set files aside says so in a message of its own, with the reason and the way back', () => {
    const source = { key: 'raw/d/t.csv', table: 't', bytes: 1, rowsIn: 0 }
    const alerts = alertsOf({
      status: 'empty',
      sources: [
        { ...source, outcome: 'set_aside', error: 't.csv: it is a PDF' },
        { ...source, outcome: 'taken' },
      ],
    })
    expect(kinds(alerts)).toEqual(['set_aside'])
    expect(alerts[0]?.subject).toBe('droplake: d: 1 file set aside')
    expect(alerts[0]?.text).toContain('raw/d/t.csv: t.csv: it is a PDF')
    expect(alerts[0]?.text).toContain('drop it again')
    expect(alerts[0]?.attributes.severity).toBe('error')
  })

  test('that left a file for the next one says why', () => {
    const source = {
      key: 'raw/d/t.csv',
      table: 't',
      bytes: 1,
      rowsIn: 0,
      outcome: 'deferred' as const,
      error: 'denied',
    }
    expect(alertsOf({ sources: [source] })[0]?.text).toContain('raw/d/t.csv waits for the next run: denied')
  })

  test('alerts about rejected rows over the share of the contract, five in a hundred without one', () => {
    const rejected = (quarantined: number, quarantineAlert?: number) =>
      kinds(
        alertsOf(
          { tables: { t: { ...counts, quarantined } } },
          quarantineAlert === undefined ? {} : { quarantineAlert },
        ),
      )
    expect(rejected(5)).toEqual(['published'])
    expect(rejected(6)).toEqual(['published', 'quarantine'])
    expect(rejected(6, 0.5)).toEqual(['published'])
    expect(rejected(1, 0)).toEqual(['published', 'quarantine'])
    const [, alert] = alertsOf({ tables: { t: { ...counts, quarantined: 6 } } })
    expect(alert?.subject).toBe('droplake: d.t: 6.0 % of the rows rejected')
    expect(alert?.text).toContain('6 of 100 rows')
    expect(alert?.text).toContain('droplake quarantine list --dataset d')
  })

  test('without rows does not divide by them', () => {
    expect(kinds(alertsOf({ tables: { t: { ...counts, rowsIn: 0, quarantined: 0 } } }))).toEqual(['published'])
  })
})

const secrets = ['Ana-Secret', 'Bob-Secret', 'Rio-Secret']

test('rows that were rejected are counted in the alerts, never shown', async () => {
  const lake = testLake({ tables: { t } })
  await ringFor(lake, {
    name: 't.csv',
    table: 't',
    bytes: `id,name,state\n1,${secrets[0]},SP\n,${secrets[1]},SP\n3,x,${secrets[2]}\n`,
  })
  const made = await wholeRun(lake, 'r1')
  expect(made.tables.t?.quarantined).toBe(2)
  const alerts = runAlerts(datasetWith({ t }), made)
  expect(kinds(alerts)).toEqual(['published', 'quarantine'])
  for (const secret of secrets) expect(JSON.stringify(alerts)).not.toContain(secret)
})

test('a file without a header is set aside without its first person in the alert', async () => {
  const lake = testLake({ tables: { t } })
  await ringFor(lake, { name: 't.csv', table: 't', bytes: `1,${secrets[0]},SP,surplus\n2,${secrets[1]},SP,surplus\n` })
  const made = await wholeRun(lake, 'r1')
  expect(made.sources[0]?.outcome).toBe('set_aside')
  const alerts = runAlerts(datasetWith({ t }), made)
  expect(kinds(alerts)).toEqual(['set_aside'])
  for (const secret of secrets) expect(JSON.stringify(alerts)).not.toContain(secret)
})

test('a third run in a row that died is told, the first two are not', () => {
  expect([0, 1, 2].map((abandoned) => abandonedAlert('d', { abandoned }))).toEqual([undefined, undefined, undefined])
  expect(abandonedAlert('d', { abandoned: 3 })).toMatchObject({
    subject: 'droplake: d: 3 runs in a row died',
    attributes: { kind: 'failed', dataset: 'd', severity: 'error' },
  })
})
