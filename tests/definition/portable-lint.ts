/**
 * The part of Amazon States Language that AWS Step Functions and the local interpreter run alike, as rules over a
 * definition. A structure validator does not know them: it accepts what one of the two ignores.
 */

type Json = null | boolean | number | string | Json[] | { [field: string]: Json }
type Fields = { [field: string]: Json }

export interface Finding {
  rule: string
  /** State names and fields down to the value. */
  at: string
}

interface State {
  name: string
  fields: Fields
  at: string
  /** Whether the state is part of a Map's item. */
  inItem: boolean
}

const isFields = (value: Json | undefined): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Every state at every depth. */
function* statesOf(states: Json | undefined, at: string, inItem: boolean): Iterable<State> {
  if (!isFields(states)) return
  for (const [name, fields] of Object.entries(states)) {
    if (!isFields(fields)) continue
    yield { name, fields, at: `${at}${name}`, inItem }
    for (const nested of [fields.ItemProcessor, fields.Iterator])
      if (isFields(nested)) yield* statesOf(nested.States, `${at}${name} > `, true)
    for (const branch of Array.isArray(fields.Branches) ? fields.Branches : [])
      if (isFields(branch)) yield* statesOf(branch.States, `${at}${name} > `, inItem)
  }
}

/** Every value below one, with the names that lead to it; nested states are left to themselves. */
function* valuesOf(value: Json, path: string[] = []): Iterable<{ path: string[]; value: Json }> {
  yield { path, value }
  const nested = ['ItemProcessor', 'Iterator', 'Branches']
  if (Array.isArray(value)) for (const [n, each] of value.entries()) yield* valuesOf(each, [...path, String(n)])
  else if (isFields(value))
    for (const [field, each] of Object.entries(value))
      if (path.length > 0 || !nested.includes(field)) yield* valuesOf(each, [...path, field])
}

const pathFields = ['InputPath', 'OutputPath', 'ResultPath', 'ItemsPath', 'Variable', 'SecondsPath', 'TimestampPath']

/** Values that are paths or intrinsic calls. */
const expressionsOf = (fields: Fields) =>
  [...valuesOf(fields)].flatMap(({ path, value }) => {
    const field = path.at(-1) ?? ''
    const isPath = field.endsWith('.$') || pathFields.includes(field) || field.endsWith('Path')
    return isPath && typeof value === 'string' ? [{ path, text: value }] : []
  })

type Rule = (state: State) => Iterable<string | string[]>

/** Fields of the state itself, or inside a Map's own settings. */
const forbids = (names: RegExp): Rule =>
  function* ({ fields }) {
    for (const [field, value] of Object.entries(fields)) {
      if (names.test(field)) yield field
      if (field === 'ItemProcessor' && isFields(value))
        for (const inner of Object.keys(value)) if (names.test(inner)) yield [field, inner]
    }
  }

const matching = (pattern: RegExp, where: (state: State, path: string[]) => boolean = () => true): Rule =>
  function* (state) {
    for (const { path, text } of expressionsOf(state.fields)) if (pattern.test(text) && where(state, path)) yield path
  }

/** Intrinsic calls of a text with their string literals: `States.StringSplit($.a, ',')`. */
const literalsOf = (text: string) => [...text.matchAll(/'((?:[^'\\]|\\.)*)'/g)].map(([, literal]) => literal ?? '')

const catchesAll = (fields: Fields) =>
  Array.isArray(fields.Catch) &&
  fields.Catch.some((one) => isFields(one) && Array.isArray(one.ErrorEquals) && one.ErrorEquals.includes('States.ALL'))

const rules: Record<string, Rule> = {
  'no JSONata, Assign or Output': forbids(/^(QueryLanguage|Assign|Output|Arguments|Condition|Items)$/),
  'no ItemReader, ItemBatcher, ResultWriter or tolerated failures': forbids(
    /^(ItemReader|ItemBatcher|ResultWriter|Tolerated.*)$/,
  ),
  *'no task tokens or heartbeats'({ fields }) {
    for (const field of ['HeartbeatSeconds', 'HeartbeatSecondsPath']) if (field in fields) yield field
    if (String(fields.Resource).includes('waitForTaskToken')) yield 'Resource'
  },
  *'no Is… compared with false'({ fields }) {
    for (const { path, value } of valuesOf(fields.Choices ?? null))
      if (/^Is[A-Z]/.test(path.at(-1) ?? '') && value === false) yield ['Choices', ...path]
  },
  *'no ResultPath of the whole input'({ fields }) {
    for (const { path, value } of valuesOf(fields)) if (path.at(-1) === 'ResultPath' && value === '$') yield path
  },
  *'no Pass with a falsy Result'({ fields }) {
    if (fields.Type === 'Pass' && 'Result' in fields && !fields.Result) yield 'Result'
  },
  'no $$.State': matching(/\$\$\.State\b/),
  'the execution’s input and the Map’s item reach an item through ItemSelector only': matching(
    /\$\$\.(Map|Execution\.Input)\b/,
    ({ fields, inItem }, path) => {
      const text = path.reduce<Json>((value, field) => (value as Fields)[field] ?? null, fields)
      const selects = path[0] === 'ItemSelector'
      return String(text).includes('$$.Map') ? !selects : inItem
    },
  ),
  'no wildcards, slices, filters, negative indexes or descents in paths': matching(
    /\[\s*(\*|\?|-\s*\d|\d*\s*:|\d+\s*,)|\.\.|\.\*/,
  ),
  *'no StringSplit by more than one character'({ fields }) {
    for (const { path, text } of expressionsOf(fields))
      for (const [call] of text.matchAll(/States\.StringSplit\([^)]*\)/g))
        if ((literalsOf(call).at(-1) ?? '').length !== 1) yield path
  },
  *'no parentheses in the literals of an intrinsic'({ fields }) {
    for (const { path, text } of expressionsOf(fields))
      if (text.startsWith('States.') && literalsOf(text).some((literal) => /[()]/.test(literal))) yield path
  },
  *'every Task says when it is given up'({ fields }) {
    if (fields.Type === 'Task' && typeof fields.TimeoutSeconds !== 'number') yield 'TimeoutSeconds'
  },
  *'every Task of an item catches all errors'({ fields, inItem }) {
    if (fields.Type === 'Task' && inItem && !catchesAll(fields)) yield 'Catch'
  },
  *'States.ALL stands last and alone'({ fields }) {
    for (const field of ['Catch', 'Retry']) {
      const cases = Array.isArray(fields[field]) ? fields[field] : []
      for (const [n, one] of cases.entries()) {
        const names = isFields(one) && Array.isArray(one.ErrorEquals) ? one.ErrorEquals : []
        if (names.includes('States.ALL') && (n !== cases.length - 1 || names.length > 1)) yield [field, String(n)]
      }
    }
  },
}

/** What both runtimes would not do alike, or an operator would not find again. Empty for a portable definition. */
export function lintPortable(definition: object): Finding[] {
  const machine = JSON.parse(JSON.stringify(definition)) as Fields
  const findings: Finding[] = []
  for (const field of ['QueryLanguage', 'Assign'])
    if (field in machine) findings.push({ rule: 'no JSONata, Assign or Output', at: field })
  const seen = new Set<string>()
  for (const state of statesOf(machine.States, '', false)) {
    if (seen.has(state.name)) findings.push({ rule: 'state names are unique at every depth', at: state.at })
    seen.add(state.name)
    for (const [rule, check] of Object.entries(rules))
      for (const where of check(state)) findings.push({ rule, at: `${state.at}: ${[where].flat().join('.')}` })
  }
  return findings
}
