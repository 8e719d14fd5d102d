import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Answer, droplake } from './testing/spawn.ts'

const folder = mkdtempSync(join(tmpdir(), 'droplake-command-'))
const lake = join(folder, 'lake')
const env = { DROPLAKE_LAKE: lake }
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const header =
  'order_id,customer_id,order_status,order_purchase_timestamp,order_approved_at,order_delivered_carrier_date,order_delivered_customer_date,order_estimated_delivery_date'
const order = (id: string, status = 'delivered') => `${id},c-${id},${status},2018-03-01 10:00:00,,,,2018-03-20 00:00:00`

function file(name: string, lines: readonly string[]): string {
  const path = join(folder, name)
  writeFileSync(path, `${lines.join('\n')}\n`)
  return path
}

/** Runs the command on the lake and reads its one JSON document. */
async function json<T>(...args: string[]): Promise<{ code: Answer['code']; value: T; stderr: string }> {
  const { code, stdout, stderr } = await droplake([...args, '--json', '--workers', '0'], { env })
  return { code, value: JSON.parse(stdout) as T, stderr }
}

interface Dropped {
  objects: { key: string; table: string | null; outcome: string }[]
  runs: {
    runId: string
    status: string
    sources: { outcome: string }[]
    tables: Record<string, Record<string, number>>
  }[]
}

let first: Awaited<ReturnType<typeof json<Dropped>>>
beforeAll(async () => {
  const orders = file('olist_orders_dataset.csv', [header, order('o1'), order('o2'), order('o2'), order('o3', 'lost')])
  const customers = file('olist_customers_dataset.csv', [
    'customer_id,customer_unique_id,customer_zip_code_prefix,customer_city,customer_state',
    'c-o1,p1,01001,sao paulo,SP',
    'c-o2,,01001,a secret city,SP',
  ])
  first = await json<Dropped>('drop', orders, customers)
}, 60_000)

describe('drop', () => {
  it('ends with 0 and tells the objects and the run, rejected rows being no failure', () => {
    expect(first.code).toBe(0)
    expect(first.value.objects).toMatchObject([
      { key: 'raw/olist/olist_orders_dataset.csv', table: 'orders', outcome: 'admitted' },
      { key: 'raw/olist/olist_customers_dataset.csv', table: 'customers', outcome: 'admitted' },
    ])
    expect(first.value.runs).toHaveLength(1)
    expect(first.value.runs[0]?.tables.orders).toMatchObject({ rowsIn: 4, kept: 2, duplicate: 1, quarantined: 1 })
  })

  it('tells its progress on standard error: a line a state, without colors', () => {
    expect(first.stderr).toMatch(/^olist: Plan$/m)
    expect(first.stderr).toMatch(/^olist: Tables, 2 tables$/m)
    expect(first.stderr).not.toContain('\u001b')
  })

  it('ends with 0 for files that the lake has already, and is silent on standard error with --quiet', async () => {
    const { code, value, stderr } = await json<Dropped>('drop', join(folder, 'olist_orders_dataset.csv'), '--quiet')
    expect({ code, stderr, outcomes: value.objects.map(({ outcome }) => outcome) }).toEqual({
      code: 0,
      stderr: '',
      outcomes: ['duplicate'],
    })
  })

  it('ends with 1 when no table takes a file or a source is set aside, with reasons and what to do', async () => {
    const paths = [file('mystery.csv', ['a', '1']), file('olist_orders_dataset_2.csv', ['foo', '1'])]
    const { code, stdout } = await droplake(['drop', ...paths, '--workers', '0'], { env })
    expect(code).toBe(1)
    expect(stdout).toContain('no table takes mystery.csv')
    expect(stdout).toContain('--dataset NAME --table NAME')
    expect(stdout).toMatch(/set aside: raw\/olist\/olist_orders_dataset_2\.csv: .*header/)
  })

  it('finishes the run after Ctrl-C, prints its report and ends with 130', async () => {
    let sent = false
    const { code, stdout, stderr } = await droplake(
      ['drop', file('olist_orders_dataset_3.csv', [header, order('o4')]), '--json', '--workers', '0'],
      {
        env,
        during: (child, text) => {
          if (sent || !text.includes('olist: Settle')) return
          sent = true
          // npx passes the terminal's signal on a second time.
          child.kill('SIGINT')
          child.kill('SIGINT')
        },
      },
    )
    expect(code).toBe(130)
    expect(stderr).toContain('finishing the run; Ctrl-C again stops at once')
    expect((JSON.parse(stdout) as Dropped).runs).toMatchObject([{ status: 'published' }])
  })

  it('leaves files pending with --no-wait, which status counts and run takes', async () => {
    const path = file('olist_orders_dataset_4.csv', [header, order('o5')])
    expect((await json<Dropped>('drop', path, '--no-wait')).value.runs).toEqual([])
    const before = await json<{ datasets: { pending: number }[] }>('status')
    const run = await json<Dropped>('run')
    const after = await json<{ datasets: { pending: number }[] }>('status')
    expect([before.value.datasets[0]?.pending, after.value.datasets[0]?.pending]).toEqual([1, 0])
    expect({ code: run.code, objects: run.value.objects, kept: run.value.runs[0]?.tables.orders?.kept }).toEqual({
      code: 0,
      objects: [],
      kept: 1,
    })
  })
})

