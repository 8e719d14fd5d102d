import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Dataset } from '@droplake/contracts/dataset'
import { loadModels } from '@droplake/models/load-models'
import type { Model } from '@droplake/models/model'

/** Loads a dataset's models from the last of the folders that has any, again only when a file of them changed. */
export function modelLoader(folders: readonly string[], datasets: Record<string, Dataset>) {
  const loaded = new Map<string, { stamp: string; models: Promise<Model[]> }>()
  return async (name: string): Promise<Model[]> => {
    const dataset = datasets[name]
    const folder = folders.map((each) => join(each, name)).findLast((each) => existsSync(each))
    if (!dataset || !folder) return []
    const stamp = stampOf(folder)
    const known = loaded.get(folder)
    if (known?.stamp === stamp) return known.models
    const models = loadModels(folder, { dataset })
    loaded.set(folder, { stamp, models })
    return models
  }
}

function stampOf(folder: string): string {
  const files = readdirSync(folder).filter((file) => file.endsWith('.sql'))
  return files
    .map((file) => {
      const { mtimeNs, size, ino } = statSync(join(folder, file), { bigint: true })
      return `${file} ${ino} ${size} ${mtimeNs}`
    })
    .join('\n')
}
