import { inBatches } from '@droplake/lake/file-io'
import type { ObjectStore } from '@droplake/lake/object-store'
import { keys } from '@droplake/pipeline/keys'
import type { StoredEntry } from '@droplake/pipeline/lake-state'
import { readState } from '@droplake/pipeline/log'
import { readRecord } from '@droplake/pipeline/records'

const window = 32

/** Entries of a dataset's log, newest first. A window of them is read at once: on a stage each is a request. */
export async function* newestEntries(store: ObjectStore, dataset: string): AsyncIterable<StoredEntry> {
  const { seq: last } = await readState(store, dataset)
  for (let end = last; end > 0; end -= window) {
    const seqs = Array.from({ length: Math.min(window, end) }, (_, n) => end - n)
    yield* await inBatches(seqs, window, (seq) => readRecord<StoredEntry>(store, keys.logEntry(dataset, seq)))
  }
}
