import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { faultsOf } from './dataset.ts'
import { loadContracts, loadDatasets } from './registry.ts'
import { rawPlace, routeKey } from './route.ts'

const home = mkdtempSync(join(tmpdir(), 'droplake-faults-'))
afterAll(() => rmSync(home, { recursive: true }))

const language = (name: string) => JSON.stringify(join(import.meta.dirname, `${name}.ts`))
const head = `import { bigint, dateOf, decimal, int, text, timestamp } from ${language('column')}
import { defineTable } from ${language('table')}
`
const returns = `${head}
/* a comment with a "quote' and a brace { */
export default defineTable({
  description: 'Returned units',
  files: 'returns*.csv',
  columns: {
    return_id: text.required(),
    order_id: text.required({ description: "the order's id" }),
    returned_at: timestamp.required(),
    reason: text.optional({ lower: true, accepted: ['damaged', 'late'] }),
    refund: decimal(10, 2).optional({ min: 0, max: 1000 }),
    units: int.optional({ min: 1 }),
    day: dateOf('returned_at'),
  },
  key: ['return_id'],
  dedupe: 'latest',
  kind: 'append',
  partition: { name: 'return_month', by: 'month', of: 'returned_at' },
  rules: [{ name: 'refund_is_given', severity: 'warn', expect: 'refund is not null' }],
  enrich: {
    lookups: [
      { table: 'orders', on: { order_id: 'order_id' }, take: { ordered_units: 'units' } },
    ],
  },
})
`
const orders = `${head}
export default defineTable({
  description: 'Orders',
  files: 'orders*.csv',
  columns: {
    order_id: text.required(),
    units: int.optional(),
    number: bigint.optional(),
  },
  key: ['order_id'],
  dedupe: 'latest',
  kind: 'snapshot',
})
`
const settings = `export default { description: 'a shop', settleSeconds: 0 }\n`

let folders = 0
/** A folder of contracts; a path each. */
function write(files: Record<string, string>): string {
  const folder = join(home, String(folders++))
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(folder, path, '..'), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  return folder
}
const shop = (files: Record<string, string>) =>
  write({
    'shop/dataset.ts': settings,
    'shop/orders.ts': orders,
    ...Object.fromEntries(Object.entries(files).map(([name, text]) => [`shop/${name}`, text])),
  })

/** What is wrong with the contracts of a folder, by paths below it. */
async function faults(folder: string): Promise<string[]> {
  return faultsOf(await loadContracts([folder])).map(({ message }) => message.replaceAll(`${folder}/`, ''))
}

const lineIn = (source: string, part: string) => source.slice(0, source.indexOf(part)).split('\n').length

test('a good contract has no faults', async () => {
  const folder = shop({ 'returns.ts': returns })
  expect(await faults(folder)).toEqual([])
  expect((await loadDatasets(folder)).shop?.outOfService).toBeUndefined()
})

