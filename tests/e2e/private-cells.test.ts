import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { showReport } from '@droplake/cli/show-report'
import { createStyle } from '@droplake/cli/style'
import { consoleNotifier } from '@droplake/lake/console-notifier'
import { fanOut } from '@droplake/lake/fan-out'
import { fileNotifier } from '@droplake/lake/file-notifier'
import { drop } from '@droplake/local/drop'
import { runPending } from '@droplake/local/run'
import type { Report } from '@droplake/pipeline/report'
import fc from 'fast-check'
import { parquetWriteBuffer } from 'hyparquet-writer'
import { expect, onTestFinished, test, vi } from 'vitest'
import { type OpenLake, openShop, temporaryFolder } from './shop.ts'

const marker = 'ZXMARKER'
/** Cells that try to get out of whatever quotes them; each holds the marker, as a word or within one. */
const cell = fc
  .tuple(
    fc.constantFrom('', "'", '"', 'Joana d', '{"a": ', "O'Neill ", '12', '1.5 ', 'é', '\u{1f600}', '-- ', '\\'),
    fc.constantFrom('', "'", '"', "'';", '\n', ' Silva', "d'Arc", '}', ',', ';', '2018-01-01', '\r', '\t', '@x.com'),
  )
  .map(([before, after]) => `${before}${marker}${after}`)

const parquet = (columns: Record<string, string[]>) =>
  Buffer.from(parquetWriteBuffer({ columnData: Object.entries(columns).map(([name, data]) => ({ name, data })) }))

const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`
const names = ['person_id', 'full_name', 'age', 'income', 'born_at']
const header = names.join(',')

/** Files of every way in which a cell can get where names or numbers belong. */
const files = ([a = '', b = '', c = '', d = '']: string[]): Record<string, string | Uint8Array> => ({
  'people_names.csv': `${header}\n${[a, b, c, d].map((one, n) => `p${n},${quoted(one)},7,1.5,2018-01-01 00:00:00`).join('\n')}\n`,
  'people_rejected.csv': `${header}\np9,x,${quoted(a)},${quoted(b)},${quoted(c)}\n${quoted(a)},x,7\np8,x,7,1.0,2018-01-01 00:00:00\n`,
  'people_extra.csv': `${header},${quoted(a)},${quoted(b)}\np5,n,7,1.0,2018-01-01 00:00:00,1,2\n`,
  'people_few.csv': `person_id,${quoted(c)}\np6,${quoted(d)}\n`,
  'people_headless.csv': `p7,${quoted(a)},7,1.5,2018-01-01 00:00:00\np8,${quoted(b)},8,1.5,2018-01-01 00:00:00\n`,
  'people_foreign.csv': `${quoted(a)},${quoted(b)}\n1,2\n`,
  'people_joined.csv': `${header},p3,${quoted(a)},7,1.5,2018-01-01 00:00:00\np4,x,7,1.5,2018-01-01 00:00:00,,,,,\n`,
  'people_cr.csv': `${header}\rp1,${quoted(a)},7,1.5,2018-01-01 00:00:00\r`,
  'people_quote.csv': `${header}\np1,"${a.replaceAll('"', '')},7,1.5,2018-01-01 00:00:00\np2,x,7,1.5,2018-01-01 00:00:00\n`,
  'people_quote_in_header.csv': `person_id,"full_name${a.replaceAll('"', '')},age\np1,x,7\n`,
  'people_twice.csv': `${header},${quoted(a)},${quoted(a)},person_id\np1,x,7,1.5,2018-01-01 00:00:00,1,2,p2\n`,
  'visits.csv': `visit_id,note\nv1,${quoted(d)}\n`,
  'people_zip.csv.zip': Buffer.from(`PK\u0003\u0004${a}`),
  'people_gz.csv.gz': gzipSync(`${a}\n${b}\n`),
  'people_binary.csv': Buffer.from(`${a}\0\0\0${b}\0\0\0`.repeat(9)),
  'notes.txt': a,
  'export.csv': `person_id,full_name,age,${quoted(a)}\n${quoted(b)},x,7,1\n`,
  'other.csv': `${quoted(a)},${quoted(b)},${quoted(c)}\n1,2,3\n`,
  'people_typed.parquet': parquet({ person_id: ['p1'], full_name: [a], age: [b], [c]: [d] }),
  'people_broken.parquet': parquet({ person_id: [a], full_name: [b] }).fill(0x5a, 8, 24),
})

