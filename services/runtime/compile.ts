import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { listDatasets, loadDatasets } from '@droplake/contracts/registry'
import { brokenRules } from '@droplake/models/broken-rules'
import { loadModels } from '@droplake/models/load-models'
import type { Model } from '@droplake/models/model'

/**
 * Writes what the bundles hold in place of reading folders and parsing SQL: contracts as static imports, models as values.
 *
 *     node services/runtime/compile.ts
 *
 * `services/.compiled/manifest.json` tells the stacks which datasets there are.
 */
const home = join(import.meta.dirname, '../.compiled')
const root = join(import.meta.dirname, '../..')
const contracts = join(root, 'packages/contracts/datasets')
const sql = join(root, 'sql')

const datasets = await loadDatasets(contracts)
const models: Record<string, Model[]> = {}
for (const [name, dataset] of Object.entries(datasets)) {
  const [broken] = brokenRules(dataset, join(contracts, name))
  if (broken !== undefined) throw new Error(broken)
  models[name] = await loadModels(join(sql, name), { dataset })
}

rmSync(home, { recursive: true, force: true })
mkdirSync(home, { recursive: true })
writeFileSync(join(home, 'index.ts'), source())
writeFileSync(join(home, 'manifest.json'), `${JSON.stringify({ datasets: manifest() }, null, 2)}\n`)

function source(): string {
  const imports = [`import { assembleDataset } from '@droplake/contracts/assemble'`]
  const assembled = listDatasets(contracts).map(({ name, tables }, d) => {
    const from = (file: string) => JSON.stringify(`@droplake/contracts/datasets/${name}/${file}`)
    imports.push(`import dataset${d} from ${from('dataset')}`)
    const specs = tables.map((table, t) => {
      imports.push(`import table${d}_${t} from ${from(table)}`)
      return `${JSON.stringify(table)}: table${d}_${t}`
    })
    return `  ${JSON.stringify(name)}: assembleDataset(${JSON.stringify(name)}, dataset${d}, { ${specs.join(', ')} }),`
  })
  return [
    ...imports,
    '',
    `export const datasets = {\n${assembled.join('\n')}\n}`,
    `export const models = ${JSON.stringify(models, null, 2)}`,
    '',
  ].join('\n')
}

function manifest() {
  return Object.values(datasets).map(({ name, rawFolders, settleSeconds }) => ({ name, rawFolders, settleSeconds }))
}
