import type { DateOrder } from './read-time.ts'
import { orderEvidence } from './read-time.ts'

/** Counts what the dates of one column say about the order of day and month. */
export interface DateVotes {
  name: string
  dmy: number
  mdy: number
  /** Dates that fit both orders, by separator. */
  dashes: number
  slashes: number
}

export const createVotes = (name: string): DateVotes => ({ name, dmy: 0, mdy: 0, dashes: 0, slashes: 0 })

export function vote(votes: DateVotes, bytes: Uint8Array, start: number, end: number): void {
  // Three digits, as in YYYY-MM-DD, are no evidence: the common case.
  if (end - start < 6 || (isDigit(bytes[start]) && isDigit(bytes[start + 1]) && isDigit(bytes[start + 2]))) return
  const evidence = orderEvidence(bytes, start, end)
  if (evidence === 'dmy') votes.dmy++
  else if (evidence === 'mdy') votes.mdy++
  else if (evidence === '/') votes.slashes++
  else if (evidence) votes.dashes++
}

/**
 * The order of every column: what most of its own dates prove, else what the file's other columns prove, because one
 * program wrote them all, else day first for `-` and `.` and month first for `/`.
 */
export function decideOrders(columns: readonly DateVotes[]): {
  orders: Record<string, DateOrder>
  warnings: string[]
} {
  const orders: Record<string, DateOrder> = {}
  const warnings: string[] = []
  const dmy = columns.reduce((sum, votes) => sum + votes.dmy, 0)
  const mdy = columns.reduce((sum, votes) => sum + votes.mdy, 0)
  for (const votes of columns) {
    const order =
      votes.dmy !== votes.mdy
        ? first(votes.dmy > votes.mdy)
        : dmy !== mdy
          ? first(dmy > mdy)
          : first(votes.slashes <= votes.dashes)
    orders[votes.name] = order
    if (votes.dmy > 0 && votes.mdy > 0)
      warnings.push(`column ${votes.name} mixes day-first and month-first dates, read as ${order}`)
  }
  return { orders, warnings }
}

const isDigit = (byte: number | undefined): boolean => byte !== undefined && byte >= 48 && byte <= 57

const first = (day: boolean): DateOrder => (day ? 'dmy' : 'mdy')
