import {
  anyText,
  checkOptions,
  dateOrders,
  decimalSigns,
  isObject,
  list,
  number,
  object,
  oneOf,
  type Path,
  type Problem,
  type Shape,
  share,
  shown,
  text,
  textByName,
  texts,
  truth,
  wholeNumber,
} from './check.ts'
import type { Column, Kind } from './column.ts'
import { didYouMean } from './did-you-mean.ts'
import type { Enrichment, ExpressionRule, Lookup, TableSpec } from './table.ts'

// An option that is added to a type is added here, or the type check refuses it: an unknown one is an error in a contract.

const tableOptions: Record<keyof TableSpec, Shape> = {
  description: anyText,
  files: text,
  columns: object,
  key: texts,
  dedupe: {
    is: 'latest, first, exact, none or { greatest: column }',
    holds: (value) =>
      isObject(value)
        ? typeof value.greatest === 'string' && Object.keys(value).length === 1
        : ['latest', 'first', 'exact', 'none'].includes(value as string),
    words: ['latest', 'first', 'exact', 'none'],
  },
  kind: oneOf('append', 'snapshot'),
  partition: object,
  unknownColumns: oneOf('discard_column', 'freeze'),
  rules: list,
  enrich: object,
  quarantineAlert: share,
  dateOrder: dateOrders,
  decimalSign: decimalSigns,
}

const columnOptions: Record<keyof Column, Shape> = {
  type: object,
  required: truth,
  description: anyText,
  header: text,
  lower: truth,
  padTo: wholeNumber(1, 1000),
  accepted: texts,
  min: number,
  max: number,
  nulls: texts,
  personal: truth,
  derived: object,
  unit: text,
}

const partitionOptions: Record<keyof NonNullable<TableSpec['partition']>, Shape> = {
  name: text,
  by: oneOf('month', 'day'),
  of: text,
  immutable: truth,
}
const enrichedPartitionOptions: Record<keyof NonNullable<Enrichment['partition']>, Shape> = {
  name: text,
  by: oneOf('month', 'day'),
  of: text,
}
const ruleOptions: Record<keyof ExpressionRule, Shape> = { name: text, severity: oneOf('warn', 'error'), expect: text }
const enrichOptions: Record<keyof Enrichment, Shape> = { lookups: list, partition: object }
const lookupOptions: Record<keyof Lookup, Shape> = { table: text, on: textByName, take: textByName }

const kinds: readonly Kind[] = ['text', 'int', 'bigint', 'double', 'timestamp', 'date', 'boolean', 'decimal']
const named = /^[a-z][a-z0-9_]*$/

/** What is wrong with a declared table by itself, in the order in which it stands there. Empty for a good one. */
export function checkTable(spec: unknown): Problem[] {
  if (!isObject(spec))
    return [
      { path: [], text: `the default export is no table, got ${shown(spec)}; write export default defineTable({ … })` },
    ]
  const needed = ['description', 'files', 'columns', 'key', 'dedupe', 'kind']
  const problems = checkOptions(spec, { at: [], owner: '', shapes: tableOptions, needed })
  const columns = isObject(spec.columns) ? spec.columns : {}
  for (const [name, column] of Object.entries(columns)) problems.push(...checkColumn(name, column))
  for (const check of [checkFiles, checkHeaders, checkDerived, checkKey, checkPartition, checkRules, checkEnrich])
    problems.push(...check(spec, columns as Record<string, Column>))
  return problems
}

type Check = (spec: Record<string, unknown>, columns: Record<string, Column>) => Problem[]

function checkColumn(name: string, column: unknown): Problem[] {
  const at: Path = ['columns', name]
  if (!isObject(column) || !isObject(column.type) || typeof column.required !== 'boolean') {
    const isType = typeof column === 'function' || (isObject(column) && typeof column.required === 'function')
    const advice = isType ? 'end it with .required() or .optional()' : 'write text.required() or another type'
    return [{ path: at, text: `column ${name} must be a column; ${advice}` }]
  }
  const wrong = (text: string, option?: string): Problem => ({ path: option ? [...at, option] : at, text })
  const problems = checkOptions(column, { at, owner: `column ${name}`, shapes: columnOptions })
  if (!named.test(name)) problems.push(wrong(`column names are lower case, digits and _, got ${name}`))
  const { kind } = column.type as { kind: Kind }
  if (!kinds.includes(kind)) return [...problems, wrong(`column ${name} has no type, got ${shown(kind)}`)]
  if (problems.length > 0) return problems
  const { lower, padTo, accepted, min, max, nulls, derived, required } = column as unknown as Column
  for (const [option, value] of Object.entries({ lower, padTo, accepted }))
    if (value !== undefined && kind !== 'text')
      problems.push(wrong(`${option} is for texts, and ${name} is ${kind}; leave it out, or write a rule`, option))
  if (kind === 'text') problems.push(...checkAccepted(name, { accepted, lower, nulls }))
  for (const [option, bound] of Object.entries({ min, max }))
    if (bound !== undefined) {
      const text = boundProblem(name, { option, bound, type: column.type as Column['type'] })
      if (text) problems.push(wrong(text, option))
    }
  if (min !== undefined && max !== undefined && min > max)
    problems.push(wrong(`min of column ${name} is greater than its max, got ${min} and ${max}; swap them`, 'min'))
  if (derived && required)
    problems.push(wrong(`column ${name} is derived and so cannot be required; leave required out`))
  return problems
}

