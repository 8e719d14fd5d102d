import { draw, logNormal, weighted } from '../distribution.ts'
import { between, chance, hexId, type Random } from '../random.ts'
import { day, hour, midnight } from '../time.ts'
import { drawComment } from './comments.ts'
import type { OrderTimes } from './order-times.ts'

export interface Review {
  id: string
  score: number
  title: string
  message: string
  /** UTC seconds, a midnight */
  created: number
  /** UTC seconds, after `created` */
  answered: number
}

const scores = {
  inTime: weighted([
    [5, 620],
    [4, 204],
    [3, 83],
    [2, 27],
    [1, 66],
  ] as const),
  late: weighted([
    [5, 162],
    [4, 100],
    [3, 119],
    [2, 86],
    [1, 533],
  ] as const),
  never: weighted([
    [5, 90],
    [4, 60],
    [3, 90],
    [2, 80],
    [1, 680],
  ] as const),
}

/** The survey goes out the day after delivery, or two days after the promised day if nothing has come by then. */
function drawReview(random: Random, times: OrderTimes): Review {
  const { delivered, estimate } = times
  const waited = estimate + 2 * day
  const created = midnight(Math.min(delivered ?? waited, waited)) + day
  const mood = delivered === undefined ? 'never' : midnight(delivered) > estimate ? 'late' : 'inTime'
  const score = draw(random, scores[mood])
  return {
    id: hexId(random),
    score,
    ...drawComment(random, score),
    created,
    answered: created + Math.max(between(random, 2 * hour, 4 * hour), Math.round(logNormal(random, 40 * hour, 0.9))),
  }
}

/**
 * Reviews of one order: 99.2 % of orders have one, some two. With `shared` its first is that review once more: a customer
 * answers once for two orders, so a review id is no key.
 */
export function drawReviews(random: Random, times: OrderTimes, shared: Review | undefined): Review[] {
  if (!shared && !chance(random, 0.992)) return []
  const first = shared ?? drawReview(random, times)
  return chance(random, 0.0055) ? [first, drawReview(random, times)] : [first]
}
