import type { Cell } from '@droplake/contracts/column'
import type { DateOrder } from '@droplake/contracts/table'
import type { Fault, ReadCell } from './read-cell.ts'

/** How times are written in one file and column. */
export interface DateStyle {
  /** Of `03/04/2018` and `17-10-02`; null where nothing decides it, so only dates of one reading are read. */
  order: DateOrder | null
  /** `2018-31-12`: the file has the day between year and month. */
  daySecond: boolean
  /** Counts of digits of which this column does not show whether they are what they are taken for; see `fitsOtherForm`. */
  doubtful: readonly number[]
}

/** Where a file proves nothing. */
export const plainDates: DateStyle = { order: null, daySecond: false, doubtful: [] }

const day = 86_400_000
const firstYear = 1900
const lastYear = 2200
const lastEpochYear = 2100
const orders: readonly DateOrder[] = ['dmy', 'mdy', 'ymd']

/** What `createTimeParser` found beside the time. */
interface Seen {
  repaired: boolean
  fault?: Fault | null
}

/**
 * A parser of times to UTC milliseconds; NaN for what is none.
 *
 * `YYYY-MM-DD[( |T)HH:MM:SS[.fff]][ UTC|Z|±HH[[:]MM]]` and epochs (10 digits are seconds, 13 milliseconds, up to the year
 * 2100) are taken as they are. Repaired: `YYYYMMDD[HHMM[SS]]` in 8, 12 or 14 digits, other separators, one-digit parts, day
 * or month first, two-digit years (70 and later are 19xx), times without seconds, AM and PM, digits below the millisecond
 * (cut off). Dates must exist, between 1900 and 2200. A date that its style leaves open is the fault `ambiguous_date`.
 */
export function createTimeParser(style: DateStyle): (bytes: Buffer, start: number, end: number, seen: Seen) => number {
  const { order, doubtful, daySecond } = style
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
    if (!(month >= 1 && month <= 12 && dayOfMonth >= 1 && dayOfMonth <= lengthOf(year, month))) return Number.NaN
    if (!(year >= firstYear && year <= lastYear)) return Number.NaN
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

  /** A number of eight digits and more, and what may follow it. */
  function digitsOnly(bytes: Buffer, end: number, seen: Seen): number {
    const count = digits
    const found = value
    if (doubtful.includes(count) && fitsOtherForm(found, count)) {
      seen.fault = 'ambiguous_date'
      return Number.NaN
    }
    const millis = count === 13 ? epoch(found) : count === 10 ? epoch(found * 1000) : compact(found, count)
    if (count !== 13 && count !== 10) seen.repaired = true
    if (at === end) return millis
    if (count === 8 && (bytes[at] === 32 || bytes[at] === 84)) {
      at++
      return millis + time(bytes, end, seen)
    }
    // `1520244000.0`, as a column of doubles shows it; of seconds, also their fraction.
    if (bytes[at] !== 46) return Number.NaN
    at++
    const places = number(bytes, end)
    if (places === 0 || places > 9 || at !== end || (value !== 0 && count !== 10)) return Number.NaN
    seen.repaired = true
    return millis + Math.trunc((value * 1000) / 10 ** places)
  }

  /** `YYYYMMDD`, `YYYYMMDDHHMM` or `YYYYMMDDHHMMSS`. */
  function compact(found: number, count: number): number {
    if (count !== 8 && count !== 12 && count !== 14) return Number.NaN
    const clock = count === 8 ? 0 : count === 12 ? (found % 10_000) * 100 : found % 1_000_000
    const date = Math.trunc(found / 10 ** (count - 8))
    const hour = Math.trunc(clock / 10_000)
    const minute = Math.trunc(clock / 100) % 100
    const second = clock % 100
    if (hour > 23 || minute > 59 || second > 59 || (count === 12 && !isLongStamp(found))) return Number.NaN
    return (
      days(Math.trunc(date / 10_000), Math.trunc(date / 100) % 100, date % 100) * day +
      ((hour * 60 + minute) * 60 + second) * 1000
    )
  }

  /** Days since 1970 of `a`, `b` and the last number, in one order. */
  function inOrder(as: DateOrder, a: number, b: number, twoDigits: boolean): number {
    if (as === 'ymd') return digits === 2 && twoDigits ? days(centuryOf(a), b, value) : Number.NaN
    const year = digits === 2 ? centuryOf(value) : value
    return as === 'dmy' ? days(year, b, a) : days(year, a, b)
  }

  /** As `inOrder`, in the style's order; where it says none, the only date that the numbers can be. */
  function ordered(a: number, b: number, twoDigits: boolean, seen: Seen): number {
    if (order && (order !== 'ymd' || digits === 2)) return inOrder(order, a, b, twoDigits)
    let only = Number.NaN
    for (const as of orders) {
      const found = inOrder(as, a, b, twoDigits)
      if (Number.isNaN(found) || found === only) continue
      if (!Number.isNaN(only)) {
        seen.fault = 'ambiguous_date'
        return Number.NaN
      }
      only = found
    }
    return only
  }

  /** `YYYY-MM-DD HH:MM:SS`, which most times are; NaN for all others. */
  function plain(bytes: Buffer, start: number, end: number): number {
    const isPlain =
      end - start === 19 &&
      bytes[start + 4] === 45 &&
      bytes[start + 7] === 45 &&
      bytes[start + 10] === 32 &&
      bytes[start + 13] === 58 &&
      bytes[start + 16] === 58
    if (!isPlain) return Number.NaN
    const date = days(
      pairAt(bytes, start) * 100 + pairAt(bytes, start + 2),
      pairAt(bytes, start + 5),
      pairAt(bytes, start + 8),
    )
    const hour = pairAt(bytes, start + 11)
    const minute = pairAt(bytes, start + 14)
    const second = pairAt(bytes, start + 17)
    // Also false for the NaN of what is no digit.
    if (!(hour < 24 && minute < 60 && second < 60)) return Number.NaN
    return date * day + ((hour * 60 + minute) * 60 + second) * 1000
  }

  return (bytes, start, end, seen) => {
    const millis = daySecond ? Number.NaN : plain(bytes, start, end)
    if (!Number.isNaN(millis)) return millis
    at = start
    number(bytes, end)
    const first = value
    const firstDigits = digits
    if (firstDigits >= 8) return digitsOnly(bytes, end, seen)
    const separator = bytes[at]!
    if (at === end || (separator !== 45 && separator !== 47 && separator !== 46)) return Number.NaN
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
      if (separator !== 45 || secondDigits !== 2 || digits !== 2 || daySecond) seen.repaired = true
      date = daySecond ? days(first, value, second) : days(first, second, value)
    } else {
      if (firstDigits === 0 || firstDigits > 2 || (digits !== 4 && digits !== 2)) return Number.NaN
      date = ordered(first, second, firstDigits === 2, seen)
      seen.repaired = true
    }
    if (at === end) return date * day
    if (bytes[at] === 84) at++
    else if (bytes[at] === 32) while (at < end && bytes[at] === 32) at++
    else return Number.NaN
    return date * day + time(bytes, end, seen)
  }
}