function checkAccepted(
  name: string,
  of: { accepted: Column['accepted'] | undefined; lower: boolean | undefined; nulls: Column['nulls'] | undefined },
): Problem[] {
  const { accepted = [], lower, nulls = [] } = of
  const problems: Problem[] = []
  const wrong = (text: string) => problems.push({ path: ['columns', name, 'accepted'], text })
  for (const [n, value] of accepted.entries()) {
    const quoted = JSON.stringify(value)
    if (value === '') wrong(`column ${name} accepts "", which is no value; make the column optional`)
    else if (value !== value.trim())
      wrong(`column ${name} accepts ${quoted}, but texts are trimmed; take the blanks away`)
    else if (lower && value !== value.toLowerCase())
      wrong(`column ${name} accepts ${quoted}, but it is lower-cased before the check; write ${quoted.toLowerCase()}`)
    else if (nulls.includes(value))
      wrong(`column ${name} accepts ${quoted}, which is one of its nulls; take it out of one`)
    else if (accepted.indexOf(value) !== n) wrong(`column ${name} accepts ${quoted} twice; take one away`)
  }
  return problems
}

function boundProblem(name: string, of: { option: string; bound: number; type: Column['type'] }): string | undefined {
  const { option, bound, type } = of
  const subject = `${option} of column ${name}`
  switch (type.kind) {
    case 'double':
      return undefined
    case 'int':
      return Number.isInteger(bound) && Math.abs(bound) < 2 ** 31
        ? undefined
        : `${subject} must be a whole number of 32 bits, got ${bound}`
    case 'bigint':
      return Number.isSafeInteger(bound) ? undefined : `${subject} must be a whole number up to 2^53, got ${bound}`
    case 'decimal': {
      const scaled = bound * 10 ** type.scale
      const fits = Math.abs(scaled) < 10 ** type.precision
      if (Math.abs(scaled - Math.round(scaled)) < 1e-6 && fits) return undefined
      return `${subject} must fit decimal(${type.precision}, ${type.scale}), got ${bound}`
    }
    default:
      return `${option} bounds numbers, and ${name} is ${type.kind}; leave it out, or write a rule`
  }
}

const checkFiles: Check = ({ files }) => {
  if (typeof files !== 'string' || files.trim() === '') return []
  const packed = /\.(gz|gzip|zip|zst|zstd)$/i.exec(files)?.[0]
  const wrong = (text: string): Problem[] => [{ path: ['files'], text }]
  if (/[/\\]/.test(files)) return wrong(`files is a pattern of names without folders, got "${files}"`)
  if (packed)
    return wrong(
      `files ends with ${packed}, which is taken off a name before it is compared; write "${files.slice(0, -packed.length)}"`,
    )
  return []
}

const checkHeaders: Check = (_, columns) => {
  const owners = new Map<string, string>()
  return Object.entries(columns).flatMap(([name, column]): Problem[] => {
    if (!isObject(column) || column.derived) return []
    const header = String(column.header ?? name).toLowerCase()
    const owner = owners.get(header)
    owners.set(header, name)
    if (owner === undefined) return []
    const at = column.header === undefined ? owner : name
    return [
      {
        path: ['columns', at, 'header'],
        text: `columns ${owner} and ${name} both read the header ${header}; give one another`,
      },
    ]
  })
}

const checkDerived: Check = (_, columns) =>
  Object.entries(columns).flatMap(([name, column]): Problem[] => {
    if (!isObject(column) || !isObject(column.derived)) return []
    const { from } = column.derived
    const source = columnOf(columns, String(from))
    if (source?.type?.kind === 'timestamp') return []
    const why = source ? 'which is not a timestamp column' : noColumn(String(from), columns)
    return [{ path: ['columns', name], text: `column ${name} is derived from ${from}: ${why}` }]
  })

/** A column by its name; undefined, and not what every object has, where there is none. */
const columnOf = (columns: Record<string, Column>, name: string) =>
  Object.hasOwn(columns, name) && isObject(columns[name]) ? columns[name] : undefined

const noColumn = (name: string, columns: object) =>
  `no such column${didYouMean(name, Object.keys(columns), `; there are ${Object.keys(columns).join(', ')}`)}`

