/**
 * What the dates of a file prove about how they are written. A date has up to three readings (day, month or year first), and no
 * reading is guessed: an order holds for a column when it fits all of its dates and no other order does.
 */
import type { DateOrder } from '@droplake/contracts/table'
import { centuryOf, type DateStyle, fitsOtherForm, isLongStamp, lengthOf } from './read-time.ts'

/** Counts what the dates of one column say about their order. */
export interface DateVotes {
  name: string
  /** Dates that are no ISO dates: `03/04/2018`, `17-10-02`. */
  dates: number
  /** How many of them each order fits. */
  fits: Record<DateOrder, number>
  /** Numbers in the place of the year, first or last, of dates with two-digit years. */
  years: { first: Set<number>; last: Set<number> }
  /** Of dates that begin with four digits: those that only `YYYY-MM-DD` fits, and those that only `YYYY-DD-MM` fits. */
  monthSecond: number
  daySecond: number
  /** By count of digits: cells that are only what they are taken for, and cells that may be, or only are, dates in another form. */
  digits: Record<10 | 12, { sure: number; doubtful: number }>
}

export const createVotes = (name: string): DateVotes => ({
  name,
  dates: 0,
  fits: { dmy: 0, mdy: 0, ymd: 0 },
  years: { first: new Set(), last: new Set() },
  monthSecond: 0,
  daySecond: 0,
  digits: { 10: { sure: 0, doubtful: 0 }, 12: { sure: 0, doubtful: 0 } },
})

const isDay = (part: number) => part >= 1 && part <= 31
const isMonth = (part: number) => part >= 1 && part <= 12
const isDigit = (byte: number | undefined): boolean => byte !== undefined && byte >= 48 && byte <= 57

export function vote(votes: DateVotes, bytes: Uint8Array, from: number, end: number): void {
  let start = from
  while (start < end && bytes[start]! <= 32) start++
  if (end - start < 6) return
  if (isDigit(bytes[start]) && isDigit(bytes[start + 1]) && isDigit(bytes[start + 2])) {
    if (isDigit(bytes[start + 4])) voteDigits(votes, bytes, start, end)
    else if (end - start >= 10) voteYearFirst(votes, bytes, start)
    return
  }
  const first = digitsAt(bytes, start, end)
  const separator = bytes[start + first]
  if (first === 0 || (separator !== 45 && separator !== 47 && separator !== 46)) return
  const second = digitsAt(bytes, start + first + 1, end)
  const third = start + first + second + 2
  if (second === 0 || second > 2 || third >= end || bytes[third - 1] !== separator) return
  const last = digitsAt(bytes, third, end)
  if (last !== 2 && last !== 4) return
  const a = valueAt(bytes, start, first)
  const b = valueAt(bytes, start + first + 1, second)
  const c = valueAt(bytes, third, last)
  const isShort = last === 2
  const dmy = isDay(a) && isMonth(b)
  const mdy = isMonth(a) && isDay(b)
  const ymd = isShort && first === 2 && isMonth(b) && isDay(c)
  // The fifth of May is the same in both orders, and the 31st of April proves nothing but a slip.
  if ((!dmy && !mdy && !ymd) || (!isShort && a === b)) return
  const year = isShort ? centuryOf(c) : c
  if ((dmy && a > lengthOf(year, b)) || (mdy && b > lengthOf(year, a)) || (ymd && c > lengthOf(centuryOf(a), b))) return
  votes.dates++
  if (dmy) votes.fits.dmy++
  if (mdy) votes.fits.mdy++
  if (ymd) votes.fits.ymd++
  if (!isShort) return
  votes.years.first.add(a)
  votes.years.last.add(c)
}

/**
 * `YYYY-MM-DD`, the common case. Only two numbers of two digits, one a month and the other a day beyond 12, prove anything.
 */
function voteYearFirst(votes: DateVotes, bytes: Uint8Array, start: number): void {
  const second = twoDigits(bytes, start + 5)
  const third = twoDigits(bytes, start + 8)
  if (isMonth(second) && third > 12 && isDay(third)) votes.monthSecond++
  else if (isMonth(third) && second > 12 && isDay(second)) votes.daySecond++
}

/** NaN for anything else. */
function twoDigits(bytes: Uint8Array, at: number): number {
  return isDigit(bytes[at]) && isDigit(bytes[at + 1]) ? valueAt(bytes, at, 2) : Number.NaN
}

/** Hardly anybody writes `YYYY-DD-MM`, so one or two such dates are slips. */
const fewestSwapped = 3

function digitsAt(bytes: Uint8Array, at: number, end: number): number {
  let count = 0
  while (at + count < end && isDigit(bytes[at + count])) count++
  return count
}

function valueAt(bytes: Uint8Array, at: number, count: number): number {
  let value = 0
  for (let i = at; i < at + count; i++) value = value * 10 + bytes[i]! - 48
  return value
}

/** What cells of ten and twelve digits are taken for, and in which other form they may be dates. */
function voteDigits(votes: DateVotes, bytes: Uint8Array, start: number, end: number): void {
  const count = digitsAt(bytes, start, end)
  if (count !== 10 && count !== 12) return
  const value = valueAt(bytes, start, count)
  const isOther = fitsOtherForm(value, count)
  if (count === 10) {
    if (isOther) votes.digits[10].doubtful++
    else if (value >= 1e9 && value < 4.2e9) votes.digits[10].sure++
  } else if (isOther !== isLongStamp(value)) votes.digits[12][isOther ? 'doubtful' : 'sure']++
}

