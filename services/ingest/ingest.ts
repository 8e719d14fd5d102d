import { type DataEffects, type RunInput, tableOf } from '@droplake/pipeline/effects'
import { isItsOwn } from '@droplake/pipeline/failures'
import { keys } from '@droplake/pipeline/keys'
import type { LakeState, LoggedSource } from '@droplake/pipeline/lake-state'
import { append, holding } from '@droplake/pipeline/log'
import { givenUp, pendingSources, recordAttempt, removeMarkers } from '@droplake/pipeline/markers'
import type { Plan } from '@droplake/pipeline/plan'
import { once, readRecord } from '@droplake/pipeline/records'
import type { IngestRecord } from '@droplake/pipeline/step-records'
import type { TableFailure } from '@droplake/pipeline/table-records'
import { type Changes, readChanges } from './changes.ts'
import { loggedSource, loggedSources } from './logged-source.ts'

export type IngestInput = RunInput

/**
 * One log entry commits the data of the run: before it nothing of the run exists, after it everything does. A table that a
 * step failed for, or whose sums do not hold, is left as it was, and its sources wait or are set aside.
 */
export async function ingest(fx: DataEffects, { dataset, run }: IngestInput): Promise<{ ingested: boolean }> {
  let state = await holding(fx.store, dataset, run)
  const plan = await readRecord<Plan>(fx.store, keys.plan(run))
  if (state.unfinished?.ingest === undefined) {
    const changes = await readChanges(fx, { dataset, run, plan, state })
    const { tables, enriched, failed, behind } = changes
    // What Publish and the report need to know of the tables that were left out.
    await once<IngestRecord>(fx.store, keys.ingest(run), async () => ({ failed, behind }))
    const sources = [
      ...Object.entries(changes.taken).flatMap(([name, records]) =>
        loggedSources(plan, tableOf(fx, dataset, name), records),
      ),
      ...(await leftOut(fx, { dataset, run, plan, changes })),
      ...plan.sources.flatMap(({ id }, index) => {
        const error = plan.hopeless[id]
        return error ? [loggedSource(plan, index, { outcome: 'set_aside', error })] : []
      }),
    ]
    if (sources.length > 0 || Object.keys(enriched).length > 0 || behind.some((name) => !isBehind(state, name))) {
      const quarantine = Object.values(changes.taken).flatMap(({ items }) =>
        items.flatMap((item) => item.quarantine ?? []),
      )
      const left = behind.length > 0 ? { behind } : {}
      state = await append(fx, state, { kind: 'ingest', run, sources, tables, enriched, quarantine, ...left })
    } else return { ingested: false }
  }
  await removeMarkers(
    fx.store,
    dataset,
    plan.sources.map((source) => source.id).filter((id) => state.sources[id]),
  )
  return { ingested: true }
}

const isBehind = (state: LakeState, name: string) => state.enriched[name]?.behind ?? state.enriched[name] === undefined

/**
 * The sources of tables that were left out: each has one more attempt behind it, and is logged once it is given up. What
 * its own bytes decided stands.
 */
async function leftOut(
  fx: DataEffects,
  { dataset, run, plan, changes }: RunInput & { plan: Plan; changes: Changes },
): Promise<LoggedSource[]> {
  const refused: Record<string, TableFailure> = Object.fromEntries(
    Object.entries(plan.refused).map(([table, message]) => [table, { step: 'Ingest', name: 'LayoutRefused', message }]),
  )
  const failed = { ...refused, ...changes.failed }
  if (Object.keys(failed).length === 0) return []
  const pending = new Map((await pendingSources(fx.store, dataset)).map((source) => [source.id, source]))
  const logged: LoggedSource[] = []
  for (const [table, failure] of Object.entries(failed)) {
    if (changes.taken[table]) continue
    const decisions = new Map(changes.accepted[table]?.sources.map((decision) => [decision.source, decision]))
    const own = plan.sources.flatMap((source, index) =>
      source.table === table && !plan.hopeless[source.id] ? [{ source, index }] : [],
    )
    const blamed = own.filter(({ index }) => (decisions.get(index)?.outcome ?? 'taken') === 'taken')
    for (const { source, index } of own) {
      const decision = decisions.get(index)
      if (decision?.outcome === 'set_aside' || decision?.outcome === 'empty')
        logged.push(loggedSource(plan, index, { ...decision, outcome: decision.outcome }))
      if (!blamed.some((one) => one.index === index)) continue
      const attempt = {
        run,
        error: failure.message,
        own: isItsOwn(failure.name),
        whole: { of: 'table' as const, alone: blamed.length === 1 },
      }
      await recordAttempt(fx.store, dataset, source.id, attempt)
      const earlier = pending.get(source.id)?.attempts.filter((known) => known.run !== run) ?? []
      const error = attempt.own ? givenUp([...earlier, attempt], failure.message) : undefined
      if (error) logged.push(loggedSource(plan, index, { outcome: 'set_aside', error }))
    }
  }
  return logged
}
