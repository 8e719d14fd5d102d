import type { Cell } from '@droplake/contracts/column'
import type { ReadCell } from './read-cell.ts'

/** What the first two numbers of `03/04/2018` are. */
export type DateOrder = 'dmy' | 'mdy'

const day = 86_400_000
const firstYear = 1900
const lastYear = 2200

/** What `createTimeParser` found beside the time. */
interface Seen {
  repaired: boolean
}

/**
 * A parser of times to UTC milliseconds; NaN for what is none.
 *
 * `YYYY-MM-DD[( |T)HH:MM:SS[.fff]][ UTC|Z|±HH[[:]MM]]` and epoch milliseconds (11 to 13 digits) are taken as they are.
 * Mended: other separators, one-digit parts, day or month first, two-digit years (70 and later are 19xx), times without
 * seconds, AM and PM, digits below the millisecond (cut off). Dates must exist, between 1900 and 2200.
 */
export function createTimeParser(order: DateOrder): (bytes: Buffer, start: number, end: number, seen: Seen) => number {
  let cachedDate = -1
  let cachedDays = 0
  // The scanner's place, and the last number with its count of digits.
  let at = 0
  let value = 0
  let digits = 0

  function number(bytes: Buffer, end: number): number {
    value = 0
    digits = 0
    for (; at < end; at++, digits++) {
      const digit = bytes[at]! - 48
      if (digit < 0 || digit > 9) break
      value = value * 10 + digit
    }
    return digits
  }

  /** Days since 1970, NaN for a date that does not exist. */
  function days(year: number, month: number, dayOfMonth: number): number {
    const date = year * 10_000 + month * 100 + dayOfMonth
    if (date === cachedDate) return cachedDays
    if (month < 1 || month > 12 || dayOfMonth < 1 || dayOfMonth > lengthOf(year, month)) return Number.NaN
    if (year < firstYear || year > lastYear) return Number.NaN
    cachedDate = date
    cachedDays = Date.UTC(year, month - 1, dayOfMonth) / day
    return cachedDays
  }

  /** `±HH`, `±HHMM`, `±HH:MM`, `Z`, `UTC` to the end; minutes east of UTC. */
  function zone(bytes: Buffer, end: number): number {
    while (at < end && bytes[at] === 32) at++
    const c = bytes[at]!
    if (end - at === 1 && (c === 90 || c === 122)) return 0
    if (end - at === 3 && c === 85 && bytes[at + 1] === 84 && bytes[at + 2] === 67) return 0
    if (c !== 43 && c !== 45) return Number.NaN
    at++
    number(bytes, end)
    let hours = value
    let minutes = 0
    if (digits === 4) {
      hours = Math.trunc(value / 100)
      minutes = value % 100
    } else if (digits !== 2) return Number.NaN
    else if (at < end && bytes[at] === 58) {
      at++
      number(bytes, end)
      if (digits !== 2) return Number.NaN
      minutes = value
    }
    if (at !== end || hours > 15 || minutes > 59) return Number.NaN
    return (c === 45 ? -1 : 1) * (hours * 60 + minutes)
  }

  /** Milliseconds of the day, less the zone. */
  function time(bytes: Buffer, end: number, seen: Seen): number {
    number(bytes, end)
    let hour = value
    if (digits === 0 || digits > 2 || bytes[at] !== 58 || at >= end) return Number.NaN
    if (digits === 1) seen.repaired = true
    at++
    number(bytes, end)
    const minute = value
    if (digits !== 2) return Number.NaN
    let second = 0
    let milli = 0
    if (at < end && bytes[at] === 58) {
      at++
      number(bytes, end)
      second = value
      if (digits !== 2) return Number.NaN
      if (at < end && bytes[at] === 46) {
        at++
        const begin = at
        const places = number(bytes, end)
        if (places === 0 || places > 9) return Number.NaN
        milli = Math.trunc((value * 1000) / 10 ** places)
        for (let i = begin + 3; i < at; i++) if (bytes[i] !== 48) seen.repaired = true
      }
    } else seen.repaired = true
    if (at < end) {
      let i = at
      while (i < end && bytes[i] === 32) i++
      const half = bytes[i]! | 32
      if (i + 2 <= end && (half === 97 || half === 112) && (bytes[i + 1]! | 32) === 109) {
        if (hour < 1 || hour > 12) return Number.NaN
        hour = (hour % 12) + (half === 112 ? 12 : 0)
        seen.repaired = true
        at = i + 2
      }
    }
    if (hour > 23 || minute > 59 || second > 59) return Number.NaN
    const east = at < end ? zone(bytes, end) : 0
    return ((hour * 60 + minute - east) * 60 + second) * 1000 + milli
  }

  return (bytes, start, end, seen) => {
    at = start
    number(bytes, end)
    const first = value
    const firstDigits = digits
    if (at === end) return firstDigits >= 11 && firstDigits <= 13 ? inRange(first) : Number.NaN
    const separator = bytes[at]!
    if (separator === 46 && firstDigits >= 11 && firstDigits <= 13) {
      at++
      number(bytes, end)
      if (digits === 0 || value !== 0 || at !== end) return Number.NaN
      seen.repaired = true
      return inRange(first)
    }
    if (separator !== 45 && separator !== 47 && separator !== 46) return Number.NaN
    at++
    number(bytes, end)
    const second = value
    const secondDigits = digits
    if (bytes[at] !== separator || at >= end) return Number.NaN
    at++
    number(bytes, end)
    if (secondDigits === 0 || secondDigits > 2 || digits === 0) return Number.NaN
    let date: number
    if (firstDigits === 4) {
      if (digits > 2) return Number.NaN
      if (separator !== 45 || secondDigits !== 2 || digits !== 2) seen.repaired = true
      date = days(first, second, value)
    } else {
      if (firstDigits === 0 || firstDigits > 2 || (digits !== 4 && digits !== 2)) return Number.NaN
      const year = digits === 4 ? value : value + (value >= 70 ? 1900 : 2000)
      date = order === 'dmy' ? days(year, second, first) : days(year, first, second)
      seen.repaired = true
    }
    if (at === end) return date * day
    if (bytes[at] === 84) at++
    else if (bytes[at] === 32) while (at < end && bytes[at] === 32) at++
    else return Number.NaN
    return date * day + time(bytes, end, seen)
  }
}