/**
 * The style of every column's dates: the order that all of its own prove, else the one that all other columns of the file agree on,
 * because one program wrote them, else what the contract says. Null: unknown, so a date of two readings is quarantined.
 */
export function decideDates(
  columns: readonly DateVotes[],
  contract: DateOrder | undefined,
): { dates: Record<string, DateStyle>; warnings: string[] } {
  const warnings: string[] = []
  const found = new Map(columns.map((votes) => [votes, ownOrder(votes)]))
  const proven = new Set([...found.values()].filter((order) => order !== null))
  for (const [votes, order] of found)
    if (votes.dates > 0 && fitting(votes).length === 0)
      warnings.push(
        `column ${votes.name} mixes dates of different orders${order ? `, read as ${words[order]}; the others are quarantined` : ''}`,
      )
  const open = columns.filter((votes) => votes.dates > 0 && !found.get(votes))
  const place = yearPlace(open)
  const short = open.filter(({ years }) => years.first.size > 0)
  const common = orders.filter(
    (order) => short.every((votes) => candidates(votes).includes(order)) && fitsPlace(order, place.proven),
  )
  for (const votes of open) {
    const others = proven.size === 1 ? [...proven].filter((order) => fitsPlace(order, place.likely)) : []
    const own = proven.size === 0 && short.includes(votes) ? common : []
    const left = candidates(votes).filter((order) => others.includes(order) || own.includes(order))
    if (left.length === 1) found.set(votes, left[0]!)
    else if (contract && candidates(votes).includes(contract) && fitsPlace(contract, place.likely)) {
      found.set(votes, contract)
      warnings.push(
        `column ${votes.name}: no date proves the order of day and month, read as ${words[contract]}, as the contract says`,
      )
    } else
      warnings.push(
        `column ${votes.name}: no date proves the order of day and month, so dates that fit several orders are quarantined; dateOrder in the contract decides`,
      )
  }
  const swapped = columns.filter(({ daySecond, monthSecond }) => daySecond >= fewestSwapped && daySecond > monthSecond)
  const isIso = columns.some(({ daySecond, monthSecond }) => monthSecond > 0 && monthSecond >= daySecond)
  const dates: Record<string, DateStyle> = {}
  for (const [votes, order] of found) {
    const doubtful = ([10, 12] as const).filter((count) => isDoubtful(votes, count))
    for (const count of doubtful)
      warnings.push(
        `column ${votes.name}: numbers of ${count} digits may be two kinds of time, so those that fit both are quarantined`,
      )
    const isOpen = votes.daySecond === 0 && votes.monthSecond === 0
    const daySecond = swapped.includes(votes) || (isOpen && swapped.length > 0 && !isIso)
    if (swapped.includes(votes))
      warnings.push(
        `column ${votes.name}: its dates have year, day and month in this order, as most of them prove; the others are quarantined`,
      )
    dates[votes.name] = { order, doubtful, daySecond }
  }
  return { dates, warnings }
}

const orders: readonly DateOrder[] = ['dmy', 'mdy', 'ymd']
const words: Record<DateOrder, string> = { dmy: 'day first', mdy: 'month first', ymd: 'year first' }

const fitting = (votes: DateVotes) => orders.filter((order) => votes.fits[order] === votes.dates)

/** Orders that a column without an order of its own may have. */
const candidates = (votes: DateVotes) => (fitting(votes).length > 0 ? fitting(votes) : orders)

/** The only order that fits all dates of a column; of contradicting dates, the one that fits the most. */
function ownOrder(votes: DateVotes): DateOrder | null {
  if (votes.dates === 0) return null
  const fit = fitting(votes)
  if (fit.length > 0) return fit.length === 1 ? fit[0]! : null
  const [best, second] = orders.toSorted((a, b) => votes.fits[b] - votes.fits[a])
  return votes.fits[best!] > votes.fits[second!] ? best! : null
}

/** Few epochs look like a date by chance, and few dates in one form like one in another. */
function isDoubtful(votes: DateVotes, count: 10 | 12): boolean {
  const { sure, doubtful } = votes.digits[count]
  return doubtful > 0 && doubtful >= sure
}

type YearPlace = 'first' | 'last' | undefined

/**
 * Where two-digit years stand, when days and months leave it open. Years of a file lie close together, and its days do not:
 * `proven` with three numbers and more in the other place, twice as many as there are years. What is only `likely`, also because
 * the years are those of today, never decides, but speaks against a contract.
 */
function yearPlace(columns: readonly DateVotes[]): { likely: YearPlace; proven: YearPlace } {
  const first = [...new Set(columns.flatMap(({ years }) => [...years.first]))]
  const last = [...new Set(columns.flatMap(({ years }) => [...years.last]))]
  if (first.length === 0) return { likely: undefined, proven: undefined }
  const near = onlyOne(isNear(first), isNear(last))
  const [years, days] = near === 'first' ? [first, last] : [last, first]
  return {
    likely: near ?? onlyOne(first.every(isOfToday), last.every(isOfToday)),
    proven: days.length >= 3 && days.length >= 2 * years.length ? near : undefined,
  }
}

const onlyOne = (first: boolean, last: boolean): YearPlace => (first === last ? undefined : first ? 'first' : 'last')

const isOfToday = (year: number) => year >= 10 && year < 30

function isNear(parts: readonly number[]): boolean {
  const years = parts.map(centuryOf)
  return Math.max(...years) - Math.min(...years) <= 10
}

const fitsPlace = (order: DateOrder, place: YearPlace) =>
  place === undefined || (place === 'first') === (order === 'ymd')
