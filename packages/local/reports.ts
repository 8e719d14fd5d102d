import { keys } from '@droplake/pipeline/keys'
import { readState } from '@droplake/pipeline/log'
import type { Place } from '@droplake/pipeline/place'
import { findIntact, findRecord } from '@droplake/pipeline/records'
import type { Report } from '@droplake/pipeline/report'

type Stored = Pick<Place, 'fx'>

/** A run's report; undefined while it runs, and for a run that there never was. */
export const findReport = ({ fx }: Stored, run: string) => findRecord<Report>(fx.store, keys.report(run))

/** Reports of the runs that began for these sources or decided about them, and of all that ended after the first of them. */
export async function reportsOf(
  place: Stored,
  dataset: string,
  of: { sources: readonly string[]; runs: readonly string[] },
): Promise<Report[]> {
  const state = await readState(place.fx.store, dataset)
  const runs = new Set([...of.runs, ...of.sources.flatMap((id) => state.sources[id]?.run ?? [])])
  const first = [...runs].sort()[0]
  if (first !== undefined)
    for (const { run, purpose } of state.ended) if (purpose === 'pipeline' && run > first) runs.add(run)
  const reports = await Promise.all([...runs].sort().map((run) => findIntact<Report>(place.fx.store, keys.report(run))))
  return reports.filter((report) => report !== undefined)
}
