import { int, text, timestamp } from '@droplake/contracts/column'
import type { Dedupe, TableSpec } from '@droplake/contracts/table'
import type { ObjectStore } from '@droplake/lake/object-store'
import { keys } from '@droplake/pipeline/keys'
import { readRecord } from '@droplake/pipeline/records'
import type { DedupeRecord } from '@droplake/pipeline/step-records'
import { type TestLake, type TestLakeOptions, testLake } from '@droplake/pipeline/testing/test-lake'
import {
  filesOf,
  planRun,
  ringFor,
  runTables,
  storedRows,
  versionsOf,
  wholeRun,
} from '@droplake/pipeline/testing/test-run'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { dedupe } from './dedupe.ts'

const tableOf = (rule: Dedupe, of: Partial<TableSpec> = {}): TableSpec => ({
  description: '',
  files: 't*.csv',
  columns: { id: text.required(), at: timestamp.required(), n: int.optional() },
  key: rule === 'exact' || rule === 'none' ? [] : ['id'],
  dedupe: rule,
  kind: 'append',
  partition: { name: 'month', by: 'month', of: 'at' },
  ...of,
})
const snapshot = tableOf('latest', { kind: 'snapshot' })
const unpartitioned = (): TableSpec => {
  const { partition, ...rest } = snapshot
  return rest
}
const open = (options: Partial<TestLakeOptions> = {}) => testLake({ tables: { t: unpartitioned() }, ...options })

interface Cells {
  id: string
  month: number
  n: number | null
}
const csv = (rows: readonly Cells[]) =>
  `id,at,n\n${rows.map(({ id, month, n }) => `${id},2018-0${month}-05 10:00:00,${n ?? ''}\n`).join('')}`
let drops = 0
const drop = (lake: TestLake, rows: readonly Cells[]) =>
  ringFor(lake, { name: `t${String(drops++).padStart(4, '0')}.csv`, table: 't', bytes: csv(rows) })
const ids = (...names: string[]): Cells[] => names.map((id) => ({ id, month: 1, n: null }))
const stored = async (lake: TestLake) => (await storedRows(lake, 't', ['id'])).map(({ id }) => id).sort()

/** Files of one row for a drop: each row a file and each file a drop, so that what is stored is easily told apart. */
async function dropEach(lake: TestLake, names: string[], run: (n: number) => string) {
  for (const [n, name] of names.entries()) {
    await drop(lake, ids(name))
    await wholeRun(lake, run(n))
  }
}

const copies = (log: string[]) => (store: ObjectStore) => ({
  ...store,
  copy(from: string, to: string) {
    log.push(from)
    return store.copy(from, to)
  },
})