describe('looking at the lake', () => {
  it('status tells rows and freshness of every table, and the last run', async () => {
    const { value } = await json<{ lake: string; datasets: Record<string, unknown>[] }>('status')
    const iso = expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/)
    expect(value.lake).toBe(lake)
    expect(value.datasets).toMatchObject([
      {
        dataset: 'olist',
        tables: { customers: { rows: 1, latest: iso }, sellers: { rows: 0, latest: null } },
        lastRun: { finishedAt: iso },
      },
    ])
  })

  it('runs lists the newest first, and runs show gives the report that drop gave', async () => {
    const [runs, shown] = await Promise.all([
      json<{ runId: string; startedAt: string; rowsIn: number }[]>('runs'),
      json('runs', 'show', first.value.runs[0]!.runId),
    ])
    const starts = runs.value.map(({ startedAt }) => startedAt)
    expect(starts).toEqual(starts.toSorted().reverse())
    expect(runs.value.at(-1)).toMatchObject({
      runId: first.value.runs[0]!.runId,
      status: 'published',
      rowsIn: 6,
      kept: 3,
    })
    expect(shown.value).toEqual(first.value.runs[0])
  })

  it('query takes short names where the lake has one dataset, in every format', async () => {
    const sql = "select order_id, order_date from cleaned.orders where order_id < 'o3' order by 1"
    const [rows, csv, table] = await Promise.all([
      json('query', sql),
      droplake(['query', sql, '--format', 'csv'], { env }),
      droplake(['query', "select order_id from curated.fact_orders where order_id < 'o3' order by 1"], { env }),
    ])
    expect(rows.value).toEqual([
      { order_id: 'o1', order_date: '2018-03-01' },
      { order_id: 'o2', order_date: '2018-03-01' },
    ])
    expect(csv.stdout).toBe('order_id,order_date\no1,2018-03-01\no2,2018-03-01\n')
    expect(table.stdout).toBe('order_id\no1\no2\n(2 rows)\n')
  })

  it('query ends with 2 for SQL that writes or names no table, and with a saved query that is none', async () => {
    const answers = await Promise.all(
      [['drop table curated.fact_orders'], ['select * from nowhere'], ['--saved', 'nothing']].map((args) =>
        droplake(['query', ...args], { env }),
      ),
    )
    expect(answers.map(({ code, stdout }) => ({ code, stdout }))).toEqual(Array(3).fill({ code: 2, stdout: '' }))
    expect(answers[2]?.stderr).toContain('olist/top-categories-by-revenue')
  })

  it('quarantine list counts by reason and column, with an example that shows nobody’s data', async () => {
    const { value } = await json('quarantine', 'list')
    const runId = first.value.runs[0]!.runId
    expect(value).toEqual([
      {
        dataset: 'olist',
        table: 'customers',
        runId,
        reason: 'required',
        column: 'customer_unique_id',
        count: 1,
        example: { source: 'raw/olist/olist_customers_dataset.csv', row: 2, text: expect.stringContaining('c-o2') },
      },
      {
        dataset: 'olist',
        table: 'orders',
        runId,
        reason: 'not_accepted',
        column: 'order_status',
        count: 1,
        example: { source: 'raw/olist/olist_orders_dataset.csv', row: 4, text: order('o3', 'lost') },
      },
    ])
  })

  it('quarantine show prints the rejected record as it came', async () => {
    const { stdout } = await droplake(['quarantine', 'show', first.value.runs[0]!.runId, '--table', 'customers'], {
      env,
    })
    expect(stdout).toContain('c-o2,,01001,a secret city,SP')
  })

  it('doctor and sweep end with 0 on a sound lake', async () => {
    const [doctor, sweep] = await Promise.all([
      json<{ state: string }[]>('doctor'),
      json<{ dataset: string }[]>('sweep'),
    ])
    expect(doctor.value.filter(({ state }) => state === 'fail')).toEqual([])
    expect([doctor.code, sweep.code, sweep.value.map(({ dataset }) => dataset)]).toEqual([0, 0, ['olist']])
  })
})

it('watch takes a file that another program puts there, and ends with 130 after Ctrl-C', async () => {
  const source = file('olist_sellers_dataset.csv', [
    'seller_id,seller_zip_code_prefix,seller_city,seller_state',
    's1,01001,sao paulo,SP',
  ])
  mkdirSync(join(lake, 'raw/olist'), { recursive: true })
  let step = 0
  const { code, stdout } = await droplake(['watch', '--json', '--workers', '0'], {
    env,
    during: (child, text) => {
      if (step === 0 && text.includes('watching')) {
        step = 1
        setTimeout(() => copyFileSync(source, join(lake, 'raw/olist/olist_sellers_dataset.csv')), 500)
      }
      if (step === 1 && text.includes('olist: Notify')) {
        step = 2
        child.kill('SIGINT')
      }
    },
  })
  expect(code).toBe(130)
  expect((JSON.parse(stdout) as Dropped).runs).toMatchObject([{ tables: { sellers: { kept: 1 } } }])
})

it('demo shows what came out, and a second one kindly says that nothing changed', async () => {
  const args = ['demo', '--orders', '30', '--lake', join(folder, 'demo'), '--workers', '0']
  const [once, twice] = [await droplake(args), await droplake(args)]
  expect([once.code, twice.code]).toEqual([0, 0])
  for (const part of ['olist  published', 'Alert  droplake: olist published', 'Top Categories by Revenue', 'Try next'])
    expect(once.stdout).toContain(part)
  expect(twice.stdout).toMatch(/^The lake has exactly these files already/)
})
