import type { Table } from '@droplake/contracts/table'
import { placesByName, plainName } from './column-names.ts'
import { fileColumns } from './csv-profile.ts'

/** How a file's columns are those of a contract. */
export interface Fit {
  table: Table
  /** Columns of the contract that the file has, of how many. */
  known: number
  of: number
  /** Columns of the file that the contract does not know. */
  unknown: number
  /** The file could be read as this table by nothing but its columns' names. */
  whole: boolean
}

const delimiters = [',', ';', '\t', '|']

/** The plain names in the first line of a CSV file, under each delimiter; none where the line does not end. */
export function headerNames(head: Uint8Array, isWhole: boolean): string[][] {
  const text = new TextDecoder()
    .decode(head)
    .replace(/^\ufeff/, '')
    .replace(/^"?sep=.?"?[\r\n]+/i, '')
    .trimStart()
  const end = text.search(/[\r\n]/)
  if (end < 0 && !isWhole) return []
  const line = end < 0 ? text : text.slice(0, end)
  return delimiters.map((delimiter) => line.split(delimiter).map(plainName).filter(Boolean))
}

/** How well column names, as a file may be cut into them in several ways, fit each table: the best first. */
export function fitsOf(tables: readonly Table[], readings: readonly (readonly string[])[]): Fit[] {
  const fits = tables.map((table) => {
    const each = readings.map((names) => fitOf(table, names))
    return each.sort(compare)[0] ?? fitOf(table, [])
  })
  return fits.sort(compare)
}

const compare = (a: Fit, b: Fit) => Number(b.whole) - Number(a.whole) || likeness(b) - likeness(a)

/** Columns in common of all columns: 1 for the same names. */
const likeness = ({ known, of, unknown }: Fit) => known / (of + unknown)

function fitOf(table: Table, names: readonly string[]): Fit {
  const contract = fileColumns(table)
  const places = placesByName(contract)
  const found = new Set(names.flatMap((name) => places.get(name) ?? []))
  const known = found.size
  const of = contract.length
  const unknown = names.filter((name) => !places.has(name)).length
  const hasRequired = contract.every(([, column], place) => !column.required || found.has(place))
  // A list of product ids is no table of products: what a file lacks would be blanked, what it has beside would be lost.
  // One name, `id` say, is no evidence.
  const isMost = known > 1 && known * 2 > of && known * 2 > known + unknown
  const isOneSided = unknown === 0 || (known === of && table.unknownColumns !== 'freeze')
  return { table, known, of, unknown, whole: hasRequired && isMost && isOneSided }
}

/** The one table that has all of these columns; undefined when none has, or several alike. */
export function tableByColumns(fits: readonly Fit[]): Table | undefined {
  const [best, next] = fits
  if (!best?.whole) return undefined
  return next?.whole && likeness(next) === likeness(best) ? undefined : best.table
}
