import type { Column } from '@droplake/contracts/column'

/** A column's name without case, blanks, punctuation and byte order mark (also a doubly encoded one), as names are compared. */
export const plainName = (name: string): string =>
  name
    .replace(/^ï»¿/, '')
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '_')
    .replace(/^_+|_+$/g, '')

/**
 * The plain names under which a file may hold a contract's columns, with the column's place, and the same run together, as in
 * `sellerId`. The contract's header wins.
 */
export function placesByName(contract: readonly [string, Column][]): Map<string, number> {
  const places = new Map<string, number>()
  const add = (name: string, place: number) => {
    for (const each of [plainName(name), plainName(name).replaceAll('_', '')])
      if (!places.has(each)) places.set(each, place)
  }
  contract.forEach(([, { header }], place) => {
    if (header !== undefined) add(header, place)
  })
  contract.forEach(([name], place) => {
    add(name, place)
  })
  return places
}

const stems = /^(unnamed|column|col|_?c|field|f|var|variable|v|x|coluna|campo|columna|colonne|spalte|)$/

/** Names that a program gave because it knew none: `Column1`, `_c0`, `Unnamed: 0`, `0` and so on, counted up, or blanks. */
export function sayNothing(names: readonly string[]): boolean {
  const first = /^(.*?)_?(\d+)$/.exec(plainName(names.find((name) => name !== '') ?? ''))
  const stem = first?.[1] ?? ''
  const offset = Number(first?.[2]) - names.findIndex((name) => name !== '')
  if (!first || !stems.test(stem) || offset < 0 || offset > (stem === '' ? 0 : 1)) return false
  // A row may be the number 0.
  if (stem === '' && names.length === 1) return false
  return names.every((name, index) => {
    const [, own, number] = /^(.*?)_?(\d+)$/.exec(plainName(name)) ?? []
    return name === '' || (own === stem && Number(number) === index + offset)
  })
}

/** One plain name may be meant by another: the words of one begin or end the other, or few letters differ. */
export function isNear(one: string, other: string): boolean {
  const [short, long] = one.length <= other.length ? [one, other] : [other, one]
  if (short.length < 2) return false
  if (long.startsWith(`${short}_`) || long.endsWith(`_${short}`)) return true
  const most = Math.floor(long.length / 4)
  return long.length - short.length <= most && distance(short, long) <= most
}

/** Letters to add, leave out or change to make one name of the other. */
function distance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, i) => i)
  for (let i = 1; i <= one.length; i++) {
    const next = [i]
    for (let j = 1; j <= other.length; j++)
      next[j] = Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (one[i - 1] === other[j - 1] ? 0 : 1))
    row = next
  }
  return row[other.length]!
}
