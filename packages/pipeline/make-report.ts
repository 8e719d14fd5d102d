import type { RuleResult } from '@droplake/models/checks'
import type { Effects } from './effects.ts'
import { addIo, noIo } from './io.ts'
import { keys } from './keys.ts'
import type { LakeState, LogEntry, Rollback, RunStatus, StoredEntry } from './lake-state.ts'
import { entries } from './log.ts'
import { sourceName } from './markers.ts'
import type { ModelPlan, ModelRecord } from './model-records.ts'
import type { Plan } from './plan.ts'
import { findIntact } from './records.ts'
import type { Report } from './report.ts'
import type { AcceptRecord, CleanRecord, DedupeRecord, IndexRecord, IngestRecord } from './step-records.ts'
import { describeTableFailure } from './table-records.ts'

/** A run's report, from what it committed and recorded, however far it came. `seq`: of its `begin`, or any entry before. */
export async function makeReport(
  fx: Pick<Effects, 'store' | 'clock' | 'models'>,
  state: LakeState,
  of: { run: string; seq: number; error?: string },
): Promise<Report> {
  const { run } = of
  const { dataset } = state
  const own: StoredEntry[] = []
  for await (const entry of entries(fx.store, dataset, of.seq)) if (entry.run === run) own.push(entry)
  const begin = own.find((entry) => entry.kind === 'begin')
  const ingest = own.find((entry) => entry.kind === 'ingest')
  const published = own.find((entry) => entry.kind === 'publish')
  const rollback = own.find((entry) => entry.kind === 'rollback')
  const plan = await findIntact<Plan>(fx.store, keys.plan(run))
  const modelPlan = await findIntact<ModelPlan>(fx.store, keys.modelPlan(run))
  const models = rollback ? movedModel(rollback) : await modelResults(fx, state, { run, plan: modelPlan, published })
  const ingested = await findIntact<IngestRecord>(fx.store, keys.ingest(run))
  const error = errorOf(of.error, plan, ingested)
  const now = fx.clock.now()
  const startedAt = begin?.at ?? now
  return {
    runId: run,
    dataset,
    status: statusOf({ error, ingest, models, pinned: modelPlan?.pinned ?? {} }),
    startedAt: new Date(startedAt).toISOString(),
    finishedAt: new Date(now).toISOString(),
    durationMs: now - startedAt,
    sources: plan ? await sourceResults(fx, { plan, ingest, ingested }) : [],
    tables: Object.fromEntries(
      Object.entries(ingest?.tables ?? {}).flatMap(([name, { counts }]) => (counts ? [[name, counts]] : [])),
    ),
    quality: (await findIntact<RuleResult[]>(fx.store, keys.quality(run))) ?? [],
    models,
    io: plan ? await trafficOf(fx, plan) : { bytesIn: 0, ...noIo() },
    ...(error ? { error } : {}),
  }
}

/** What ended the run early, and why it left tables as they were. */
function errorOf(error: string | undefined, plan: Plan | undefined, ingest: IngestRecord | undefined) {
  const waiting = new Set(plan?.sources.map(({ table }) => table))
  const refused = Object.entries(plan?.refused ?? {}).flatMap(([table, reason]) => (waiting.has(table) ? [reason] : []))
  const failed = Object.entries(ingest?.failed ?? {}).map(([table, failure]) => describeTableFailure(table, failure))
  return [...(error ? [error] : []), ...refused, ...failed].join('; ') || undefined
}

type Entry<K extends LogEntry['kind']> = Extract<StoredEntry, { kind: K }>

function statusOf(of: {
  error: string | undefined
  ingest: Entry<'ingest'> | undefined
  models: Report['models']
  pinned: Record<string, string>
}): RunStatus {
  // A model that somebody rolled back is where it ought to be: it is told, and no failure of the run.
  const results = Object.entries(of.models).flatMap(([name, { status }]) => (of.pinned[name] ? [] : [status]))
  if (of.error || results.includes('failed')) return 'failed'
  if (results.includes('held')) return 'held'
  const took = of.ingest?.sources.some(({ outcome }) => outcome === 'taken') ?? false
  return took || results.includes('published') ? 'published' : 'empty'
}

