import type { CatalogTable } from '@droplake/lake/catalog'
import { judgeAudits, renderAudits } from '@droplake/models/audits'
import type { RuleResult } from '@droplake/models/checks'
import type { Model } from '@droplake/models/model'
import { qualifiedName } from '@droplake/models/quote'
import type { PublishedModel } from '@droplake/models/stale'
import { database, type With } from '@droplake/pipeline/effects'
import { keys } from '@droplake/pipeline/keys'
import type { LakeState } from '@droplake/pipeline/lake-state'
import { holding } from '@droplake/pipeline/log'
import type { ModelPlan, ModelRecord, RenderRecord } from '@droplake/pipeline/model-records'
import { namesOf, publicCause } from '@droplake/pipeline/public-text'
import { reconcile } from '@droplake/pipeline/reconcile'
import { once, readRecord } from '@droplake/pipeline/records'
import { builtPartitions } from './built-partitions.ts'
import { modelOf, type RenderInput } from './render-model.ts'
import { attemptNames, type Versions, versionsFor } from './versions.ts'

export interface AuditInput extends RenderInput {
  build: { built: boolean; error?: string; cause?: string }[]
}

const attempts = 2

/**
 * Puts a model's new version together and checks it before anyone sees it. `again` asks for another attempt, into a fresh
 * place: a failed statement may have left files behind.
 */
export async function auditModel(
  fx: With<'catalog' | 'engine' | 'models'>,
  input: AuditInput,
): Promise<{ again: boolean }> {
  const { dataset, run, attempt } = input
  const state = await holding(fx.store, dataset, run)
  const model = await modelOf(fx, input)
  const failed = input.build.find(({ built }) => !built)
  if (failed && attempt < attempts) return { again: true }
  const moved = failed ? undefined : await movedInput(fx, state, model)
  if (moved && attempt < attempts) {
    await reconcile(fx, dataset)
    return { again: true }
  }
  await once<ModelRecord>(fx.store, keys.modelDone(run, model.name), async () => {
    if (failed) {
      const { error = 'unknown', cause } = failed
      return { status: 'failed', error: cause ? publicCause(cause, await namesOf(fx, dataset)) : error }
    }
    if (moved) return { status: 'failed', error: `the catalog shows other files of ${moved} than the log` }
    const versions = await versionsFor(fx, state, { run, model })
    if (versions.missing) return { status: 'held', error: `${versions.missing} was not built` }
    return auditVersion(fx, { input, state, model, versions })
  })
  return { again: false }
}

async function auditVersion(
  fx: With<'catalog' | 'engine' | 'models'>,
  from: { input: AuditInput; state: LakeState; model: Model; versions: Versions },
): Promise<ModelRecord> {
  const { input, state, model, versions } = from
  const { dataset, run, attempt } = input
  const { batches } = await readRecord<RenderRecord>(fx.store, keys.modelRender(run, model.name, attempt))
  const differing = (await readRecord<ModelPlan>(fx.store, keys.modelPlan(run))).partitions[model.name]
  const published = state.models[model.name]
  const partitions: PublishedModel['partitions'] = {}
  if (differing && published)
    for (const [value, partition] of Object.entries(published.partitions))
      if (!differing.includes(value)) partitions[value] = partition
  let columns = await columnsOf(fx, dataset, published?.table)
  for (const batch of batches) {
    Object.assign(partitions, await builtPartitions(fx, { dataset, batch, partitionColumn: model.partitionColumn }))
    columns = await columnsOf(fx, dataset, batch.table)
  }
  const { version } = attemptNames(input)
  const build = database(fx, dataset, 'build')
  await fx.catalog.register(dataset, {
    database: build,
    name: version,
    description: model.description,
    columns: columns ?? [],
    ...(model.partitionColumn ? { partitionColumn: model.partitionColumn } : {}),
    partitions: Object.entries(partitions).map(([value, partition]) => ({ value, ...partition })),
  })
  const audit = renderAudits({ model, table: qualifiedName(build, version), names: versions.names })
  const row = (await fx.engine.run(audit.sql, { database: build })).rows[0] ?? []
  const previousRows = published && Object.values(published.partitions).reduce((sum, { rows }) => sum + rows, 0)
  const judged = judgeAudits({ rules: audit.rules, row, ...(previousRows === undefined ? {} : { previousRows }) })
  const fails = judged.results.filter(({ status }) => status === 'fail')
  const errors = fails.filter(({ severity }) => severity === 'error')
  if (errors.length > 0) return { status: 'failed', error: errors.map(tell).join('; ') }
  return {
    status: 'built',
    model: { sqlHash: model.sqlHash, inputs: versions.inputs, partitions, table: version },
    rows: judged.rows,
    warnings: fails.map(tell),
  }
}

const tell = ({ rule, failing }: RuleResult) => `audit ${rule} fails for ${failing} row${failing === 1 ? '' : 's'}`

async function columnsOf(
  fx: With<'catalog' | 'engine' | 'models'>,
  dataset: string,
  table: string | undefined,
): Promise<CatalogTable['columns'] | undefined> {
  if (!table) return undefined
  const shown = await fx.catalog.show(dataset)
  return shown?.tables.find(({ database: at, name }) => at === database(fx, dataset, 'build') && name === table)
    ?.columns
}

/** A cleaned or enriched input of which the catalog shows other files than the log: the statement may have read them. */
async function movedInput(
  fx: With<'catalog' | 'engine' | 'models'>,
  state: LakeState,
  model: Model,
): Promise<string | undefined> {
  const shown = await fx.catalog.show(state.dataset)
  for (const { zone, name } of model.inputs) {
    if (zone === 'curated') continue
    const table = shown?.tables.find((one) => one.database === database(fx, state.dataset, zone) && one.name === name)
    const logged = (zone === 'cleaned' ? state.tables : state.enriched)[name]?.partitions ?? {}
    const catalogued = Object.fromEntries((table?.partitions ?? []).map(({ value, location }) => [value, location]))
    const values = new Set([...Object.keys(logged), ...Object.keys(catalogued)])
    for (const value of values) if (logged[value]?.location !== catalogued[value]) return `${zone}.${name}`
  }
  return undefined
}
