import { GetWorkGroupCommand } from '@aws-sdk/client-athena'
import { EntityNotFoundException, GetCrawlerCommand, GetDatabaseCommand } from '@aws-sdk/client-glue'
import type { Finding } from './finding.ts'
import type { Stage } from './stage.ts'

const deploy = ({ outputs }: Stage) => `npx sst deploy --stage ${outputs.stage}`

/** Whether Athena answers, and may write its answers down. */
export async function workgroup(stage: Stage): Promise<Finding[]> {
  const { clients, outputs, fx } = stage
  const subject = 'workgroup'
  const { WorkGroup: found } = await clients.athena.send(new GetWorkGroupCommand({ WorkGroup: outputs.workgroup }))
  if (found?.State === 'DISABLED')
    return [
      {
        state: 'fail',
        subject,
        text: `${outputs.workgroup} is disabled`,
        mend: `aws athena update-work-group --region ${outputs.region} --work-group ${outputs.workgroup} --state ENABLED`,
      },
    ]
  const { rows } = await fx.engine.run('select 1')
  return Number(rows[0]?.[0]) === 1
    ? [{ state: 'ok', subject, text: `${outputs.workgroup} answers` }]
    : [{ state: 'fail', subject, text: `select 1 gave ${JSON.stringify(rows)}`, mend: deploy(stage) }]
}

export async function databases(stage: Stage): Promise<Finding[]> {
  const { clients, outputs } = stage
  const missing: string[] = []
  for (const name of outputs.databases)
    if (!(await exists(clients.glue.send(new GetDatabaseCommand({ Name: name }))))) missing.push(name)
  const subject = 'databases'
  return missing.length === 0
    ? [{ state: 'ok', subject, text: `${outputs.databases.length} there` }]
    : [{ state: 'fail', subject, text: `not there: ${missing.join(', ')}`, mend: deploy(stage) }]
}

/** A crawl that failed takes nothing from the data: only drift goes unnoticed. */
export async function crawlers(stage: Stage): Promise<Finding[]> {
  const { clients, outputs } = stage
  const subject = 'crawlers'
  const findings: Finding[] = []
  for (const name of outputs.crawlers) {
    const found = await exists(clients.glue.send(new GetCrawlerCommand({ Name: name })))
    if (!found) findings.push({ state: 'fail', subject, text: `${name} is not there`, mend: deploy(stage) })
    const last = found?.Crawler?.LastCrawl
    if (last?.Status === 'FAILED')
      findings.push({
        state: 'warn',
        subject,
        text: `${name} failed last time: ${last.ErrorMessage ?? 'no reason given'}`,
        mend: `its log is in ${last.LogGroup ?? '/aws-glue/crawlers'}`,
      })
  }
  return findings.length > 0 ? findings : [{ state: 'ok', subject, text: `${outputs.crawlers.length} there` }]
}

async function exists<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked
  } catch (error) {
    if (error instanceof EntityNotFoundException) return undefined
    throw error
  }
}
