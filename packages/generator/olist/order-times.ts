import { logNormal } from '../distribution.ts'
import { below, between, chance, type Random } from '../random.ts'
import { day, hour, midnight } from '../time.ts'

export type Status =
  | 'created'
  | 'approved'
  | 'invoiced'
  | 'processing'
  | 'shipped'
  | 'delivered'
  | 'unavailable'
  | 'canceled'

/** How far the parcel goes. */
export type Lane = 'same_state' | 'other_state' | 'remote'

/** UTC seconds; undefined where the file has an empty cell. */
export interface OrderTimes {
  purchase: number
  approved: number | undefined
  carrier: number | undefined
  delivered: number | undefined
  estimate: number
}

const transitDays: Record<Lane, number> = { same_state: 3.7, other_state: 7.6, remote: 13 }
const promisedDays: Record<Lane, number> = { same_state: 18, other_state: 24.5, remote: 34 }

/** Seconds from purchase to approval: minutes by card, the next day for some, days by bank slip. */
function approvalDelay(random: Random, bankSlip: boolean): number {
  if (bankSlip) return logNormal(random, 28 * hour, 0.55)
  if (chance(random, 0.17)) return between(random, 5 * hour, 30 * hour)
  return logNormal(random, hour / 4, 0.4)
}

/** Share of orders of a status that have each time. */
function reached(random: Random, status: Status) {
  const canceledLate = status === 'canceled' && chance(random, 0.1)
  return {
    approved:
      status === 'canceled'
        ? canceledLate || chance(random, 0.76)
        : status !== 'created' && !chance(random, 14 / 96_478),
    carrier: status === 'delivered' || status === 'shipped' || canceledLate,
    delivered: status === 'delivered' && !chance(random, 8 / 96_478),
  }
}

/** Times in their sequence, but for the small shares in which the public files have them out of order. */
export function drawOrderTimes(
  random: Random,
  order: { purchase: number; status: Status; lane: Lane; bankSlip: boolean },
): OrderTimes {
  const { purchase, status, lane } = order
  const has = reached(random, status)
  const approved = Math.round(purchase + approvalDelay(random, order.bankSlip))
  let carrier = Math.round(approved + logNormal(random, 43 * hour, 0.95))
  const disorder = below(random, 100_000)
  if (disorder < 167) carrier = purchase - between(random, hour, 60 * hour)
  else if (disorder < 1360) carrier = purchase + below(random, approved - purchase + 1)
  let delivered = Math.round(carrier + 0.8 * day + logNormal(random, transitDays[lane] * day, 0.62))
  if (delivered < purchase + day) delivered = purchase + day + below(random, day)
  if (disorder >= 99_977) delivered = carrier - between(random, hour, 4 * day)
  return {
    purchase,
    approved: has.approved ? approved : undefined,
    carrier: has.carrier ? carrier : undefined,
    delivered: has.delivered ? delivered : undefined,
    estimate: midnight(purchase) + Math.max(3, Math.round(logNormal(random, promisedDays[lane], 0.28))) * day,
  }
}
