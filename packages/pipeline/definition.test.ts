import { createRequire } from 'node:module'
import { describe, expect, test } from 'vitest'
import { definition, type Resources, runSteps, type State, type StateMachine, serviceNames } from './definition.ts'

const arn = (name: string) => `arn:aws:lambda:eu-central-1:123456789012:function:droplake-test-${name}:7`
const resources: Resources = {
  functions: Object.fromEntries(serviceNames.map((name) => [name, arn(name)])) as Resources['functions'],
  workgroup: 'droplake-test',
}
const machine = definition(resources)

type Validate = (
  of: unknown,
  options?: { checkPaths?: boolean; checkArn?: boolean },
) => { isValid: boolean; errors: { message: string }[] }
const aslValidator = createRequire(import.meta.url)('asl-validator') as Validate
// It writes its defaults into what it is given.
const validate: Validate = (of, options) => aslValidator(structuredClone(of), options)

function* statesOf(states: Record<string, State>): Iterable<[string, State]> {
  for (const [name, state] of Object.entries(states)) {
    yield [name, state]
    const nested = state.ItemProcessor as { States: Record<string, State> } | undefined
    if (nested) yield* statesOf(nested.States)
  }
}
const all = new Map(statesOf(machine.States))
const calls = [...all].filter(([, { Resource }]) => Resource === 'arn:aws:states:::lambda:invoke')
const functionOf = (state: State) => (state.Parameters as { FunctionName: string }).FunctionName

describe('the validator', () => {
  test('accepts the definition with its paths and ARNs', () => {
    const { isValid, errors } = validate(machine, { checkPaths: true, checkArn: true })
    expect(errors).toEqual([])
    expect(isValid).toBe(true)
  })

  test('would not accept one with a missing state, a bad path or a bad resource', () => {
    const broken = (change: (of: StateMachine) => void) => {
      const copy = structuredClone(machine)
      change(copy)
      return validate(copy, { checkPaths: true, checkArn: true }).isValid
    }
    expect(broken((of) => delete of.States.Plan)).toBe(false)
    expect(broken((of) => Object.assign(of.States.Admit ?? {}, { OutputPath: '$.[' }))).toBe(false)
    expect(broken((of) => Object.assign(of.States.Admit ?? {}, { Resource: 'lambda' }))).toBe(false)
  })
})

test('every service is called, and nothing is called that is not deployed', () => {
  expect(new Set(calls.map(([, state]) => functionOf(state)))).toEqual(new Set(Object.values(resources.functions)))
})

const integrations = [
  'lambda:invoke',
  'athena:startQueryExecution.sync',
  'states:startExecution',
  'aws-sdk:glue:startCrawler',
  'aws-sdk:glue:getCrawler',
]

test('there are no names of resources but those that were given', () => {
  const text = JSON.stringify(definition({ functions: resources.functions, workgroup: 'another' }))
  expect(text).toContain('"WorkGroup":"another"')
  expect(text).not.toContain('droplake-test"')
  for (const [name, { Resource }] of all)
    if (Resource !== undefined) expect(integrations, name).toContain(String(Resource).replace('arn:aws:states:::', ''))
})

test('a repeated, a coalesced and an unroutable event each end after three states', () => {
  const admit = machine.States.Admit
  expect(machine.StartAt).toBe('Admit')
  expect(admit?.Next).toBe('Run Begun?')
  const decided = machine.States['Run Begun?'] as State & {
    Choices: { Variable: string; StringEquals: string; Next: string }[]
  }
  expect(decided.Choices).toEqual([{ Variable: '$.outcome', StringEquals: 'begun', Next: 'Settle' }])
  expect(decided.Default).toBe('Answered')
  expect(machine.States.Answered).toEqual({ Type: 'Succeed' })
})

const crawl = ['Start Crawler', 'Look at Crawler', 'Compare Schema']

test('whatever fails between Plan and the end of the run, the run is ended as failed, with the step that failed', () => {
  const ending = Object.entries(machine.States).filter(
    ([name, { Type, Next }]) => ['Task', 'Map'].includes(Type) && Next !== undefined && !crawl.includes(name),
  )
  const uncaught = ending.filter(([, state]) => !state.Catch).map(([name]) => name)
  expect(uncaught).toEqual(['Admit', 'End Failed Run', 'Start Next Run'])
  const steps = new Set<string>()
  for (const [name, { Catch }] of ending) {
    if (!Catch || name === 'Notify') continue
    const [{ ResultPath, ...caught }] = Catch as [{ ResultPath: string }]
    expect(caught, name).toEqual({ ErrorEquals: ['States.ALL'], Next: 'End Failed Run' })
    expect(ResultPath, name).toMatch(/^\$\.failed\.[a-z]+$/)
    steps.add(ResultPath.slice('$.failed.'.length))
  }
  expect(steps).toEqual(new Set(Object.keys(runSteps)))
  expect(machine.States['End Failed Run']?.Parameters).toMatchObject({ Payload: { 'failed.$': '$.failed' } })
})

test('a failed call of an item or of a table is noted with its error, and keeps nothing else from going on', () => {
  const noted = calls.filter(([, { Parameters }]) => 'failed' in (Parameters as { Payload: object }).Payload)
  expect(noted.map(([name]) => name)).toEqual([
    'Index File Failed',
    'Clean Item Failed',
    'Dedupe Unit Failed',
    'Table Failed',
    'Enrich Unit Failed',
  ])
  for (const [name, { Parameters, Catch, Next }] of noted) {
    expect(Parameters, name).toMatchObject({ Payload: { 'error.$': '$.error' } })
    expect(Catch, name).toEqual([{ ErrorEquals: ['States.ALL'], ResultPath: '$.notNoted', Next }])
  }
})

