import { join } from 'node:path'
import type { Dataset } from '@droplake/contracts/dataset'
import { loadDatasets } from '@droplake/contracts/registry'

/** Datasets of several folders; a later folder's dataset replaces one of the same name. */
export async function loadAll(folders: readonly string[]): Promise<Record<string, Dataset>> {
  return Object.assign({}, ...(await Promise.all(folders.map(loadDatasets))))
}

export const contractsFolder = join(import.meta.dirname, '../contracts/datasets')
export const sqlFolder = join(import.meta.dirname, '../../sql')