/**
 * Whether ten digits, which are taken for an epoch, may be `YYYYMMDDHH`, `YYMMDDHHMM` or `DDMMYYHHMM`; whether twelve, which are
 * taken for `YYYYMMDDHHMM`, may be `YYMMDDHHMMSS`.
 */
export function fitsOtherForm(found: number, count: number): boolean {
  const pair = (n: number) => Math.trunc(found / 10 ** (count - 2 - 2 * n)) % 100
  const isClock = pair(3) < 24 && pair(4) < 60
  if (count === 12) return isClock && pair(5) < 60 && isMonthDay(pair(1), pair(2))
  return isLongStamp(found * 100) || (isClock && (isMonthDay(pair(1), pair(2)) || isMonthDay(pair(1), pair(0))))
}

/** `YYYYMMDDHHMM` in a plausible year; those of other centuries are rather `YYMMDDHHMMSS`. */
export function isLongStamp(found: number): boolean {
  const pair = (n: number) => Math.trunc(found / 10 ** (10 - 2 * n)) % 100
  const year = pair(0) * 100 + pair(1)
  return year >= 1970 && year <= lastEpochYear && isMonthDay(pair(2), pair(3)) && pair(4) < 24 && pair(5) < 60
}

const isMonthDay = (month: number, dayOfMonth: number) =>
  month >= 1 && month <= 12 && dayOfMonth >= 1 && dayOfMonth <= 31

/** Two digits; NaN for anything else. */
function pairAt(bytes: Buffer, at: number): number {
  const tens = bytes[at]! - 48
  const ones = bytes[at + 1]! - 48
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN
}

/** 70 and later are 19xx. */
export const centuryOf = (year: number): number => year + (year >= 70 ? 1900 : 2000)

/** Milliseconds as they are; NaN where the number has leading zeros or lies beyond the years that are plausible. */
function epoch(millis: number): number {
  return millis >= 1e12 && new Date(millis).getUTCFullYear() <= lastEpochYear ? millis : Number.NaN
}

/** Days of a month. */
export function lengthOf(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
}

/** UTC milliseconds. */
export function createTimestampReader(style: DateStyle): ReadCell {
  const parse = createTimeParser(style)
  return (bytes, start, end, note): Cell => {
    const millis = parse(bytes, start, end, note)
    if (!Number.isNaN(millis)) return millis
    note.fault ??= 'not_a_timestamp'
    return null
  }
}

/** Days since 1970; a time of day is cut off, which is a repair. */
export function createDateReader(style: DateStyle): ReadCell {
  const parse = createTimeParser(style)
  return (bytes, start, end, note): Cell => {
    const millis = parse(bytes, start, end, note)
    if (Number.isNaN(millis)) {
      note.fault ??= 'not_a_date'
      return null
    }
    if (end - start > 10 || millis % day !== 0) note.repaired = true
    return Math.floor(millis / day)
  }
}