test('a run that nobody could be notified of is reported all the same, and its execution fails', () => {
  const { Catch } = machine.States.Notify as State
  expect(Catch).toEqual([{ ErrorEquals: ['States.ALL'], ResultPath: '$.notNotified', Next: 'More Pending?' }])
  expect(machine.States['Run Failed?']?.Choices).toContainEqual({
    Variable: '$.notNotified',
    IsPresent: true,
    Next: 'Not Notified',
  })
})

test('the run and its dataset reach every call but the first', () => {
  for (const [name, { Parameters }] of calls) {
    if (name === 'Admit') continue
    const { Payload } = Parameters as { Payload: Record<string, string> }
    expect(Payload, name).toMatchObject({ 'dataset.$': '$.dataset', 'run.$': '$.run' })
  }
})

test('every statement of Athena runs in a session of the dataset’s build database, which Render names', () => {
  const started = [...all].filter(([, { Resource }]) => String(Resource).includes(':athena:startQueryExecution'))
  expect(started.length).toBeGreaterThan(0)
  for (const [name, { Parameters }] of started)
    expect(Parameters, name).toMatchObject({
      QueryExecutionContext: { Catalog: 'AwsDataCatalog', 'Database.$': '$.database' },
    })
  expect(all.get('Build')?.ItemSelector).toMatchObject({ 'database.$': '$.render.database' })
})

test('the lake’s truth is committed in order: data, catalog, quality, models, publication, end', () => {
  const order: string[] = []
  let at: string | undefined = 'Ingest'
  while (at && at !== 'More Pending?') {
    const state: State | undefined = machine.States[at]
    if (state?.Type === 'Task' || state?.Type === 'Map') order.push(at)
    at = (state?.Next ?? state?.Default) as string | undefined
  }
  expect(order).toEqual(['Ingest', 'Catalog', 'Quality', 'Plan Models', 'Model Layers', 'Publish', 'End Run', 'Notify'])
})

test('the end of a failed run leads to another one where more waits, and to a failed execution', () => {
  const choice = (name: string) => machine.States[name] as State & { Choices: object[]; Default: string }
  expect(machine.States['End Failed Run']?.Next).toBe('Notify')
  expect(machine.States.Notify?.Next).toBe('More Pending?')
  expect(choice('More Pending?').Choices).toEqual([
    { Variable: '$.finish.again', BooleanEquals: true, Next: 'Start Next Run' },
  ])
  expect(choice('More Pending?').Default).toBe('Run Failed?')
  expect(machine.States['Start Next Run']?.Next).toBe('Run Failed?')
  expect(choice('Run Failed?').Choices[0]).toEqual({
    Variable: '$.finish.status',
    StringEquals: 'failed',
    Next: 'Run Failed',
  })
  expect(machine.States['Run Failed']?.Type).toBe('Fail')
})

test('a Distributed Map iterates over a range of numbers, so that no input grows with the work', () => {
  const distributed = [...all].filter(
    ([, state]) =>
      (state.ItemProcessor as { ProcessorConfig: { Mode: string } } | undefined)?.ProcessorConfig.Mode ===
      'DISTRIBUTED',
  )
  expect(distributed.map(([name]) => name)).toEqual(['Index', 'Clean', 'Dedupe', 'Enrich'])
  for (const [name, { ItemsPath }] of distributed) {
    const field = `${String(ItemsPath).slice(2)}.$`
    const ranges = [...all.values()].flatMap((state) =>
      state.Type === 'Pass' ? ((state.Parameters as Record<string, string> | undefined)?.[field] ?? []) : [],
    )
    const own = ranges.filter((range) => range.startsWith('States.'))
    expect(own.length, name).toBeGreaterThan(0)
    for (const range of own) expect(range, name).toMatch(/^States\.ArrayRange\(0, \$\.[\w.]+, 1\)$/)
  }
})

describe('the crawl', () => {
  const state = (name: string) => machine.States[name] as State & { Choices: object[]; Default: string }

  test('is left out when no file has a new shape', () => {
    expect(state('Catalog').Next).toBe('Crawl Due?')
    expect(state('Crawl Due?')).toMatchObject({ Default: 'Quality', Choices: [{ Next: 'Start Crawler' }] })
  })

  test('waits for one that is under way, and begins anew after it', () => {
    expect(state('Start Crawler').Retry).toContainEqual({
      ErrorEquals: ['Glue.CrawlerRunningException'],
      IntervalSeconds: 30,
      BackoffRate: 1,
      MaxAttempts: 40,
    })
  })

  test('cannot fail the run, nor hold it for ever', () => {
    for (const name of ['Start Crawler', 'Look at Crawler'])
      expect(state(name).Catch).toEqual([
        { ErrorEquals: ['States.ALL'], ResultPath: '$.crawl.error', Next: 'Compare Schema' },
      ])
    expect(state('Compare Schema')).toMatchObject({ Next: 'Quality', Catch: [{ Next: 'Quality' }] })
    expect(state('Crawler Done?').Choices).toContainEqual({
      Variable: '$.crawl.polls',
      NumericGreaterThanEquals: 90,
      Next: 'Compare Schema',
    })
    expect(state('Crawler Done?').Default).toBe('Look Again')
  })
})
