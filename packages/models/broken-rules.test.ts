import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text, timestamp } from '@droplake/contracts/column'
import type { TableSpec } from '@droplake/contracts/table'
import { afterAll, expect, test } from 'vitest'
import { brokenRules } from './broken-rules.ts'

const folder = mkdtempSync(join(tmpdir(), 'droplake-rules-'))
afterAll(() => rmSync(folder, { recursive: true }))

const spec: TableSpec = {
  description: '',
  files: 'orders*.csv',
  columns: { id: text.required(), status: text.optional(), bought_at: timestamp.required() },
  key: ['id'],
  dedupe: 'latest',
  kind: 'append',
  partition: { name: 'month', by: 'month', of: 'bought_at' },
}
const broken = (expect: string) => {
  writeFileSync(
    join(folder, 'orders.ts'),
    `export default {\n  rules: [\n    {\n      name: 'r',\n      expect: ${JSON.stringify(expect)},\n    },\n  ],\n}\n`,
  )
  const table = { ...spec, name: 'orders', dataset: 'shop', rules: [{ name: 'r', severity: 'warn' as const, expect }] }
  return brokenRules({ tables: { orders: table } }, folder).map((message) => message.replace(`${folder}/`, ''))
}

test.each([
  ['idd is not null', 'orders.ts:5: rule r: orders has no column idd; did you mean id?'],
  ['coalesce(id, statsu) is not null', 'orders.ts:5: rule r: orders has no column statsu; did you mean status?'],
])('%s', (expression, message) => {
  expect(broken(expression)).toEqual([message])
})

test('what does not parse is said to be no SQL', () => {
  expect(broken('id in (1')).toEqual([expect.stringMatching(/^orders.ts:5: rule r: not SQL: .*; correct it$/)])
})

test.each([
  'id is not null and "status" <> \'lost\'',
  "orders.id is null or month >= '2018-01'",
  '_ingested_at >= bought_at',
  "extract(year from bought_at) > 2000 and date_diff('day', bought_at, current_timestamp) > 0",
  'id in (select other from elsewhere)',
  "any_match(split(id, ','), part -> part = 'a')",
  'cast(id as varchar) is not null',
])('%s is none', (expression) => {
  expect(broken(expression)).toEqual([])
})