describe('a mistake in a contract is told with its file, its line and what to do:', () => {
  const mistakes: [was: string, is: string, message: string][] = [
    ["files: 'returns*.csv'", "fils: 'returns*.csv'", 'unknown option "fils"; did you mean "files"?'],
    ["kind: 'append'", "kind: 'apend'", 'kind must be append or snapshot, got "apend"; did you mean "append"?'],
    [
      "dedupe: 'latest'",
      "dedupe: 'lastest'",
      'dedupe must be latest, first, exact, none or { greatest: column }, got "lastest"; did you mean "latest"?',
    ],
    ["dedupe: 'latest'", "dedupe: { greatest: 'refnd' }", 'dedupe by refnd: no such column; did you mean refund?'],
    ["by: 'month'", "by: 'mont'", 'by of partition must be month or day, got "mont"; did you mean "month"?'],
    ["of: 'returned_at'", "of: 'returned'", 'partition by returned: no such column; did you mean returned_at?'],
    ["of: 'returned_at'", "off: 'returned_at'", 'unknown option "off" of partition; did you mean "of"?'],
    [
      "severity: 'warn'",
      "severity: 'warning'",
      'severity of rule refund_is_given must be warn or error, got "warning"; did you mean "warn"?',
    ],
    [
      "expect: 'refund is not null'",
      "expects: 'refund is not null'",
      'unknown option "expects" of rule refund_is_given; did you mean "expect"?',
    ],
    [
      "expect: 'refund is not null'",
      'expect: 1',
      'expect of rule refund_is_given must be a text that is not empty, got 1',
    ],
    ["key: ['return_id']", "key: ['retur_id']", 'key column retur_id: no such column; did you mean return_id?'],
    ["key: ['return_id']", "key: ['reason']", 'key column reason must be a required column'],
    ["key: ['return_id']", "key: 'return_id'", 'key must be a list of texts, got "return_id"'],
    ['lower: true', 'lower: "yes"', 'lower of column reason must be true or false, got "yes"'],
    ['lower: true', 'loewr: true', 'unknown option "loewr" of column reason; did you mean "lower"?'],
    [
      "accepted: ['damaged', 'late']",
      "accepted: ['Damaged', 'late']",
      'column reason accepts "Damaged", but it is lower-cased before the check; write "damaged"',
    ],
    [
      "accepted: ['damaged', 'late']",
      'accepted: [1, 2]',
      'accepted of column reason must be a list of texts, got [1,2]',
    ],
    [
      'units: int.optional({ min: 1 })',
      "units: int.optional({ accepted: ['1'] })",
      'accepted is for texts, and units is int; leave it out, or write a rule',
    ],
    ['min: 0, max: 1000', "min: '0', max: 1000", 'min of column refund must be a number, got "0"'],
    ['min: 0, max: 1000', 'min: 0.001, max: 1000', 'min of column refund must fit decimal(10, 2), got 0.001'],
    ['min: 0, max: 1000', 'min: 0, max: 1e9', 'max of column refund must fit decimal(10, 2), got 1000000000'],
    ['min: 0, max: 1000', 'min: 10, max: 1', 'min of column refund is greater than its max, got 10 and 1; swap them'],
    [
      'int.optional({ min: 1 })',
      'int.optional({ min: 1.5 })',
      'min of column units must be a whole number of 32 bits, got 1.5',
    ],
    [
      'units: int.optional({ min: 1 })',
      'units: int',
      'column units must be a column; end it with .required() or .optional()',
    ],
    [
      "day: dateOf('returned_at')",
      "day: dateOf('reason')",
      'column day is derived from reason: which is not a timestamp column',
    ],
    ['return_id: text', 'Return: text', 'column names are lower case, digits and _, got Return'],
    ['on: { order_id:', 'onn: { order_id:', 'unknown option "onn" of the lookup of orders; did you mean "on"?'],
    [
      "on: { order_id: 'order_id' }",
      'on: {}',
      "on of the lookup of orders is empty; say which columns are the other table's key",
    ],
    ["table: 'orders'", "table: 'order'", 'it looks up order, which is no table of shop; did you mean orders?'],
    [
      "take: { ordered_units: 'units' }",
      "take: { ordered_units: 'unit' }",
      'orders has no column unit; did you mean units?',
    ],
    [
      "take: { ordered_units: 'units' }",
      "take: { reason: 'units' }",
      'reason is a column already; take it under another name',
    ],
    [
      "on: { order_id: 'order_id' }",
      "on: { units: 'order_id' }",
      'units is integer and orders.order_id is varchar, so no row would be found; give both one type',
    ],
    [
      'text.required({ description',
      'text.requird({ description',
      'text.requird is not a function; did you mean required?',
    ],
    [
      'decimal(10, 2).optional',
      'decimal(20, 2).optional',
      'decimal takes 1-18 digits and a scale within them, got decimal(20,2)',
    ],
    [
      "files: 'returns*.csv'",
      "files: 'returns*.csv.gz'",
      'files ends with .gz, which is taken off a name before it is compared; write "returns*.csv"',
    ],
    ["description: 'Returned units'", 'description: 7', 'description must be a text, got 7'],
  ]
  test.each(mistakes)('%s → %s', async (was, is, message) => {
    expect(returns).toContain(was)
    const folder = shop({ 'returns.ts': returns.replace(was, is) })
    expect((await faults(folder))[0]).toBe(`shop/returns.ts:${lineIn(returns, was)}: ${message}`)
    const { shop: dataset } = await loadContracts([folder])
    expect(Object.keys(dataset?.tables ?? {})).toEqual(['orders'])
    await expect(loadDatasets(folder)).rejects.toThrow(`returns.ts:${lineIn(returns, was)}: ${message}`)
  })

  test('an option that is missing is told without a line, for it stands on none', async () => {
    const folder = shop({ 'returns.ts': returns.replace("  kind: 'append',\n", '') })
    expect(await faults(folder)).toEqual(['shop/returns.ts: kind is missing; it is append or snapshot'])
  })

  test('a value that comes from elsewhere has no line rather than a wrong one', async () => {
    const shared = returns
      .replace('min: 0, max: 1000', '...bounds')
      .replace('export default', 'const bounds = { min: 5, max: 1 }\nexport default')
    expect(await faults(shop({ 'returns.ts': shared }))).toEqual([
      'shop/returns.ts: min of column refund is greater than its max, got 5 and 1; swap them',
    ])
  })

  test('every mistake of a file is told', async () => {
    const folder = shop({
      'returns.ts': returns.replace("kind: 'append'", "kind: 'apend'").replace("by: 'month'", "by: 'mont'"),
    })
    expect(await faults(folder)).toHaveLength(2)
  })

  test('a file that declares no table', async () => {
    const files = { 'a.ts': 'export const a = 1\n', 'b.ts': 'export default 42\n', 'C.ts': 'export default 1\n' }
    expect(await faults(shop(files))).toEqual([
      'shop/C.ts: table names are lower case, digits and _, got C; rename the file',
      'shop/a.ts: it has no default export; write export default defineTable({ … })',
      'shop/b.ts: the default export is no table, got 42; write export default defineTable({ … })',
    ])
  })

  test('settings of a dataset', async () => {
    const folder = write({
      'shop/dataset.ts': `export default {\n  description: 'x',\n  settleSecond: 5,\n  crawl: 'allways',\n}\n`,
      'shop/orders.ts': orders,
      'store/orders.ts': orders,
    })
    expect(await faults(folder)).toEqual([
      'shop/dataset.ts:3: unknown option "settleSecond"; did you mean "settleSeconds"?',
      'shop/dataset.ts:4: crawl must be on-change, always or never, got "allways"; did you mean "always"?',
      'store/dataset.ts: it does not exist; a dataset needs one: export default defineDataset({ … })',
    ])
    const { shop: dataset } = await loadContracts([folder])
    expect(dataset).toMatchObject({ name: 'shop', rawFolders: ['shop'], tables: {} })
    expect(Object.keys(dataset?.outOfService ?? {})).toEqual(['cleaned.orders', 'enriched.orders'])
  })

  test('two datasets with one raw folder, and two files with one table', async () => {
    const one = `export default {\n  description: 'x',\n  rawFolders: ['a', 'both'],\n  settleSeconds: 0,\n}\n`
    const folder = write({
      'shop/dataset.ts': one,
      'store/dataset.ts': one.replace("'a'", "'b'"),
      'store/gift-cards.ts': orders,
      'store/gift_cards.ts': orders,
    })
    expect(await faults(folder)).toEqual([
      'shop/dataset.ts:3: raw folder both belongs to store as well; give one of them another',
      'store/gift-cards.ts: gift_cards.ts declares table gift_cards as well; rename one of them',
      'store/gift_cards.ts: gift-cards.ts declares table gift_cards as well; rename one of them',
      'store/dataset.ts:3: raw folder both belongs to shop as well; give one of them another',
    ])
    const datasets = await loadContracts([folder])
    expect(rawPlace(datasets, 'raw/both/orders.csv')).toBeUndefined()
  })
})

