import type { Table } from '@droplake/contracts/table'
import { describeFailure, type RuleResult } from '@droplake/models/checks'
import { descendants, layers } from '@droplake/models/dag'
import type { Model } from '@droplake/models/model'
import { database, datasetOf, type Effects, type RunInput, type With } from '@droplake/pipeline/effects'
import { keys } from '@droplake/pipeline/keys'
import type { LakeState } from '@droplake/pipeline/lake-state'
import { holding } from '@droplake/pipeline/log'
import { pinnedIn, staleIn } from '@droplake/pipeline/model-inputs'
import type { ModelPlan } from '@droplake/pipeline/model-records'
import type { Plan } from '@droplake/pipeline/plan'
import { findRecord, once, readRecord } from '@droplake/pipeline/records'
import type { IngestRecord } from '@droplake/pipeline/step-records'
import { describeTableFailure } from '@droplake/pipeline/table-records'

/** Stale models in layers, less those that a failed quality rule holds. A model that was rolled back is not stale. */
export async function planModels(
  fx: With<'catalog' | 'models'> & Pick<Effects, 'brokenModels'>,
  { dataset, run }: RunInput,
): Promise<{ layers: string[][] }> {
  const state = await holding(fx.store, dataset, run)
  const plan = await once<ModelPlan>(fx.store, keys.modelPlan(run), async () => {
    const models = await fx.models(dataset)
    const { tables } = datasetOf(fx, dataset)
    const publishes = await tookWhatItDecided(fx, state, run)
    const stale = publishes ? [...staleIn(state, datasetOf(fx, dataset), models)] : []
    const incomplete = publishes ? await incompleteModels(fx, state, models) : []
    for (const name of [...incomplete, ...descendants(models, incomplete)]) {
      const known = stale.find((one) => one.name === name)
      if (known) delete known.partitions
      else stale.push({ name, reason: 'files of its version are gone' })
    }
    const quality = (await findRecord<RuleResult[]>(fx.store, keys.quality(run))) ?? []
    const brokenRules = quality.filter(({ severity, status }) => severity === 'error' && status === 'fail')
    const held: ModelPlan['held'] = {}
    for (const [table, reason] of Object.entries(await leftOut(fx, run)))
      for (const name of descendants(models, readersOf(tables, table))) held[name] ??= reason
    for (const result of brokenRules)
      for (const name of descendants(models, readersOf(tables, result.table))) held[name] ??= describeFailure(result)
    const unbuildable = (await fx.brokenModels?.(dataset)) ?? []
    const reasons = (status: 'failed' | 'held') =>
      Object.fromEntries(unbuildable.flatMap((one) => (one.status === status ? [[one.name, one.error]] : [])))
    const build = new Set(stale.map(({ name }) => name).filter((name) => !held[name]))
    return {
      layers: layers(models)
        .map((layer) => layer.filter((name) => build.has(name)))
        .filter((layer) => layer.length > 0),
      partitions: Object.fromEntries(stale.flatMap(({ name, partitions }) => (partitions ? [[name, partitions]] : []))),
      held: {
        ...Object.fromEntries(Object.entries(held).filter(([name]) => stale.some((one) => one.name === name))),
        ...reasons('held'),
      },
      broken: reasons('failed'),
      pinned: pinnedIn(state, models),
      reasons: Object.fromEntries(stale.map(({ name, reason }) => [name, reason])),
    }
  })
  return { layers: plan.layers }
}

/** Models whose version is no longer whole, in the store or in the catalog: the log alone does not make them stale. */
async function incompleteModels(fx: With<'catalog'>, state: LakeState, models: readonly Model[]): Promise<string[]> {
  const build = database(fx, state.dataset, 'build')
  const tables = new Set(
    (await fx.catalog.show(state.dataset))?.tables.map((table) => `${table.database}.${table.name}`),
  )
  const incomplete: string[] = []
  for (const { name } of models) {
    const shown = state.models[name]
    if (!shown || shown.pin) continue
    const files = new Set<string>()
    for await (const { key } of fx.store.list(keys.model(state.dataset, name))) files.add(key)
    const named = Object.values(shown.partitions).flatMap((partition) => partition.files)
    if (!tables.has(`${build}.${shown.table}`) || named.some((key) => !files.has(key))) incomplete.push(name)
  }
  return incomplete
}

/** A run that set files aside and took none publishes nothing; what else is due is for the next one. */
async function tookWhatItDecided(fx: With<'models'>, state: LakeState, run: string): Promise<boolean> {
  const { sources } = await readRecord<Plan>(fx.store, keys.plan(run))
  const outcomes = sources.map(({ id }) => state.sources[id]?.outcome)
  return outcomes.includes('taken') || !outcomes.includes('set_aside')
}

/** The tables that this run left as they were, each with the reason. */
async function leftOut(fx: With<'models'>, run: string): Promise<Record<string, string>> {
  const plan = await readRecord<Plan>(fx.store, keys.plan(run))
  const ingested = await findRecord<IngestRecord>(fx.store, keys.ingest(run))
  const failed = Object.entries(ingested?.failed ?? {}).map(([table, failure]) => [
    table,
    describeTableFailure(table, failure),
  ])
  return { ...plan.refused, ...Object.fromEntries(failed) }
}

/** The tables that rows of a cleaned table go into: itself, its enriched table, and those that look it up. */
function readersOf(tables: Record<string, Table>, name: string): string[] {
  const looking = Object.values(tables).filter(({ enrich }) => enrich?.lookups.some(({ table }) => table === name))
  return [`cleaned.${name}`, `enriched.${name}`, ...looking.map((table) => `enriched.${table.name}`)]
}
