/**
 * What a number with separators means. Every cell has at most two readings, one for each decimal sign: a cell that has only
 * one of them is evidence for its file and column, a cell that has two is decided by that evidence, and never guessed.
 */
import type { ColumnType } from '@droplake/contracts/column'
import type { DecimalSign } from '@droplake/contracts/table'
import { decodeLatin1 } from './encoding.ts'

/** The parts of a number as written: `whole.decimals` times ten to the exponent. */
export interface WrittenNumber {
  negative: boolean
  whole: string
  decimals: string
  exponent: number
}

const number = /^([+-]?)([\d.,' \u00a0\u2009\u202f\u2019]+)(?:[eE]([+-]?\d{1,3}))?$/
const digitsOnly = /^\d*$/
/** One to three digits and then groups of three, divided by one separator throughout. */
const grouped = /^[1-9]\d{0,2}([.,' \u00a0\u2009\u202f\u2019])\d{3}(?:\1\d{3})*$/

/** The number that a text is under a decimal sign; null when it is none. Blanks, apostrophes and the other sign divide thousands. */
export function readNumber(text: string, sign: DecimalSign): WrittenNumber | null {
  const match = number.exec(text)
  if (!match) return null
  const parts = match[2]!.split(sign === 'point' ? '.' : ',')
  const [whole = '', decimals = ''] = parts
  if (parts.length > 2 || whole + decimals === '' || !digitsOnly.test(decimals)) return null
  const isGrouped = !digitsOnly.test(whole)
  if (isGrouped && (match[3] !== undefined || !grouped.test(whole))) return null
  return {
    negative: match[1] === '-',
    whole: isGrouped ? whole.replace(/\D/g, '') : whole,
    decimals,
    exponent: Number(match[3] ?? 0),
  }
}

/** Of the decimals of a point whose thousands a cell could also divide (`1.500`), how many a type holds. */
export function heldDecimals(type: ColumnType): number {
  return type.kind === 'double' ? 3 : type.kind === 'decimal' ? Math.min(type.scale, 3) : 0
}

/** Counts what the cells of one column say about its decimal sign. */
export interface SignVotes {
  name: string
  /** See `heldDecimals`. */
  held: number
  comma: number
  point: number
  /** Cells that either sign could be in, such as `1.500`, by the separator they have. */
  eitherComma: number
  eitherPoint: number
  /** Those of them that would lose digits if their separator were the decimal sign. */
  tooPreciseComma: number
  tooPrecisePoint: number
}

export const createSignVotes = (name: string, type: ColumnType): SignVotes => ({
  name,
  held: heldDecimals(type),
  comma: 0,
  point: 0,
  eitherComma: 0,
  eitherPoint: 0,
  tooPreciseComma: 0,
  tooPrecisePoint: 0,
})

const comma = 44
const point = 46
/** A longer cell is no number: it bounds the digits that are multiplied. */
const longestNumber = 400

/** The text of a cell that may be a number, blanks of every script around it left out. */
export function numberText(bytes: Buffer, start: number, end: number): string {
  if (end - start > longestNumber) return ''
  const text = bytes.toString('latin1', start, end)
  return /[\x80-\xff]/.test(text) ? decodeLatin1(bytes.subarray(start, end)).trim() : text
}

export function voteSign(votes: SignVotes, bytes: Buffer, from: number, to: number): void {
  let start = from
  let end = to
  while (start < end && bytes[start]! <= 32) start++
  while (start < end && bytes[end - 1]! <= 32) end--
  // `57` has no room for a separator between digits.
  if (end - start < 3) return
  let i = start
  if (bytes[i] === 45) i++
  const first = i
  while (i < end && isDigit(bytes[i]!)) i++
  if (i === end) return
  const separator = bytes[i]!
  const whole = i - first
  if (separator === comma || separator === point) {
    i++
    while (i < end && isDigit(bytes[i]!)) i++
    const decimals = end - first - whole - 1
    if (i === end && whole + decimals > 0) {
      if (decimals === 3 && whole > 0 && whole <= 3 && bytes[first] !== 48) voteEither(votes, bytes, separator, end)
      else if (separator === comma) votes.comma++
      else votes.point++
      return
    }
  } else if (whole === 0 && separator > 57) return // A word.
  const text = numberText(bytes, start, end)
  const asComma = readNumber(text, 'comma')
  const asPoint = readNumber(text, 'point')
  if (asComma && !asPoint) votes.comma++
  else if (asPoint && !asComma) votes.point++
}

function voteEither(votes: SignVotes, bytes: Buffer, separator: number, end: number): void {
  let lost = false
  for (let i = end - 3 + votes.held; i < end; i++) if (bytes[i] !== 48) lost = true
  if (separator === comma) {
    votes.eitherComma++
    if (lost) votes.tooPreciseComma++
  } else {
    votes.eitherPoint++
    if (lost) votes.tooPrecisePoint++
  }
}

/**
 * The decimal sign of every column: what most of its own cells prove, else what all other columns of the file agree on,
 * because one program wrote them, else what the contract says. Null: unknown, so a cell of two readings is quarantined.
 */
export function decideSigns(
  columns: readonly SignVotes[],
  contract: DecimalSign | undefined,
): { signs: Record<string, DecimalSign | null>; warnings: string[] } {
  const signs: Record<string, DecimalSign | null> = {}
  const warnings: string[] = []
  for (const votes of columns) {
    const { name, comma, point } = votes
    const sign = comma === point ? null : comma > point ? 'comma' : 'point'
    // More cells that the sign would cut short than cells that prove it: then they prove nothing.
    signs[name] = sign && tooPrecise(votes, sign) <= votes[sign] ? sign : null
    if (comma > 0 && point > 0)
      warnings.push(
        `column ${name} mixes decimal commas and decimal points${signs[name] ? `, read as decimal ${signs[name]}s; the others are quarantined` : ''}`,
      )
  }
  const proven = new Set(Object.values(signs).filter((sign) => sign !== null))
  const shared = proven.size === 1 ? [...proven][0]! : null
  for (const votes of columns) {
    const { name, held, eitherComma, eitherPoint } = votes
    if (signs[name] || eitherComma + eitherPoint === 0) continue
    // A column of 1.234 whose scale is 2 does not have the decimal point of the others.
    if (shared && tooPrecise(votes, shared) === 0) signs[name] = shared
    else if (contract) {
      signs[name] = contract
      warnings.push(
        `column ${name}: no number proves the decimal sign, read as decimal ${contract}, as the contract says`,
      )
    } else if (eitherComma > 0 || held < 3)
      warnings.push(
        `column ${name}: no number proves the decimal sign, so those with three digits after their only separator are quarantined; decimalSign in the contract decides`,
      )
  }
  return { signs, warnings }
}

const tooPrecise = (votes: SignVotes, sign: DecimalSign) =>
  sign === 'comma' ? votes.tooPreciseComma : votes.tooPrecisePoint

const isDigit = (byte: number): boolean => byte >= 48 && byte <= 57