/** Whatever leaves the data plane: all under `ops/` but the rows themselves, and what was printed. */
async function leaks(lake: OpenLake, printed: readonly string[]): Promise<string[]> {
  const found: string[] = []
  for await (const { key } of lake.fx.store.list('ops/'))
    if (!key.endsWith('.parquet') && Buffer.from(await lake.fx.store.read(key)).includes(marker)) found.push(key)
  const lines = [...lake.alerts.map((alert) => JSON.stringify(alert)), ...printed]
  return [...found, ...lines.filter((line) => line.includes(marker))]
}

test('no cell is in an alert, the log, a report, a record or on the console, whatever is wrong with its file or its SQL', async () => {
  using folder = temporaryFolder()
  const printed: string[] = []
  const whole: string[] = []
  const lakeFolder = join(folder.path, 'lake')
  const people = (name: string) => join(import.meta.dirname, 'people', name)
  const alerts: OpenLake['alerts'] = []
  const notifier = fanOut([
    { notify: async (alert) => void alerts.push(alert) },
    fileNotifier(lakeFolder),
    consoleNotifier((line) => printed.push(line)),
  ])
  for (const stream of [process.stdout, process.stderr]) {
    const spy = vi.spyOn(stream, 'write').mockImplementation((chunk) => printed.push(String(chunk)) > 0)
    onTestFinished(() => spy.mockRestore())
  }
  await using lake = await openShop(folder.path, {
    notifier,
    datasetFolders: [people('contracts')],
    sqlFolders: [people('sql')],
    onError: (error) => whole.push(error),
  })
  lake.alerts = alerts
  const reports: Report[] = []
  for (const [round, cells] of fc
    .sample(fc.array(cell, { minLength: 4, maxLength: 4 }), { numRuns: 3, seed: 11 })
    .entries()) {
    const paths = Object.entries(files(cells)).map(([name, content]) => {
      const path = join(folder.path, name.replace('.', `_${round}.`))
      writeFileSync(path, content)
      return path
    })
    const dropped = await drop(lake, { paths })
    printed.push(JSON.stringify(dropped))
    reports.push(...dropped.runs)
  }
  reports.push(...(await runPending(lake, 'people')))
  const session = { quiet: false, hint: (words: string) => words }
  printed.push(...reports.map((report) => showReport(report, session, createStyle(false))))

  expect(await leaks(lake, printed)).toEqual([])
  expect(whole.join('\n')).toMatch(new RegExp(`Cannot cast '.*${marker}`))
  // Nothing of this was for want of trouble.
  const outcomes = reports.flatMap(({ sources }) => sources.map(({ outcome }) => outcome))
  expect(new Set(outcomes)).toEqual(new Set(['taken', 'set_aside']))
  const rules = reports.flatMap(({ quality }) => quality)
  expect(rules).toContainEqual(expect.objectContaining({ table: 'visits', status: 'fail' }))
  expect(JSON.stringify(rules)).toContain('values withheld')
  const models = Object.fromEntries(reports.flatMap((report) => Object.entries(report.models)))
  expect(models.cast_name?.error).toMatch(/values withheld/)
  expect(models.json_name?.status).toBe('failed')
  expect(models.date_name?.status).toBe('failed')
  expect(reports.flatMap(({ tables }) => tables.people?.quarantined ?? 0).some((rows) => rows > 0)).toBe(true)
})
