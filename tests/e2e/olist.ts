import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Alert } from '@droplake/lake/notifier'
import type { Value } from '@droplake/lake/query-engine'
import { type Lake, type LakeOptions, openLake } from '@droplake/local/lake'
import { sqlFolder } from '@droplake/local/load-datasets'
import { loadQueries } from '@droplake/models/load-models'
import { renderSelect } from '@droplake/models/render'
import type { OpenLake } from './shop.ts'

/** A lake with the contracts and models that ship, in this thread, without settling and without waiting for the disk. */
export async function openOlist(path: string, options: Partial<LakeOptions> = {}): Promise<OpenLake> {
  const alerts: Alert[] = []
  const lake = await openLake({
    folder: join(path, 'lake'),
    notifier: { notify: async (alert) => void alerts.push(alert) },
    workers: 0,
    sync: false,
    ...options,
    settings: { settleSeconds: 0, ...options.settings },
  })
  return { ...lake, alerts, [Symbol.asyncDispose]: lake.close }
}

/** A folder without any model: for tests of the cleaned zone, which cost a tenth without the curated one. */
export function noModels(path: string): string[] {
  const folder = join(path, 'no-models')
  mkdirSync(folder, { recursive: true })
  return [folder]
}

/** The only row of an answer. */
export async function row(lake: Lake, sql: string): Promise<Value[]> {
  const { rows } = await lake.fx.engine.run(sql)
  if (rows.length !== 1 || !rows[0]) throw new Error(`one row was asked for, got ${rows.length}`)
  return rows[0]
}

/** Rows of a saved query of Olist. */
export async function saved(lake: Lake, name: string): Promise<Value[][]> {
  const dataset = lake.fx.datasets.olist
  if (!dataset) throw new Error('the lake has no dataset olist')
  const query = (await loadQueries(join(sqlFolder, 'olist'), { dataset })).find((one) => one.name === name)
  if (!query) throw new Error(`no saved query ${name}`)
  return (await lake.fx.engine.run(renderSelect(query, (zone, table) => `olist_${zone}.${table}`))).rows
}
