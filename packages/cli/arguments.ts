import { parseArgs } from 'node:util'
import { choices, didYouMean } from '@droplake/contracts/did-you-mean'
import { UsageError } from '@droplake/local/usage-error'
import type { ArgsDef } from 'citty'
import { type Command, globalOptions } from './command.ts'

const optionsOf = (args: ArgsDef): [string, ArgsDef[string]][] =>
  Object.entries<ArgsDef[string]>({ ...args, ...globalOptions }).filter(([, { type }]) => type !== 'positional')

/** Arguments as tokens; options that take a value are known by their definition. */
function tokensOf(argv: readonly string[], args: ArgsDef) {
  const options = Object.fromEntries(
    optionsOf(args).map(([name, { type }]) => [name, { type: type === 'boolean' ? 'boolean' : 'string' } as const]),
  )
  return parseArgs({
    args: [...argv],
    options: { ...options, help: { type: 'boolean', short: 'h' }, version: { type: 'boolean', short: 'v' } },
    strict: false,
    allowPositionals: true,
    allowNegative: true,
    tokens: true,
  }).tokens
}

/** Where the first argument stands that is no option, and what it says. */
export function firstWord(argv: readonly string[], args: ArgsDef): { index: number; value: string } | undefined {
  return tokensOf(argv, args).find((token) => token.kind === 'positional')
}

export function asksFor(argv: readonly string[], option: 'help' | 'version'): boolean {
  return tokensOf(argv, {}).some((token) => token.kind === 'option' && token.name === option)
}

/** Throws `UsageError` on an option that the command does not take, one without its value, and words too many or too few. */
export function checkArguments(command: Command, argv: readonly string[]): void {
  const args = command.own
  const at = command.meta.name === '' ? '' : `${command.meta.name}: `
  const known = new Map(optionsOf(args))
  const words: string[] = []
  for (const token of tokensOf(argv, args)) {
    if (token.kind === 'positional') words.push(token.value)
    if (token.kind !== 'option') continue
    const definition = known.get(token.name)
    const given = token.rawName
    if (!definition || (given.startsWith('--no-') && !negatable(definition)))
      throw new UsageError(`${at}no option ${given}${choices(given, listed(args))}`)
    const { type, options } = definition as { type?: string; options?: string[] }
    if (type === 'boolean') {
      if (token.value !== undefined)
        throw new UsageError(`${at}${given} takes no value, got ${token.value}; leave the value out`)
    } else if (token.value === undefined || token.value === '' || (!token.inlineValue && token.value.startsWith('-')))
      throw new UsageError(
        `${at}${given} needs a value, got ${token.value || 'none'}; write ${given} ${hint(token.name, definition)}`,
      )
    else if (options && !options.includes(token.value))
      throw new UsageError(
        `${at}${given} takes ${options.join(', ')}, got ${token.value}${didYouMean(token.value, options)}`,
      )
  }
  const places = Object.entries(args).filter(([, { type }]) => type === 'positional')
  const most = command.positionals ?? places.length
  if (words.length > most)
    throw new UsageError(
      `${at}${most === 0 ? 'takes options only' : `takes ${most === 1 ? 'one argument' : `${most} arguments`}`}, got also ${words.slice(most).join(' ')}; see droplake ${command.meta.name} --help`,
    )
  const missing = places.find(([, { required }], n) => required !== false && words[n] === undefined)
  if (missing) throw new UsageError(`${at}no ${missing[0].toUpperCase()} given; write droplake ${usageOf(command)}`)
}

export const usageOf = ({ meta: { name, usage } }: Command) => `${name}${usage ? ` ${usage}` : ''}`

type Definition = ArgsDef[string]

export const hint = (name: string, definition: Definition) => definition.valueHint ?? name.toUpperCase()

const negatable = (definition: Definition) => definition.type === 'boolean' && definition.default === true

const listed = (args: ArgsDef) =>
  optionsOf(args).map(([name, definition]) => (negatable(definition) ? `--no-${name}` : `--${name}`))

/** A whole number from an option; undefined when it is not given. */
export function wholeNumber(
  option: string,
  text: string | undefined,
  range: { min?: number; max?: number } = {},
): number | undefined {
  if (text === undefined) return undefined
  const { min = 0, max = Number.MAX_SAFE_INTEGER } = range
  const value = /^-?\d+$/.test(text) ? Number(text) : Number.NaN
  if (Number.isSafeInteger(value) && value >= min && value <= max) return value
  throw new UsageError(
    `--${option} must be a whole number from ${min}${range.max === undefined ? '' : ` to ${max}`}, got ${text}`,
  )
}

/** A number from 0 on, as 0.5, from an option; undefined when it is not given. */
export function decimalNumber(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const value = /^\d*\.?\d+$/.test(text) ? Number(text) : Number.NaN
  if (Number.isFinite(value)) return value
  throw new UsageError(`--${option} must be a number from 0 on, got ${text}`)
}

/** A share from 0 to 1 from an option; undefined when it is not given. */
export function share(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const value = /^\d*\.?\d+$/.test(text) ? Number(text) : Number.NaN
  if (value >= 0 && value <= 1) return value
  throw new UsageError(`--${option} must be a share from 0 to 1, got ${text}; 0.01 is one row in a hundred`)
}
