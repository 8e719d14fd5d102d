import { decimal, text } from '@droplake/contracts/column'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { knownNames, PublicError, publicCause, publicError, publicText, wholeError } from './public-text.ts'
import { datasetWith } from './testing/test-lake.ts'

const customers = { columns: { customer_id: text.required(), income: decimal(10, 2).optional() } }
const names = knownNames([
  datasetWith({
    customers: {
      ...customers,
      description: '',
      files: 'c*.csv',
      key: ['customer_id'],
      dedupe: 'latest',
      kind: 'snapshot',
    },
  }),
])
const withheld = /^(.*) \(values withheld; on a local lake --debug shows them\)$/

test.each([
  [
    "query: Conversion Error: Could not convert string 'Joana d''Arc' to INT32",
    'query: Conversion Error: Could not convert string … to INT32',
  ],
  [
    'Constraint Error: Duplicate key "email: a@b.c" violates primary key constraint.',
    'Constraint Error: Duplicate key … violates primary key constraint.',
  ],
  [
    "query: INVALID_CAST_ARGUMENT: Cannot cast 'Rua 12' to bigint",
    'query: INVALID_CAST_ARGUMENT: Cannot cast … to bigint',
  ],
  ["Unexpected token 'M', \"Maria d'Arc\" is not valid JSON", 'Unexpected token … is not valid JSON'],
  ['Cannot convert Maria to a BigInt', 'Cannot convert … to a BigInt'],
  ["Type INT64 with value 4711 can't be cast", 'Type INT64 with value … cannot be cast'],
  ['Casting value "123456.78" to type DECIMAL(5,2) failed', 'Casting value … to type DECIMAL(5,2) failed'],
  ["query: the order is not valid: 'the order is not valid'", 'query: the order is not valid …'],
])('of %j stays what is no cell', (message, shown) => {
  expect(withheld.exec(publicText(message, names))?.[1]).toBe(shown)
})

test.each([
  'Unexpected end of JSON input',
  "query: COLUMN_NOT_FOUND: line 3:8: Column 'income' cannot be resolved",
  'query: Catalog Error: Table with name customers does not exist!',
  'Worker terminated due to reaching memory limit: JS heap out of memory',
  'object store: no object raw/d/customers-2024.csv at version 12',
])('%j, which holds no cell, stays as it is', (message) => {
  expect(publicText(message, names)).toBe(message)
})

test('a text that was made public twice is the same', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (cell) => {
      const once = publicText(`Conversion Error: Could not convert string '${cell}' to INT32`, names)
      expect(publicText(once, names)).toBe(once)
    }),
  )
})

const marker = 'ZXMARKER'
const cell = fc
  .tuple(
    fc.string({ unit: 'grapheme' }),
    fc.constantFrom('', "'", '"', "''", '\n', '`', ' ', '; drop table x', '–', "d'"),
    fc.string({ unit: 'binary' }),
  )
  .map((parts) => parts.join(marker))

test('no word of a cell gets through, however it is quoted, and not through the stack either', () => {
  const frame = `\n    at ${marker} (/${marker}:1:1)`
  const quotes = fc.constantFrom(["'", "'"], ['"', '"'], ['', ''], ['“', '”'], ['`', '`'], ['(', ')'])
  const around = fc.constantFrom(
    'Could not convert',
    "Value can't be cast:",
    'it\'s "quoted"',
    "Column 'income'",
    'clean',
    '',
  )
  fc.assert(
    fc.property(cell, quotes, around, fc.oneof(around, fc.constant(frame)), (content, [open, close], before, after) => {
      const message = `${before} ${open}${content}${close} ${after}`
      for (const thrown of [new Error(message), new TypeError(message), message, new SyntaxError(message)]) {
        const error = publicError(thrown, names)
        expect(`${error.message} ${error.stack} ${JSON.stringify(error)}`).not.toContain(marker)
      }
      const failed = { QueryExecution: { Query: 'select 1', Status: { StateChangeReason: message } } }
      for (const cause of [message, JSON.stringify({ errorMessage: message }), JSON.stringify(failed)])
        expect(publicCause(cause, names)).not.toContain(marker)
    }),
  )
})

test('an error keeps its name, or the code of the system, and the frames of its stack; the whole of it is for --debug', () => {
  const error = publicError(new TypeError(`no ${marker}`))
  expect(error).toBeInstanceOf(PublicError)
  expect(error.name).toBe('TypeError')
  expect(error.stack).toMatch(/^TypeError: no … .*\n {4}at .*public-text\.test\.ts/)
  expect(wholeError(error)).toContain(marker)
  expect(
    publicError(Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES', syscall: 'open' })).name,
  ).toBe('EACCES')
  expect(publicError(error)).toBe(error)
})

test('what a model misspelt is named, for it stands in its SQL; its literals are not', () => {
  const model = { name: 'm', columns: [], select: "select incme from cleaned.custmers where city = 'Recife'" }
  const known = knownNames([], [model as never])
  expect(publicText(`Binder Error: Referenced column "incme" not found`, known)).toBe(
    'Binder Error: Referenced column "incme" not found',
  )
  expect(publicText('Table with name custmers does not exist!', known)).toContain('custmers')
  expect(publicText("Could not convert string 'Recife' to INT32", known)).not.toContain('Recife')
})
