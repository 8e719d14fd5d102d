import type { Table } from '@droplake/contracts/table'
import type { LakeState, SourceOutcome } from '@droplake/pipeline/lake-state'
import { type Attempt, arrivalOf, type Source } from '@droplake/pipeline/markers'

/** What Clean found of one source as a whole; undefined parts mean that an item of it failed. */
export interface Found {
  unreadable?: string
  sha256?: string
  records: number
}

export interface Decision {
  outcome: SourceOutcome | 'deferred'
  error?: string
}

const failuresOfItsOwn = 3

/** Error names that blame the service, the machine or a permission, not the file. */
const notItsOwn = [
  /^Lambda\.(?!Unknown)/,
  /AccessDenied|Forbidden|Credentials|Token|Throttl|TooMany|SlowDown|TimeoutError|RequestTimeout|Networking/,
  /ServiceUnavailable|ServiceException|InternalError|InternalServer/,
  /^E[A-Z_]+$/,
]

export const isItsOwn = (error: string) => !notItsOwn.some((pattern) => pattern.test(error))

/** Decides about whole sources of one table, in order. Pure. */
export function createDecider(table: Table, state: LakeState) {
  // By arrival; of the same arrival those first that the log has, in its order.
  const taken = Object.values(state.sources)
    .filter((source) => source.table === table.name && source.outcome === 'taken')
    .map((source) => ({ arrival: arrivalOf(source), sha256: source.sha256 }))
    .sort((a, b) => a.arrival - b.arrival)
  const shas = new Set(taken.map((source) => source.sha256))

  return (source: Source, found: Found | undefined, failure: string, attempts: readonly Attempt[]): Decision => {
    if (!found) {
      const own = attempts.filter((attempt) => attempt.own).length
      return own >= failuresOfItsOwn
        ? { outcome: 'set_aside', error: `it failed ${own} times: ${failure}` }
        : { outcome: 'deferred', error: failure }
    }
    if (found.unreadable) return { outcome: 'set_aside', error: found.unreadable }
    if (found.records === 0) return { outcome: 'empty' }
    const { sha256 } = found
    // A snapshot may come back to what it was: it repeats only the one just before it.
    const arrival = arrivalOf(source)
    const before = taken.findLast((other) => other.arrival <= arrival)
    const known = table.kind === 'snapshot' ? before?.sha256 === sha256 : shas.has(sha256)
    if (known && !source.nonce) return { outcome: 'duplicate' }
    shas.add(sha256)
    taken.push({ arrival, sha256 })
    taken.sort((a, b) => a.arrival - b.arrival)
    return { outcome: 'taken' }
  }
}