describe('a new version of a partition', () => {
  test('copies files without a loser as they are and rewrites the others', async () => {
    const copied: string[] = []
    const lake = open({ wrapStore: copies(copied) })
    await dropEach(lake, ['a', 'b'], (n) => `r${n}`)
    const [a, b] = await filesOf(lake, 't')
    const bytesOfB = await lake.store.read(b?.key ?? '')
    copied.length = 0
    await drop(lake, ids('a', 'c'))
    const report = await wholeRun(lake, 'r9')
    expect(copied).toEqual([b?.key])
    expect(await stored(lake)).toEqual(['a', 'b', 'c'])
    const after = await filesOf(lake, 't')
    expect(after.map(({ rows }) => rows)).toEqual([1, 2])
    expect(await lake.store.read(after[0]?.key ?? '')).toEqual(bytesOfB)
    expect(report.tables.t).toMatchObject({ kept: 2, replaced: 1, duplicate: 0, rowsTotal: 3 })
    expect(await lake.store.head(a?.key ?? '')).toBeDefined()
  })

  test('has at most 16 files: one more and they become one', async () => {
    const lake = open()
    await dropEach(
      lake,
      Array.from({ length: 16 }, (_, n) => `k${String(n).padStart(2, '0')}`),
      (n) => `r${n}`,
    )
    expect(await filesOf(lake, 't')).toHaveLength(16)
    await drop(lake, ids('last'))
    await wholeRun(lake, 'r99')
    const files = await filesOf(lake, 't')
    expect(files.map(({ rows }) => rows)).toEqual([17])
    expect(await stored(lake)).toHaveLength(17)
  })

  test('is not made when a run adds nothing: the stored one stays what it was', async () => {
    const lake = testLake({ tables: { t: tableOf('first') } })
    await drop(lake, ids('a', 'b'))
    await wholeRun(lake, 'r1')
    const before = await versionsOf(lake, 't')
    await drop(lake, ids('b', 'a', 'b'))
    const report = await wholeRun(lake, 'r2')
    expect(report.tables.t).toMatchObject({ rowsIn: 3, kept: 0, duplicate: 3, replaced: 0, rowsTotal: 2 })
    expect(await versionsOf(lake, 't')).toEqual(before)
  })

  test('leaves partitions that the run did not touch where they were', async () => {
    const lake = testLake({ tables: { t: tableOf('latest') } })
    await drop(lake, [...ids('a'), { id: 'b', month: 2, n: 1 }])
    await wholeRun(lake, 'r1')
    await drop(lake, [{ id: 'c', month: 2, n: 1 }])
    await wholeRun(lake, 'r2')
    const versions = await versionsOf(lake, 't')
    expect(versions['2018-01']?.location).toBe('cleaned/d/t/month=2018-01/r1/')
    expect(versions['2018-02']?.location).toBe('cleaned/d/t/month=2018-02/r2/')
  })

  test('carries the lineage of every row: new rows their own, stored rows the one they came with', async () => {
    const lake = open()
    await drop(lake, ids('a', 'b'))
    await wholeRun(lake, 'r1')
    const first = (await lake.state()).ended[0]
    await drop(lake, ids('b', 'c'))
    await wholeRun(lake, 'r2')
    const names = ['id', '_run_id', '_source_row', '_source_file', '_source_arrived_at', '_ingested_at']
    const rows = (await storedRows(lake, 't', names)).sort((x, y) => (String(x.id) < String(y.id) ? -1 : 1))
    expect(rows.map(({ id, _run_id, _source_row }) => [id, _run_id, _source_row])).toEqual([
      ['a', 'r1', 1n],
      ['b', 'r2', 1n],
      ['c', 'r2', 2n],
    ])
    expect(rows[0]?._source_file).not.toBe(rows[1]?._source_file)
    expect(Number(rows[1]?._source_arrived_at)).toBeGreaterThan(Number(rows[0]?._source_arrived_at))
    expect(rows[0]?._ingested_at).toBe(first?.at)
  })

  test('lies in its own folder as a whole, also when only one of its buckets changed', async () => {
    const lake = open({ settings: { bucketRows: 2 } })
    const names = Array.from({ length: 7 }, (_, n) => `k${n}`)
    await drop(lake, ids(...names))
    await wholeRun(lake, 'r1')
    expect((await versionsOf(lake, 't'))['']?.buckets).toBe(4)
    await drop(lake, ids('k0'))
    await wholeRun(lake, 'r2')
    expect(await stored(lake)).toEqual(names)
    const version = (await versionsOf(lake, 't'))['']
    expect(version?.buckets).toBe(4)
    for (const { key } of version?.files ?? []) expect(key.startsWith(version?.location ?? '-'), key).toBe(true)
  })
})

describe('a partition that outgrows its buckets', () => {
  test('is spread over more of them, and loses and doubles nothing', async () => {
    const lake = open({ settings: { bucketRows: 4 } })
    const names = Array.from({ length: 20 }, (_, n) => `k${String(n).padStart(2, '0')}`)
    await drop(lake, ids(...names.slice(0, 4)))
    await wholeRun(lake, 'r1')
    expect((await versionsOf(lake, 't'))['']?.buckets).toBe(1)
    await drop(lake, ids(...names.slice(2)))
    const report = await wholeRun(lake, 'r2')
    const version = (await versionsOf(lake, 't'))['']
    expect(version?.buckets).toBe(8)
    expect(await stored(lake)).toEqual(names)
    expect(report.tables.t).toMatchObject({ kept: 18, replaced: 2, rowsTotal: 20 })
    await drop(lake, ids('k03', 'new'))
    await wholeRun(lake, 'r3')
    expect(await stored(lake)).toEqual([...names, 'new'])
  })
})

