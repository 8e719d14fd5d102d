import { nearest } from './did-you-mean.ts'

/** Where in a declared value something stands: `['columns', 'price', 'min']`. */
export type Path = readonly (string | number)[]

/** Something that is wrong with a declaration, and what to do about it. */
export interface Problem {
  path: Path
  text: string
}

/** A declaration contradicts itself, or the other declarations. */
export class ContractError extends Error {
  override readonly name = 'ContractError'
  readonly problems: readonly Problem[]
  /** `at` says which declaration. */
  constructor(at: string, problems: readonly Problem[]) {
    super(`contracts: ${at}: ${problems[0]?.text}`)
    this.problems = problems
  }
}

/** What a value has to be. */
export interface Shape {
  is: string
  holds(value: unknown): boolean
  /** The words that it may be, where they are few. */
  words?: readonly string[]
}

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const isText = (value: unknown): value is string => typeof value === 'string' && value.trim() !== ''

export const text: Shape = { is: 'a text that is not empty', holds: isText }
export const anyText: Shape = { is: 'a text', holds: (value) => typeof value === 'string' }
export const truth: Shape = { is: 'true or false', holds: (value) => typeof value === 'boolean' }
export const number: Shape = { is: 'a number', holds: (value) => typeof value === 'number' && Number.isFinite(value) }
export const object: Shape = { is: 'an object', holds: isObject }
export const list: Shape = { is: 'a list', holds: Array.isArray }
export const texts: Shape = {
  is: 'a list of texts',
  holds: (value) => Array.isArray(value) && value.every((each) => typeof each === 'string'),
}
export const textByName: Shape = {
  is: 'an object of names',
  holds: (value) => isObject(value) && Object.values(value).every(isText),
}
export const wholeNumber = (least: number, most: number): Shape => ({
  is: `a whole number from ${least} to ${most}`,
  holds: (value) => Number.isInteger(value) && Number(value) >= least && Number(value) <= most,
})
export const share: Shape = {
  is: 'a number from 0 to 1',
  holds: (value) => typeof value === 'number' && value >= 0 && value <= 1,
}
export const oneOf = (...words: string[]): Shape => ({
  is: `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`,
  holds: (value) => words.includes(value as string),
  words,
})

// Words of tables and of whole datasets.
export const dateOrders = oneOf('dmy', 'mdy', 'ymd')
export const decimalSigns = oneOf('point', 'comma')

/** A value as a message shows it. */
export function shown(value: unknown): string {
  if (typeof value === 'function') return 'a function'
  if (value === undefined) return 'nothing'
  const json = typeof value === 'bigint' ? `${value}n` : (JSON.stringify(value) ?? String(value))
  return json.length > 60 ? `${json.slice(0, 59)}…` : json
}

/**
 * What is wrong with an object's options by their names and shapes: unknown ones, missing ones, and wrong kinds of values.
 * `owner` says whose options they are: `column price`.
 */
export function checkOptions(
  value: Record<string, unknown>,
  options: { at: Path; owner: string; shapes: Readonly<Record<string, Shape>>; needed?: readonly string[] },
): Problem[] {
  const { at, owner, shapes, needed = [] } = options
  const of = owner === '' ? '' : ` of ${owner}`
  const problems: Problem[] = []
  const known = Object.keys(shapes)
  const unknown = Object.keys(value).filter((name) => !Object.hasOwn(shapes, name))
  const meant = new Set<string>()
  for (const name of unknown) {
    const free = known.filter((each) => value[each] === undefined)
    const guess = nearest(name, free)
    if (guess) meant.add(guess)
    const advice = guess ? `; did you mean "${guess}"?` : `; the options are ${known.join(', ')}`
    problems.push({ path: [...at, name], text: `unknown option ${JSON.stringify(name)}${of}${advice}` })
  }
  for (const name of needed)
    if (value[name] === undefined && !meant.has(name))
      problems.push({
        path: Object.hasOwn(value, name) ? [...at, name] : at,
        text: `${name}${of} is missing; it is ${shapes[name]?.is}`,
      })
  for (const [name, given] of Object.entries(value)) {
    const shape = Object.hasOwn(shapes, name) ? shapes[name] : undefined
    if (!shape || given === undefined || shape.holds(given)) continue
    const guess = typeof given === 'string' && shape.words ? nearest(given, shape.words) : undefined
    const advice = guess ? `; did you mean "${guess}"?` : ''
    problems.push({ path: [...at, name], text: `${name}${of} must be ${shape.is}, got ${shown(given)}${advice}` })
  }
  return problems
}