async function sourceResults(
  fx: Pick<Effects, 'store'>,
  of: { plan: Plan; ingest: Entry<'ingest'> | undefined; ingested: IngestRecord | undefined },
): Promise<Report['sources']> {
  const { plan, ingest, ingested } = of
  const logged = new Map(ingest?.sources.map((source) => [source.id, source]))
  const accepted = new Map<number, AcceptRecord['sources'][number]>()
  for (const table of Object.keys(plan.tables))
    for (const decision of (await findIntact<AcceptRecord>(fx.store, keys.accept(plan.run, table)))?.sources ?? [])
      accepted.set(decision.source, decision)
  const failureOf = (table: string) => ingested?.failed[table] && describeTableFailure(table, ingested.failed[table])
  return plan.sources.map((planned, index) => {
    const { id, table, bytes } = planned
    const source = logged.get(id)
    const error = source?.error ?? accepted.get(index)?.error ?? plan.refused[table] ?? failureOf(table)
    return {
      key: sourceName(planned),
      table,
      bytes,
      rowsIn: source?.records ?? 0,
      outcome: source?.outcome ?? 'deferred',
      ...(error ? { error } : {}),
      ...(source?.warnings ? { warnings: source.warnings } : {}),
    }
  })
}

async function modelResults(
  fx: Pick<Effects, 'store' | 'models'>,
  state: LakeState,
  of: { run: string; plan: ModelPlan | undefined; published: Entry<'publish'> | undefined },
): Promise<Report['models']> {
  const { plan } = of
  if (!plan) return {}
  const results: Report['models'] = {}
  const due = plan.layers.flat()
  const { broken = {} } = plan
  const names = new Set((await fx.models(state.dataset)).map(({ name }) => name))
  for (const name of [...names, ...Object.keys(plan.held), ...Object.keys(broken)].sort()) {
    const record = await findIntact<ModelRecord>(fx.store, keys.modelDone(of.run, name))
    const held = plan.held[name]
    const pinned = plan.pinned?.[name]
    if (pinned) results[name] = { status: 'held', rows: publishedRows(state, name), error: pinned }
    else if (broken[name] !== undefined)
      results[name] = { status: 'failed', rows: publishedRows(state, name), error: broken[name] }
    else if (held)
      results[name] = { status: 'held', rows: names.has(name) ? 0 : publishedRows(state, name), error: held }
    else if (!due.includes(name)) results[name] = { status: 'unchanged', rows: publishedRows(state, name) }
    else if (record?.status === 'built' && of.published?.models[name])
      results[name] = { status: 'published', rows: record.rows }
    else if (record && record.status !== 'built') results[name] = { ...record, rows: 0 }
    else results[name] = { status: 'failed', rows: 0, error: 'it was not built to the end' }
  }
  return results
}

const movedModel = ({ model, from, to }: Rollback): Report['models'] => ({
  [model]: { status: from.seq === to.seq ? 'unchanged' : 'published', rows: to.rows },
})

const publishedRows = (state: LakeState, name: string) =>
  Object.values(state.models[name]?.partitions ?? {}).reduce((sum, { rows }) => sum + rows, 0)

async function trafficOf(fx: Pick<Effects, 'store'>, plan: Plan): Promise<Report['io']> {
  let io = noIo()
  for (const [table, { items, large }] of Object.entries(plan.tables)) {
    const accepted = await findIntact<AcceptRecord>(fx.store, keys.accept(plan.run, table))
    const records = await Promise.all([
      ...large.map((_, n) => findIntact<IndexRecord>(fx.store, keys.index(plan.run, table, n))),
      ...items.map((_, n) => findIntact<CleanRecord>(fx.store, keys.cleanDone(plan.run, table, n))),
      ...(accepted?.units ?? []).map((_, n) => findIntact<DedupeRecord>(fx.store, keys.dedupeDone(plan.run, table, n))),
    ])
    io = addIo(io, ...records.map((record) => record?.io))
  }
  return { bytesIn: plan.sources.reduce((sum, { bytes }) => sum + bytes, 0), ...io }
}
