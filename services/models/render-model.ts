import type { Model } from '@droplake/models/model'
import {
  partitionValues,
  renderCreateTableAs,
  renderPartitionValues,
  renderSelect,
  tableBatches,
} from '@droplake/models/render'
import { database, type RunInput, type With } from '@droplake/pipeline/effects'
import { keys } from '@droplake/pipeline/keys'
import { holding } from '@droplake/pipeline/log'
import type { ModelPlan, RenderRecord } from '@droplake/pipeline/model-records'
import { once, readRecord } from '@droplake/pipeline/records'
import { attemptNames, versionsFor } from './versions.ts'

export interface RenderInput extends RunInput {
  model: string
  attempt: number
}

/** The statements that build one attempt of a model, and the database that they write; none when an input is missing or only partitions went. */
export async function renderModel(
  fx: With<'engine' | 'models'>,
  input: RenderInput,
): Promise<{ statements: string[]; database: string }> {
  const { dataset, run, attempt } = input
  const state = await holding(fx.store, dataset, run)
  const model = await modelOf(fx, input)
  const { names, missing } = await versionsFor(fx, state, { run, model })
  const select = renderSelect(model, names)
  const { fresh: table, location } = attemptNames(input)
  const { batches } = await once<RenderRecord>(fx.store, keys.modelRender(run, model.name, attempt), async () => {
    if (missing) return { batches: [] }
    const partitions = await partitionsToBuild(fx, { dataset, run, model, select })
    if (partitions === 'none') return { batches: [] }
    return { batches: tableBatches({ table, location, ...(partitions ? { partitions } : {}) }) }
  })
  const { partitionColumn } = model
  const build = database(fx, dataset, 'build')
  return {
    database: build,
    statements: batches.flatMap((batch) =>
      renderCreateTableAs({
        ...batch,
        location: fx.store.locate(batch.location),
        database: build,
        select,
        ...(partitionColumn ? { partitionColumn } : {}),
      }),
    ),
  }
}

export async function modelOf(
  fx: With<'engine' | 'models'>,
  input: { dataset: string; model: string },
): Promise<Model> {
  const model = (await fx.models(input.dataset)).find(({ name }) => name === input.model)
  if (!model) throw new Error(`models: ${input.dataset} has no model ${input.model}`)
  return model
}

/**
 * Partitions that the statements write: of those that differ the ones that the select still has rows for, or, for a whole
 * build, all that it has rows for. Undefined for a model without partitions.
 */
async function partitionsToBuild(
  fx: With<'engine' | 'models'>,
  { dataset, run, model, select }: RunInput & { model: Model; select: string },
): Promise<string[] | 'none' | undefined> {
  if (!model.partitionColumn) return undefined
  const differing = (await readRecord<ModelPlan>(fx.store, keys.modelPlan(run))).partitions[model.name]
  const asked = renderPartitionValues(select, model.partitionColumn)
  const { rows } = await fx.engine.run(asked, { database: database(fx, dataset, 'build') })
  const values = partitionValues(rows)
  if (!differing) return values
  const build = values.filter((value) => differing.includes(value))
  return build.length > 0 ? build : 'none'
}