describe('a key that comes again in its file with other values', () => {
  const row = (id: string, n: number, month = 1): Cells => ({ id, month, n })
  /** Warnings of the files of one run, each a list of rows. */
  async function warned(rule: Dedupe, files: Cells[][], before: Cells[][] = [], of: Partial<TableSpec> = {}) {
    const lake = testLake({ tables: { t: tableOf(rule, of) } })
    for (const rows of before) await drop(lake, rows)
    if (before.length > 0) await wholeRun(lake, 'r1')
    for (const rows of files) await drop(lake, rows)
    const report = await wholeRun(lake, 'r2')
    return { counts: report.tables.t, warnings: report.sources.map(({ warnings = [] }) => warnings) }
  }
  const says = (rows: string, rule: string) => [[`key id: ${rows} a key with other values; ${rule}`]]

  test('is counted as duplicate, and the file carries a warning with the rule and the number', async () => {
    const { counts, warnings } = await warned('latest', [[row('a', 1), row('a', 2), row('b', 1), row('b', 1)]])
    expect(counts).toMatchObject({ rowsIn: 4, kept: 2, duplicate: 2 })
    expect(warnings).toEqual(says('1 row repeats', 'latest keeps the later one'))
  })
  test('is reported with the rule of its table', async () => {
    const rows = [row('a', 1), row('a', 2), row('a', 3), row('b', 1), row('b', 2)]
    expect((await warned('latest', [rows])).warnings).toEqual(says('3 rows repeat', 'latest keeps the later one'))
    expect((await warned('first', [rows])).warnings).toEqual(says('3 rows repeat', 'first keeps the earlier one'))
    expect((await warned({ greatest: 'n' }, [rows])).warnings).toEqual(
      says('3 rows repeat', 'greatest keeps the one with the greatest n'),
    )
    for (const rule of ['exact', 'none'] as const) expect((await warned(rule, [rows])).warnings).toEqual([[]])
  })
  test('is none when its rows are alike, or come with different files', async () => {
    expect((await warned('latest', [[row('a', 1), row('a', 1)]])).warnings).toEqual([[]])
    expect((await warned('latest', [[row('a', 1)], [row('a', 2)]])).warnings).toEqual([[], []])
    expect((await warned('latest', [[row('a', 2)]], [[row('a', 1)]])).warnings).toEqual([[]])
    expect((await warned('first', [[row('a', 2)]], [[row('a', 1)]])).warnings).toEqual([[]])
  })
  test('is one also when a row of another file or of the lake wins over both', async () => {
    const [first = []] = (await warned('latest', [[row('a', 1), row('a', 2), row('a', 2)], [row('a', 3)]])).warnings
    expect(first).toEqual(says('2 rows repeat', 'latest keeps the later one')[0])
    expect((await warned('first', [[row('a', 2), row('a', 3)]], [[row('a', 1)]])).warnings).toEqual(
      says('1 row repeats', 'first keeps the earlier one'),
    )
  })
  test('is one also when the rows belong to different partitions', async () => {
    expect((await warned('latest', [[row('a', 1), row('a', 1, 2)]])).warnings).toEqual(
      says('1 row repeats', 'latest keeps the later one'),
    )
  })
  test('is found in a file that has nothing else, in a time that grows with its rows', async () => {
    const rows = Array.from({ length: 30_000 }, (_, n) => row('a', n % 2))
    const { counts, warnings } = await warned('latest', [rows])
    expect(counts).toMatchObject({ kept: 1, duplicate: 29_999 })
    expect(warnings).toEqual(says('15000 rows repeat', 'latest keeps the later one'))
  })
})

test('a unit is done once: a second attempt answers the same and writes nothing', async () => {
  const lake = open()
  await drop(lake, ids('a'))
  await runTables(lake, 'r1', await planRun(lake, 'r1'))
  const before = await readRecord<DedupeRecord>(lake.store, keys.dedupeDone('r1', 't', 0))
  const listed = async () => {
    const infos = []
    for await (const info of lake.store.list('')) infos.push(info)
    return infos
  }
  const objects = await listed()
  await dedupe(lake.fx, { dataset: 'd', run: 'r1', table: 't', unit: 0 })
  expect(await listed()).toEqual(objects)
  expect(before.units[0]).toMatchObject({ changed: true, kept: 1 })
})

