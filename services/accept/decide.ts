import type { Table } from '@droplake/contracts/table'
import type { LakeState, SourceOutcome } from '@droplake/pipeline/lake-state'
import { type Attempt, arrivalOf, givenUp, objectOf, type Source } from '@droplake/pipeline/markers'

/** What Clean found of one source as a whole; undefined parts mean that an item of it failed. */
export interface Found {
  unreadable?: string
  gone?: string
  sha256?: string
  records: number
  /** Good ones among the records. */
  rows: number
  /** Rejected ones by reason and column. */
  reasons: Record<string, number>
}

export interface Decision {
  outcome: SourceOutcome | 'deferred'
  error?: string
  /** Rows that were rejected, where there were no others: they stay in quarantine though the source is not taken. */
  rejected?: number
}

/** Decides about whole sources of one table, in order. Pure. */
export function createDecider(table: Table, state: LakeState) {
  // By arrival; of the same arrival those first that the log has, in its order.
  const taken = Object.values(state.sources)
    .filter((source) => source.table === table.name && source.outcome === 'taken')
    .map((source): Taken => ({ ...source, arrival: arrivalOf(source) }))
    .sort((a, b) => a.arrival - b.arrival)
  const shas = new Set(taken.map((source) => source.sha256))

  return (source: Source, found: Found | undefined, failure: string, attempts: readonly Attempt[]): Decision => {
    if (!found) {
      const error = givenUp(attempts, failure)
      return error ? { outcome: 'set_aside', error } : { outcome: 'deferred', error: failure }
    }
    // A program may have written on in it: nothing is wrong with a file that is no more.
    if (found.gone) return { outcome: 'empty', error: found.gone }
    if (found.unreadable) return { outcome: 'set_aside', error: found.unreadable }
    if (found.rows === 0) return withoutRows(found.reasons)
    const { sha256 } = found
    const known = table.kind === 'snapshot' ? isRepeated(taken, source, sha256) : shas.has(sha256)
    if (known && !source.nonce) return { outcome: 'duplicate' }
    shas.add(sha256)
    taken.push({ ...source, arrival: arrivalOf(source), ...(sha256 ? { sha256 } : {}) })
    taken.sort((a, b) => a.arrival - b.arrival)
    return { outcome: 'taken' }
  }
}

/** A source without a single good row: there was nothing in it, or everything was rejected, and for which reason above all. */
function withoutRows(reasons: Found['reasons']): Decision {
  const [[reason, most] = ['', 0], ...others] = Object.entries(reasons).sort(([, a], [, b]) => b - a)
  if (most === 0) return { outcome: 'empty' }
  const more = others.reduce((sum, [, rows]) => sum + rows, 0)
  const all = most + more === 1 ? 'its only row was rejected' : `all ${most + more} rows were rejected`
  const error = `${all}: ${most} × ${reason}${more > 0 ? `, ${more} for other reasons` : ''}`
  return { outcome: 'set_aside', error, rejected: most + more }
}

type Taken = Pick<Source, 'key' | 'etag' | 'lastModified' | 'member' | 'archiveBytes' | 'arrival'> & { sha256?: string }

/**
 * A snapshot may come back to what it was: it repeats only the one just before it. An archive may hold several of one table;
 * its members repeat those of the same archive just before it.
 */
function isRepeated(taken: readonly Taken[], source: Source, sha256: string | undefined): boolean {
  const before = taken.findLast((other) => other.arrival <= arrivalOf(source))
  if (!before) return false
  if (before.sha256 === sha256) return true
  if (source.member === undefined || objectOf(before) === objectOf(source)) return false
  return taken.some(
    (other) =>
      objectOf(other) === objectOf(before) &&
      other.member === source.member &&
      other.archiveBytes === source.archiveBytes &&
      other.sha256 === sha256,
  )
}
