import { existsSync, statSync } from 'node:fs'
import type { GenerateOptions, Generator } from '@droplake/generator/registry'
import { UsageError } from '@droplake/local/usage-error'
import { share, wholeNumber } from './arguments.ts'

export const defaultSeed = 42

/** Options of the generators; each takes some of them. */
export const generateOptions = {
  orders: { type: 'string', valueHint: 'N', description: 'orders; the other tables follow' },
  seed: { type: 'string', valueHint: 'S', description: `a whole number; default ${defaultSeed}` },
  defects: { type: 'string', valueHint: 'RATE', description: 'share of rows with a defect, 0 to 1; default 0' },
  start: { type: 'string', valueHint: 'DATE', description: 'first day, as 2024-01-01' },
  from: { type: 'string', valueHint: 'DIR', description: 'folder of files to build on' },
  'link-rate': { type: 'string', valueHint: 'RATE', description: 'share of orders that a session leads to' },
  'conversion-rate': { type: 'string', valueHint: 'RATE', description: 'share of sessions that buy' },
  'unlinked-purchase-rate': { type: 'string', valueHint: 'RATE', description: 'share of purchases that name no order' },
} as const

type Given = { [name in keyof typeof generateOptions]?: string | undefined }

const camel = (name: string) =>
  name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase()) as keyof GenerateOptions

/** What was given, read; throws `UsageError` for an option that this generator does not take, and for one that it needs. */
export function optionNames(name: string, { takes, needs }: Generator, given: Given): GenerateOptions {
  const names = Object.keys(generateOptions) as (keyof typeof generateOptions)[]
  const foreign = names.find((option) => given[option] !== undefined && !takes.includes(camel(option)))
  const own = names.filter((option) => takes.includes(camel(option)))
  if (foreign)
    throw new UsageError(
      `generate: ${name} takes no --${foreign}; it takes ${own.map((option) => `--${option}`).join(' ')}`,
    )
  const missing = own.find((option) => needs.includes(camel(option)) && given[option] === undefined)
  if (missing)
    throw new UsageError(
      `generate: ${name} needs --${missing} ${generateOptions[missing].valueHint}: ${generateOptions[missing].description}`,
    )
  const read = {
    orders: wholeNumber('orders', given.orders, { min: 1 }),
    defects: share('defects', given.defects),
    start: day('start', given.start),
    from: given.from,
    linkRate: share('link-rate', given['link-rate']),
    conversionRate: share('conversion-rate', given['conversion-rate']),
    unlinkedPurchaseRate: share('unlinked-purchase-rate', given['unlinked-purchase-rate']),
  }
  const present = Object.fromEntries(Object.entries(read).filter(([, value]) => value !== undefined))
  return { seed: wholeNumber('seed', given.seed) ?? defaultSeed, ...present }
}

function day(option: string, text: string | undefined): Date | undefined {
  if (text === undefined) return undefined
  const date = /^\d{4}-\d{2}-\d{2}$/.test(text) ? new Date(`${text}T00:00:00Z`) : new Date(Number.NaN)
  if (Number.isNaN(date.getTime()) || date.toISOString().slice(0, 10) !== text)
    throw new UsageError(`--${option} must be a day as 2024-01-01, got ${text}`)
  return date
}

export function checkFolder(option: string, folder: string): void {
  if (!existsSync(folder) || !statSync(folder).isDirectory())
    throw new UsageError(`--${option}: no folder ${folder}; name one that exists`)
}
