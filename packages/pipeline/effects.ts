import { defaultLimits } from '@droplake/columnar/decompress'
import type { Dataset } from '@droplake/contracts/dataset'
import type { Table } from '@droplake/contracts/table'
import type { Catalog } from '@droplake/lake/catalog'
import type { Clock } from '@droplake/lake/clock'
import type { Notifier } from '@droplake/lake/notifier'
import type { ObjectStore } from '@droplake/lake/object-store'
import type { QueryEngine } from '@droplake/lake/query-engine'
import type { BrokenModel } from '@droplake/models/load-models'
import type { Model } from '@droplake/models/model'
import type { Executions } from './begin.ts'
import type { Holder } from './lake-state.ts'

/** Sizes that bound one Lambda's or one worker's memory, and what tells one stage from another. */
export interface Settings {
  /** What every database's name begins with: app and stage; '' locally. */
  databasePrefix: string
  /** Slice of a large plain file. */
  sliceBytes: number
  /** Small files are packed into one item up to this size … */
  packBytes: number
  /** … and this number. */
  packFiles: number
  /** Rows of one partition that one Dedupe unit holds; more make more buckets. */
  bucketRows: number
  /** No compressed file unpacks to more bytes; it is set aside. */
  mostUnpackedBytes: number
  /** Replaces the datasets' own settling time; a whole number. */
  settleSeconds?: number
  /** Between two looks at a crawler that runs; a whole number. */
  crawlPollSeconds: number
}

export const defaultSettings: Settings = {
  databasePrefix: '',
  sliceBytes: 4 * 2 ** 20,
  packBytes: 4 * 2 ** 20,
  packFiles: 64,
  bucketRows: 50_000,
  mostUnpackedBytes: defaultLimits.mostBytes,
  crawlPollSeconds: 0,
}

/** What the services that move rows need. */
export interface DataEffects {
  store: ObjectStore
  clock: Clock
  datasets: Record<string, Dataset>
  settings: Settings
}

/** What the services that decide, name and tell need. */
export interface Effects extends DataEffects {
  catalog: Catalog
  engine: QueryEngine
  notifier: Notifier
  executions: Executions & { holder(execution: string): Holder }
  /** Those that can be built. */
  models(dataset: string): Promise<Model[]>
  /** Those that cannot be built as their files stand, and why; absent where broken files are refused before, as by a deployment. */
  brokenModels?(dataset: string): Promise<BrokenModel[]>
}

/** What one service needs beside the data: so its bundle and its role hold no more. */
export type With<K extends Exclude<keyof Effects, keyof DataEffects>> = DataEffects & Pick<Effects, K>

export type DatabaseZone = 'raw' | 'cleaned' | 'enriched' | 'build' | 'curated'

/** Name of the database that holds one zone of a dataset: `droplake_prod_olist_curated`. */
export const database = (fx: { settings: Pick<Settings, 'databasePrefix'> }, dataset: string, zone: DatabaseZone) =>
  `${fx.settings.databasePrefix}${dataset}_${zone}`

/** What every step knows of its run. */
export interface RunInput {
  dataset: string
  run: string
}

export function datasetOf(fx: Pick<DataEffects, 'datasets'>, name: string): Dataset {
  const dataset = Object.hasOwn(fx.datasets, name) ? fx.datasets[name] : undefined
  if (!dataset) throw new Error(`contracts: no dataset ${name}; there are ${Object.keys(fx.datasets).join(', ')}`)
  return dataset
}

export function tableOf(fx: Pick<DataEffects, 'datasets'>, dataset: string, name: string): Table {
  const { tables } = datasetOf(fx, dataset)
  const table = Object.hasOwn(tables, name) ? tables[name] : undefined
  if (!table) throw new Error(`contracts: dataset ${dataset} has no table ${name}`)
  return table
}
