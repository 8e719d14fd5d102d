import { tableNamesOf } from '@droplake/contracts/dataset'
import { choices } from '@droplake/contracts/did-you-mean'
import type { QuarantineFilter } from '@droplake/local/quarantine'
import { UsageError } from '@droplake/local/usage-error'
import { datasetOf } from '@droplake/pipeline/effects'
import { readState } from '@droplake/pipeline/log'
import type { Place } from '@droplake/pipeline/place'
import { rejectReasons } from '@droplake/pipeline/staged'
import { existingRun } from './read-runs.ts'

export const quarantineOptions = {
  table: { type: 'string', valueHint: 'NAME', description: 'of one table only' },
  reason: { type: 'string', valueHint: 'REASON', description: 'of one reason only, as required or not_a_number' },
} as const

/** What was asked for, of these datasets. Throws `UsageError` for a name that means nothing: it must not look like a table without rejected rows. */
export async function quarantineFilter(
  place: Pick<Place, 'fx'>,
  datasets: readonly string[],
  args: { run?: string | undefined; table?: string | undefined; reason?: string | undefined },
): Promise<QuarantineFilter> {
  const { run, table, reason } = args
  if (run !== undefined) await existingRun(place, datasets, run)
  if (table !== undefined) {
    const names = new Set<string>()
    for (const dataset of datasets) {
      for (const name of tableNamesOf(datasetOf(place.fx, dataset))) names.add(name)
      // A table whose contract is gone has its rejected rows all the same.
      for (const name of Object.keys((await readState(place.fx.store, dataset)).tables)) names.add(name)
    }
    if (!names.has(table)) throw new UsageError(`quarantine: no table ${table}${choices(table, [...names].sort())}`)
  }
  if (reason !== undefined && !rejectReasons.includes(reason))
    throw new UsageError(`quarantine: no reason ${reason}${choices(reason, rejectReasons)}`)
  return {
    ...(run === undefined ? {} : { run }),
    ...(table === undefined ? {} : { table }),
    ...(reason === undefined ? {} : { reason }),
  }
}
