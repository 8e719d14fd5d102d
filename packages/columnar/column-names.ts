import type { Column } from '@droplake/contracts/column'

/** A column's name without case, blanks and punctuation, as names are compared. */
export const plainName = (name: string): string =>
  name
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '_')
    .replace(/^_+|_+$/g, '')

/** The plain names under which a file may hold a contract's columns, with the column's place. The contract's header wins. */
export function placesByName(contract: readonly [string, Column][]): Map<string, number> {
  const places = new Map<string, number>()
  contract.forEach(([, column], place) => {
    if (column.header !== undefined) places.set(plainName(column.header), place)
  })
  contract.forEach(([name], place) => {
    if (!places.has(plainName(name))) places.set(plainName(name), place)
  })
  return places
}
