import { definition, serviceNames } from '@droplake/pipeline/definition'
import { rollbackDefinition } from '@droplake/pipeline/rollback-definition'
import { sweepDefinition } from '@droplake/pipeline/sweep-definition'
import { describe, expect, test } from 'vitest'
import { lintPortable } from './portable-lint.ts'

const functions = Object.fromEntries(serviceNames.map((name) => [name, name])) as Parameters<
  typeof definition
>[0]['functions']

test('the daily round and the rollback keep to it as well', () => {
  const own = { sweep: 's', wake: 'w', rollback: 'r' }
  expect(lintPortable(sweepDefinition({ functions: own }))).toEqual([])
  expect(lintPortable(rollbackDefinition({ functions: own }))).toEqual([])
})

test('the pipeline keeps to what AWS and the laptop run alike', () => {
  expect(lintPortable(definition({ functions, workgroup: 'w' }))).toEqual([])
})

type Fields = Record<string, unknown>
const task = (of: Fields = {}): Fields => ({
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke',
  TimeoutSeconds: 9,
  Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Done' }],
  Next: 'Done',
  ...of,
})
const machine = (state: Fields, top: Fields = {}) => ({
  StartAt: 'S',
  States: { S: state, Done: { Type: 'Succeed' } },
  ...top,
})
const mapOf = (inner: Fields, map: Fields = {}) =>
  machine({
    Type: 'Map',
    ItemsPath: '$.items',
    ItemSelector: { 'item.$': '$$.Map.Item.Value', 'all.$': '$$.Execution.Input' },
    ItemProcessor: { ProcessorConfig: { Mode: 'INLINE' }, StartAt: 'Inner', States: { Inner: inner } },
    Next: 'Done',
    ...map,
  })
const pass = (of: Fields) => ({ Type: 'Pass', Next: 'Done', ...of })
const choice = (of: Fields) => ({ Type: 'Choice', Choices: [{ ...of, Next: 'Done' }], Default: 'Done' })
const rulesOf = (of: object) => [...new Set(lintPortable(of).map(({ rule }) => rule))]

test('a small definition within the rules is clean', () => {
  expect(lintPortable(mapOf(task({ Parameters: { 'item.$': '$.item', 'n.$': '$.list[0].n' } })))).toEqual([])
  expect(lintPortable(machine(pass({ Parameters: { 'parts.$': "States.StringSplit($.a, ',')" } })))).toEqual([])
  expect(lintPortable(machine(choice({ Not: { Variable: '$.a', IsPresent: true } })))).toEqual([])
  expect(lintPortable(machine(pass({ Parameters: { 'id.$': '$$.Execution.Id' } })))).toEqual([])
})

describe('the lint finds', () => {
  const bad: [string, string, object][] = [
    ['JSONata of the whole machine', 'JSONata', machine(pass({}), { QueryLanguage: 'JSONata' })],
    ['JSONata of one state', 'JSONata', machine(pass({ QueryLanguage: 'JSONata' }))],
    ['Assign', 'JSONata', machine(pass({ Assign: { a: 1 } }))],
    ['Assign inside an item', 'JSONata', mapOf(pass({ Assign: { a: 1 } }))],
    ['an ItemReader', 'ItemReader', mapOf(task(), { ItemReader: {} })],
    ['an ItemBatcher', 'ItemReader', mapOf(task(), { ItemBatcher: {} })],
    ['a ResultWriter', 'ItemReader', mapOf(task(), { ResultWriter: {} })],
    ['tolerated failures', 'ItemReader', mapOf(task(), { ToleratedFailurePercentage: 5 })],
    ['a tolerated count', 'ItemReader', mapOf(task(), { ToleratedFailureCount: 5 })],
    ['a task token', 'task tokens', machine(task({ Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken' }))],
    ['a heartbeat', 'heartbeats', machine(task({ HeartbeatSeconds: 5 }))],
    ['IsPresent: false', 'compared with false', machine(choice({ Variable: '$.a', IsPresent: false }))],
    ['IsNull: false inside And', 'compared with false', machine(choice({ And: [{ Variable: '$.a', IsNull: false }] }))],
    ['a ResultPath of $', 'ResultPath', machine(task({ ResultPath: '$' }))],
    [
      'a ResultPath of $ in a Catch',
      'ResultPath',
      machine(task({ Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$', Next: 'Done' }] })),
    ],
    ['a falsy Result', 'falsy', machine(pass({ Result: false }))],
    ['an empty Result', 'falsy', machine(pass({ Result: '' }))],
    ['$$.State', '$$.State', machine(pass({ Parameters: { 'name.$': '$$.State.Name' } }))],
    ['the Map’s item inside the item', 'ItemSelector', mapOf(pass({ Parameters: { 'i.$': '$$.Map.Item.Index' } }))],
    ['the execution’s input inside an item', 'ItemSelector', mapOf(pass({ InputPath: '$$.Execution.Input' }))],
    ['a wildcard', 'wildcards', machine(pass({ Parameters: { 'a.$': '$.list[*].a' } }))],
    ['a slice', 'wildcards', machine(pass({ InputPath: '$.list[0:2]' }))],
    ['an open slice', 'wildcards', machine(pass({ InputPath: '$.list[:2]' }))],
    ['a filter', 'wildcards', machine(pass({ InputPath: '$.list[?(@.a > 1)]' }))],
    ['a negative index', 'wildcards', machine(pass({ OutputPath: '$.list[-1]' }))],
    ['a descent', 'wildcards', machine(pass({ InputPath: '$..a' }))],
    [
      'a wildcard inside an intrinsic',
      'wildcards',
      machine(pass({ Parameters: { 'n.$': 'States.ArrayLength($.a[*])' } })),
    ],
    ['a wildcard in an ItemsPath', 'wildcards', mapOf(task(), { ItemsPath: '$.a[*]' })],
    [
      'a split by two characters',
      'StringSplit',
      machine(pass({ Parameters: { 'a.$': "States.StringSplit($.a, ', ')" } })),
    ],
    [
      'a parenthesis in a literal',
      'parentheses',
      machine(pass({ Parameters: { 'a.$': "States.Format('({})', $.a)" } })),
    ],
    ['a Task without a timeout', 'given up', machine(task({ TimeoutSeconds: undefined }))],
    ['a Task of an item without a Catch', 'catches all', mapOf(task({ Catch: undefined }))],
    [
      'a Task of an item that catches something else',
      'catches all',
      mapOf(task({ Catch: [{ ErrorEquals: ['Boom'], Next: 'Done' }] })),
    ],
    [
      'States.ALL before another error',
      'last',
      machine(task({ Retry: [{ ErrorEquals: ['States.ALL'] }, { ErrorEquals: ['Boom'] }] })),
    ],
    ['States.ALL beside another error', 'last', machine(task({ Retry: [{ ErrorEquals: ['States.ALL', 'Boom'] }] }))],
    ['a name that stands twice', 'unique', namedTwice()],
  ]
  test.each(bad)('%s', (_, rule, snippet) => {
    const found = rulesOf(snippet)
    expect(found).toHaveLength(1)
    expect(found[0]).toContain(rule)
  })

  test('the place: state names and fields down to the value', () => {
    const snippet = mapOf(pass({ Parameters: { deep: [{ 'a.$': '$.list[*]' }] } }))
    expect(lintPortable(snippet).map(({ at }) => at)).toEqual(['S > Inner: Parameters.deep.0.a.$'])
  })
})

function namedTwice() {
  const inner = mapOf(pass({}))
  return { ...inner, States: { ...inner.States, Inner: { Type: 'Succeed' } } }
}