describe('patterns that take one name in common', () => {
  const second = (files: string) => orders.replace('orders*.csv', files)
  test.each([
    ['ord*', 'orders.csv'],
    ['ORDERS*.CSV', 'orders.csv'],
    ['orders_returned*.csv', 'orders_returned.csv'],
    ['*_2018.csv', 'orders_2018.csv'],
    ['o*d*v', 'orders.csv'],
    ['*', 'orders.csv'],
  ])('%s', async (pattern, name) => {
    const found = await faults(shop({ 'second.ts': second(pattern) }))
    expect(found).toEqual([
      `shop/orders.ts:6: files "orders*.csv" overlaps "${pattern}" of second, both take ${name}; narrow one of them`,
      `shop/second.ts:6: files "${pattern}" overlaps "orders*.csv" of orders, both take ${name}; narrow one of them`,
    ])
  })
  test.each(['order.csv', 'orders*.txt', 'xorders*.csv', 'order_items*.csv', '*.csv2'])(
    '%s has none',
    async (pattern) => {
      expect(await faults(shop({ 'second.ts': second(pattern) }))).toEqual([])
    },
  )
  test('only names that both take are nobody’s', async () => {
    const datasets = await loadContracts([shop({ 'second.ts': second('orders_returned*.csv') })])
    expect(routeKey(datasets, 'raw/shop/orders_2018.csv')?.name).toBe('orders')
    expect(routeKey(datasets, 'raw/shop/orders_returned.csv')).toBeUndefined()
  })
})