function inRange(millis: number): number {
  const year = new Date(millis).getUTCFullYear()
  return year >= firstYear && year <= lastYear ? millis : Number.NaN
}

function lengthOf(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
}

/** UTC milliseconds. */
export function createTimestampReader(order: DateOrder): ReadCell {
  const parse = createTimeParser(order)
  return (bytes, start, end, note): Cell => {
    const millis = parse(bytes, start, end, note)
    if (!Number.isNaN(millis)) return millis
    note.fault = 'not_a_timestamp'
    return null
  }
}

/** Days since 1970; a time of day is cut off, which is a repair. */
export function createDateReader(order: DateOrder): ReadCell {
  const parse = createTimeParser(order)
  return (bytes, start, end, note): Cell => {
    const millis = parse(bytes, start, end, note)
    if (Number.isNaN(millis)) {
      note.fault = 'not_a_date'
      return null
    }
    if (end - start > 10) note.repaired = true
    return Math.floor(millis / day)
  }
}

/** What `DD-MM-YYYY` or `M/D/YYYY` at the start of a cell says about the order of its parts; null: it is no such date. */
export function orderEvidence(bytes: Uint8Array, start: number, end: number): DateOrder | '-' | '/' | '.' | null {
  let i = start
  while (i < end && bytes[i] === 32) i++
  const first = twoDigits(bytes, i, end)
  if (first < 0) return null
  i += first >= 100 ? 2 : 1
  const separator = bytes[i]
  if (i >= end || (separator !== 45 && separator !== 47 && separator !== 46)) return null
  const second = twoDigits(bytes, ++i, end)
  if (second < 0) return null
  i += second >= 100 ? 2 : 1
  if (i >= end || bytes[i] !== separator) return null
  const a = first % 100
  const b = second % 100
  if (a > 12 && b <= 12) return 'dmy'
  if (b > 12 && a <= 12) return 'mdy'
  return separator === 45 ? '-' : separator === 47 ? '/' : '.'
}

/** One or two digits; a hundred more for two, -1 for none or three. */
function twoDigits(bytes: Uint8Array, at: number, end: number): number {
  const digit = (i: number) => (i < end && bytes[i]! >= 48 && bytes[i]! <= 57 ? bytes[i]! - 48 : -1)
  const tens = digit(at)
  if (tens < 0) return -1
  const ones = digit(at + 1)
  if (ones < 0) return tens
  return digit(at + 2) < 0 ? 100 + tens * 10 + ones : -1
}