const checkKey: Check = ({ key, dedupe }, columns) => {
  const problems: Problem[] = []
  const names = texts.holds(key) ? (key as string[]) : []
  for (const [n, name] of names.entries()) {
    const column = columnOf(columns, name)
    const wrong = (text: string) => problems.push({ path: ['key', n], text: `key column ${name}${text}` })
    if (!column) wrong(`: ${noColumn(name, columns)}`)
    else if (column.derived) wrong(' is derived from another one; name that')
    else if (!column.required) wrong(' must be a required column')
    else if (names.indexOf(name) !== n) wrong(' is there twice')
  }
  const isKeyless = dedupe === 'exact' || dedupe === 'none'
  const greatest = isObject(dedupe) && typeof dedupe.greatest === 'string' ? dedupe.greatest : undefined
  if (!isKeyless && Array.isArray(key) && key.length === 0)
    problems.push({ path: ['key'], text: 'dedupe by key needs a key; name its columns, or dedupe by exact or none' })
  if (greatest !== undefined && !columnOf(columns, greatest))
    problems.push({ path: ['dedupe'], text: `dedupe by ${greatest}: ${noColumn(greatest, columns)}` })
  return problems
}

const checkPartition: Check = ({ kind, partition, enrich }, columns) => {
  if (partition === undefined)
    return kind === 'append'
      ? [{ path: ['kind'], text: 'an append table needs a partition; add one by a date, or make it a snapshot' }]
      : []
  if (!isObject(partition)) return []
  const at: Path = ['partition']
  const problems = checkOptions(partition, {
    at,
    owner: 'partition',
    shapes: partitionOptions,
    needed: ['name', 'by', 'of'],
  })
  const { name, of } = partition
  const column = typeof of === 'string' ? columnOf(columns, of) : undefined
  if (typeof of === 'string' && !column)
    problems.push({ path: [...at, 'of'], text: `partition by ${of}: ${noColumn(of, columns)}` })
  else if (column && (!['timestamp', 'date'].includes(column.type?.kind) || !column.required))
    problems.push({ path: [...at, 'of'], text: `partition by ${of}: it must be a required timestamp or date column` })
  if (typeof name === 'string' && !named.test(name))
    problems.push({ path: [...at, 'name'], text: `partition names are lower case, digits and _, got ${name}` })
  if (typeof name === 'string' && columnOf(columns, name))
    problems.push({ path: [...at, 'name'], text: `partition ${name} is a column as well; give it another name` })
  if (isObject(enrich) && enrich.partition !== undefined)
    problems.push({
      path: ['enrich', 'partition'],
      text: 'the enriched table keeps the partition of the cleaned one; leave the one of enrich out',
    })
  return problems
}

const checkRules: Check = ({ rules }) => {
  if (!Array.isArray(rules)) return []
  const names = rules.map((rule) => (isObject(rule) ? rule.name : undefined))
  return rules.flatMap((rule: unknown, n): Problem[] => {
    const at: Path = ['rules', n]
    if (!isObject(rule)) return [{ path: at, text: `a rule must be an object, got ${shown(rule)}` }]
    const owner = `rule ${typeof rule.name === 'string' ? rule.name : n + 1}`
    const problems = checkOptions(rule, { at, owner, shapes: ruleOptions, needed: ['name', 'severity', 'expect'] })
    if (rule.name !== undefined && names.indexOf(rule.name) !== n)
      problems.push({ path: [...at, 'name'], text: `${owner} is there twice; give one another name` })
    return problems
  })
}

const checkEnrich: Check = ({ enrich }, columns) => {
  if (!isObject(enrich)) return []
  const problems = checkOptions(enrich, { at: ['enrich'], owner: 'enrich', shapes: enrichOptions, needed: ['lookups'] })
  const { lookups, partition } = enrich
  for (const [n, lookup] of (Array.isArray(lookups) ? lookups : []).entries()) {
    const at: Path = ['enrich', 'lookups', n]
    if (!isObject(lookup)) {
      problems.push({ path: at, text: `a lookup must be an object, got ${shown(lookup)}` })
      continue
    }
    const owner = `the lookup of ${typeof lookup.table === 'string' ? lookup.table : n + 1}`
    problems.push(...checkOptions(lookup, { at, owner, shapes: lookupOptions, needed: ['table', 'on', 'take'] }))
    if (isObject(lookup.on) && Object.keys(lookup.on).length === 0)
      problems.push({
        path: [...at, 'on'],
        text: `on of ${owner} is empty; say which columns are the other table's key`,
      })
    for (const name of isObject(lookup.take) ? Object.keys(lookup.take) : [])
      if (!named.test(name))
        problems.push({ path: [...at, 'take', name], text: `column names are lower case, digits and _, got ${name}` })
  }
  if (!isObject(partition)) return problems
  const at: Path = ['enrich', 'partition']
  problems.push(
    ...checkOptions(partition, {
      at,
      owner: 'the enriched partition',
      shapes: enrichedPartitionOptions,
      needed: ['name', 'by', 'of'],
    }),
  )
  const { name } = partition
  if (typeof name === 'string' && !named.test(name))
    problems.push({ path: [...at, 'name'], text: `partition names are lower case, digits and _, got ${name}` })
  if (typeof name === 'string' && columnOf(columns, name))
    problems.push({ path: [...at, 'name'], text: `partition ${name} is a column as well; give it another name` })
  return problems
}