test('an attempt that died before its record is repeated with the same names and bytes', async () => {
  const lake = open()
  await drop(lake, ids('a', 'b'))
  await runTables(lake, 'r1', await planRun(lake, 'r1'))
  const first = await readRecord<DedupeRecord>(lake.store, keys.dedupeDone('r1', 't', 0))
  const key = first.units[0]?.files[0]?.key ?? ''
  const bytes = await lake.store.read(key)
  await lake.store.delete([keys.dedupeDone('r1', 't', 0)])
  await dedupe(lake.fx, { dataset: 'd', run: 'r1', table: 't', unit: 0 })
  expect((await readRecord<DedupeRecord>(lake.store, keys.dedupeDone('r1', 't', 0))).units).toEqual(first.units)
  expect(await lake.store.read(key)).toEqual(bytes)
})

interface Dropped extends Cells {
  file: number
  row: number
}

/** The table as one would say it: all rows that ever came, sorted by rank, one a key. */
function naive(rows: readonly Dropped[], rule: Dedupe): Cells[] {
  if (rule === 'none') return [...rows]
  const identity = ({ id, month, n }: Dropped) => (rule === 'exact' ? `${id} ${month} ${n}` : id)
  return [...Map.groupBy(rows, identity).values()].map((group) => {
    const sorted = [...group].sort((a, b) => {
      const version = typeof rule === 'object' ? (a.n ?? -Infinity) - (b.n ?? -Infinity) : 0
      return version || a.file - b.file || a.row - b.row
    })
    return (rule === 'first' ? sorted[0] : sorted.at(-1)) as Dropped
  })
}
const shown = (rows: readonly { id: unknown; month: number; n: unknown }[]) =>
  rows.map(({ id, month, n }) => `${id} ${month} ${n}`).sort()

const rules: [string, Dedupe][] = [
  ['latest', 'latest'],
  ['first', 'first'],
  ['exact', 'exact'],
  ['greatest', { greatest: 'n' }],
  ['none', 'none'],
]
const anyRow = fc.record({
  id: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'),
  month: fc.integer({ min: 1, max: 3 }),
  n: fc.option(fc.nat(3)),
})
/** Runs of files of rows. */
const anyHistory = fc.array(
  fc.array(fc.array(anyRow, { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 2 }),
  { minLength: 1, maxLength: 3 },
)

describe.each(rules)('whatever is dropped in whichever runs, a table by %s', (_, rule) => {
  test('holds what sorting all rows would leave, its keys in one partition each, and its counts add up', async () => {
    await fc.assert(
      fc.asyncProperty(anyHistory, fc.constantFrom(3, 1000), async (history, bucketRows) => {
        const lake = testLake({ tables: { t: tableOf(rule) }, settings: { bucketRows } })
        const dropped: Dropped[] = []
        let files = 0
        for (const [n, run] of history.entries()) {
          for (const rows of run) {
            await drop(lake, rows)
            const file = files++
            // The same bytes again are no news for the table.
            if (!sameFile(dropped, rows)) dropped.push(...rows.map((row, at) => ({ ...row, file, row: at })))
          }
          const report = await wholeRun(lake, `r${n}`)
          const counts = report.tables.t
          if (!counts) continue
          const now = await storedRows(lake, 't', ['id', 'n'])
          expect(shown(now.map(({ id, n: value, in: at }) => ({ id, n: value, month: Number(at.slice(5)) })))).toEqual(
            shown(naive(dropped, rule)),
          )
          expect(counts.rowsIn).toBe(counts.kept + counts.duplicate)
          expect(counts.rowsTotal).toBe(now.length)
        }
      }),
      { seed: 5, numRuns: 12 },
    )
  })
})

function sameFile(dropped: readonly Dropped[], rows: readonly Cells[]): boolean {
  const files = Map.groupBy(dropped, ({ file }) => file)
  return [...files.values()].some((file) => csv(file) === csv(rows))
}
