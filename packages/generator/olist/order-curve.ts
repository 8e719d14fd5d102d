import { draw, type Weighted, weighted } from '../distribution.ts'
import { below, type Random } from '../random.ts'
import { day, hour } from '../time.ts'

/** Orders by month, in hundredths of a percent: a false start, then growth to a plateau, then the end of the data. */
const months = [
  1, 33, 0, 1, 80, 179, 270, 242, 372, 326, 405, 436, 431, 466, 759, 571, 731, 677, 725, 698, 691, 620, 633, 655, 2, 1,
]
/** Sunday first. */
const weekdays = [120, 163, 161, 156, 149, 142, 109]
const hours = [24, 12, 5, 3, 2, 2, 5, 12, 30, 48, 62, 66, 60, 65, 66, 65, 67, 62, 58, 60, 62, 62, 58, 41]

/** When orders are placed. */
export interface OrderCurve {
  days: Weighted<number>
  hours: Weighted<number>
}

export const defaultFrom = new Date(Date.UTC(2016, 8, 4))

/** 26 months from the month of `from` on, beginning on that day: monthly growth, weekly and daily rhythm, Black Friday. */
export function createOrderCurve(from: Date): OrderCurve {
  if (Number.isNaN(from.getTime()))
    throw new Error(`generator: the first day must be a date, got ${from}; pass YYYY-MM-DD`)
  const entries: [number, number][] = []
  const end = Date.UTC(from.getUTCFullYear(), from.getUTCMonth() + months.length - 1, 17)
  for (let at = Date.UTC(from.getUTCFullYear(), from.getUTCMonth(), from.getUTCDate()); at <= end; at += day * 1000) {
    const date = new Date(at)
    const month = (date.getUTCFullYear() - from.getUTCFullYear()) * 12 + date.getUTCMonth() - from.getUTCMonth()
    const blackFriday =
      date.getUTCMonth() === 10 && date.getUTCDay() === 5 && Math.floor((date.getUTCDate() - 2) / 7) === 3
    entries.push([at / 1000, months[month]! * weekdays[date.getUTCDay()]! * (blackFriday ? 5 : 1)])
  }
  return { days: weighted(entries), hours: weighted(hours.map((weight, index) => [index, weight] as const)) }
}

/** UTC seconds. */
export function drawOrderTime(random: Random, curve: OrderCurve): number {
  return draw(random, curve.days) + draw(random, curve.hours) * hour + below(random, hour)
}
