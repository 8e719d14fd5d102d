import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { contractsFolder, loadAll, sqlFolder } from '@droplake/local/load-datasets'
import { loadModels, loadQueries } from '@droplake/models/load-models'
import type { Finding } from '@droplake/stage/finding'
import { firstLineOf, many } from './text.ts'

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

/** Whether contracts and models can be read, and how many there are. */
export async function datasets(): Promise<Finding> {
  const subject = 'datasets'
  try {
    const parts: string[] = []
    for (const [name, { tables }] of Object.entries(await loadAll([contractsFolder]))) {
      const sql = join(sqlFolder, name)
      const models = existsSync(sql) ? await loadModels(sql) : []
      const queries = existsSync(sql) ? await loadQueries(sql) : []
      parts.push(
        `${name} (${many(Object.keys(tables).length, 'table')}, ${many(models.length, 'model')}, ${many(queries.length, 'saved query', 'saved queries')})`,
      )
    }
    return { state: 'ok', subject, text: parts.join(', ') }
  } catch (error) {
    return { state: 'fail', subject, text: firstLineOf(error), mend: 'mend the file that it names' }
  }
}
