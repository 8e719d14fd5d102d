import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { loadContracts } from '@droplake/contracts/registry'
import { contractsFolder, sqlFolder } from '@droplake/local/load-datasets'
import { brokenRules } from '@droplake/models/broken-rules'
import { readModels, readQueries } from '@droplake/models/load-models'
import type { Finding } from '@droplake/stage/finding'
import { many } from './text.ts'

export function nodeVersion(): Finding {
  const manifest = JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8')) as {
    devDependencies: { node: string }
  }
  const pinned = manifest.devDependencies.node
  const own = process.versions.node
  const major = Number.parseInt(own, 10)
  const subject = 'node'
  if (major < Number.parseInt(pinned, 10))
    return {
      state: 'fail',
      subject,
      text: `version ${own} is too old`,
      mend: `npm ci brings ${pinned}; run the command with npx`,
    }
  return own === pinned
    ? { state: 'ok', subject, text: `version ${own}` }
    : { state: 'warn', subject, text: `version ${own}, tested with ${pinned}`, mend: 'run the command with npx' }
}

/** Whether contracts, models and saved queries can be read, and how many there are; each broken file is a finding. */
export async function datasets(): Promise<Finding[]> {
  const subject = 'datasets'
  const parts: string[] = []
  const broken: Finding[] = []
  for (const [name, dataset] of Object.entries(await loadContracts([contractsFolder]))) {
    const sql = join(sqlFolder, name)
    const { models, broken: brokenModels } = await readModels(sql, { dataset })
    const { queries, broken: brokenQueries } = await readQueries(sql, { dataset })
    parts.push(
      `${name} (${many(Object.keys(dataset.tables).length, 'table')}, ${many(models.length, 'model')}, ${many(queries.length, 'saved query', 'saved queries')})`,
    )
    for (const { message } of dataset.faults ?? []) broken.push(fault('contract', message))
    for (const { name: model, status, error } of [...brokenModels, ...brokenQueries])
      if (status === 'failed') broken.push(fault('sql', error.replace(/^models: /, 'sql/')))
      else
        broken.push({
          state: 'warn',
          subject: 'sql',
          text: `${name}.${model} is held: ${error.replace(/models: /g, 'sql/')}`,
        })
    for (const message of brokenRules(dataset, join(contractsFolder, name))) broken.push(fault('contract', message))
  }
  return [{ state: broken.length > 0 ? 'warn' : 'ok', subject, text: parts.join(', ') }, ...broken]
}

const fault = (subject: string, message: string): Finding => ({
  state: 'fail',
  subject,
  text: message,
  mend: 'correct it there; everything that does not need it goes on meanwhile',
})
