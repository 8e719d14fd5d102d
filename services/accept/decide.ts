import type { Table } from '@droplake/contracts/table'
import type { LakeState, SourceOutcome } from '@droplake/pipeline/lake-state'
import { type Attempt, arrivalOf, givenUp, objectOf, type Source } from '@droplake/pipeline/markers'

/** What Clean found of one source as a whole; undefined parts mean that an item of it failed. */
export interface Found {
  unreadable?: string
  gone?: string
  sha256?: string
  records: number
}

export interface Decision {
  outcome: SourceOutcome | 'deferred'
  error?: string
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
    if (found.records === 0) return { outcome: 'empty' }
    const { sha256 } = found
    const known = table.kind === 'snapshot' ? isRepeated(taken, source, sha256) : shas.has(sha256)
    if (known && !source.nonce) return { outcome: 'duplicate' }
    shas.add(sha256)
    taken.push({ ...source, arrival: arrivalOf(source), ...(sha256 ? { sha256 } : {}) })
    taken.sort((a, b) => a.arrival - b.arrival)
    return { outcome: 'taken' }
  }
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
