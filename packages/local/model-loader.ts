import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Dataset } from '@droplake/contracts/dataset'
import { type BrokenModel, readModels } from '@droplake/models/load-models'
import type { Model } from '@droplake/models/model'

/** Loads a dataset's models from the last of the folders that has any, again only when a file of them changed. */
export function modelLoader(folders: readonly string[], datasets: Record<string, Dataset>) {
  const loaded = new Map<string, { stamp: string; read: ReturnType<typeof readModels> }>()
  const read = async (name: string): ReturnType<typeof readModels> => {
    const dataset = Object.hasOwn(datasets, name) ? datasets[name] : undefined
    const folder = folders.map((each) => join(each, name)).findLast((each) => existsSync(each))
    if (!dataset || !folder) return { models: [], broken: [] }
    const stamp = stampOf(folder)
    const known = loaded.get(folder)
    if (known?.stamp === stamp) return known.read
    const reading = readModels(folder, { dataset })
    loaded.set(folder, { stamp, read: reading })
    return reading
  }
  return {
    models: async (name: string): Promise<Model[]> => (await read(name)).models,
    brokenModels: async (name: string): Promise<BrokenModel[]> => (await read(name)).broken,
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
