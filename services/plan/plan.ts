import { type DataEffects, datasetOf, type RunInput } from '@droplake/pipeline/effects'
import { keys } from '@droplake/pipeline/keys'
import { refusals } from '@droplake/pipeline/layouts'
import { holding } from '@droplake/pipeline/log'
import { type Attempt, givenUp, pendingIds, pendingSources, removeMarkers } from '@droplake/pipeline/markers'
import { type Plan, packItems } from '@droplake/pipeline/plan'
import { once } from '@droplake/pipeline/records'

export type PlanInput = RunInput

/** What the state machine iterates over: counts, never rows. */
export interface Planned {
  tables: { table: string; lastItem: number; lastLarge: number }[]
}

/** Decides what the run will do: every pending source that the log does not know, packed into items. */
export async function plan(fx: DataEffects, { dataset, run }: PlanInput): Promise<Planned> {
  const state = await holding(fx.store, dataset, run)
  const planned = await once<Plan>(fx.store, keys.plan(run), async () => {
    // Before their records: one that arrives in between is a reason for another run, one that cannot be read is not.
    const ids = await pendingIds(fx.store, dataset)
    const pending = await pendingSources(fx.store, dataset)
    const { tables } = datasetOf(fx, dataset)
    const refused = refusals(datasetOf(fx, dataset), state)
    const waiting = pending.filter((source) => !state.sources[source.id] && tables[source.table])
    const hopeless = Object.fromEntries(waiting.flatMap(hopelessness))
    const plannable = waiting.filter(({ id, table }) => !refused[table] && !hopeless[id])
    const packed = packItems(plannable, fx.settings)
    for (const { attempts: _, ...source } of waiting)
      if (refused[source.table] || hopeless[source.id]) packed.sources.push(source)
    const planned = new Set(packed.sources.map((source) => source.id))
    const noRoom = plannable.map((source) => source.id).filter((id) => !planned.has(id))
    const seen = [...new Set([...ids, ...pending.map((source) => source.id)])]
    const startedAt = state.unfinished?.at ?? fx.clock.now()
    return { run, dataset, startedAt, seq: state.seq, ...packed, refused, hopeless, seen, noRoom }
  })
  await removeMarkers(
    fx.store,
    dataset,
    planned.seen.filter((id) => state.sources[id]),
  )
  return {
    tables: Object.entries(planned.tables).map(([table, { items, large }]) => ({
      table,
      lastItem: items.length - 1,
      lastLarge: large.length - 1,
    })),
  }
}

/** A source that ended run after run never came to be decided in one of them. */
function hopelessness({ id, attempts }: { id: string; attempts: Attempt[] }): [string, string][] {
  const last = attempts.at(-1)
  const error = last?.whole?.of === 'run' && givenUp(attempts, last.error)
  return error ? [[id, error]] : []
}