describe('a broken contract stops only its own table', () => {
  test('tables that look it up keep everything but their enrichment, and so do no others', async () => {
    const folder = shop({
      'orders.ts': orders.replace("kind: 'snapshot'", "kind: 'snap'"),
      'returns.ts': returns,
      'sellers.ts': orders.replace('orders*', 'sellers*'),
    })
    const { shop: dataset } = await loadContracts([folder])
    expect(Object.keys(dataset?.tables ?? {})).toEqual(['returns', 'sellers'])
    expect(dataset?.tables.returns?.enrich).toBeUndefined()
    expect(Object.keys(dataset?.outOfService ?? {})).toEqual(['enriched.returns', 'cleaned.orders', 'enriched.orders'])
    expect(dataset?.outOfService?.['enriched.returns']).toMatch(
      /^it looks up orders, which is out of service: .*orders.ts:14: kind/,
    )
  })
})

test('a file that does not even run is told with its line, in one sentence', () => {
  const folder = shop({
    'colon.ts': returns.replace("files: 'returns", "files 'returns"),
    'twice.ts': `${returns}const a = 1\nconst a = 2\n`,
    'name.ts': returns.replace('units: int.', 'units: itn.'),
    'export.ts': returns.replace('dateOf, decimal', 'dateof, decimal'),
    'import.ts': returns.replace(language('table'), "'./tabel.ts'"),
    'throws.ts': `${returns}throw new Error('no such luck')\n`,
  })
  const program = `import { faultsOf } from ${language('dataset')}
    import { loadContracts } from ${language('registry')}
    console.log(JSON.stringify(faultsOf(await loadContracts([${JSON.stringify(folder)}]))))`
  const out = execFileSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' })
  const messages = (JSON.parse(out) as { message: string }[]).map(({ message }) => message.replaceAll(`${folder}/`, ''))
  const lines = returns.split('\n').length
  expect(messages).toEqual([
    'shop/colon.ts:7: not valid TypeScript: unexpected token string literal; look for a missing comma, colon, quote or bracket here or on the line above',
    'shop/export.ts:1: column.ts exports no dateof; did you mean dateOf?',
    'shop/import.ts:2: it imports shop/tabel.ts, which does not exist; correct the path',
    'shop/name.ts:14: itn is not defined; did you mean int?',
    `shop/throws.ts:${lines}: no such luck`,
    // The engine itself refuses it, and says no line.
    `shop/twice.ts: not valid TypeScript: identifier 'a' has already been declared`,
  ])
})
