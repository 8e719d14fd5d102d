/// <reference path="../.sst/platform/config.d.ts" />
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { delimiter, resolve } from 'node:path'
import { settingsOf } from './check-settings.ts'
import { databasePrefixOf, nameOf } from './names.ts'
import { stages } from './stages.ts'

export const settings = settingsOf($app.stage, stages)

// The bundles hold contracts and models as values; the project's own Node compiles them.
const PATH = `${resolve('node_modules/.bin')}${delimiter}${process.env.PATH}`
execFileSync('node', ['services/runtime/compile.ts'], { stdio: 'inherit', env: { ...process.env, PATH } })

export interface DeployedDataset {
  name: string
  rawFolders: string[]
  settleSeconds: number
}
export const datasets: DeployedDataset[] = JSON.parse(readFileSync('services/.compiled/manifest.json', 'utf8')).datasets

for (const [setting, names] of Object.entries({
  'alerts.staleHours': settings.alerts.staleHours,
  'schedules.runs': settings.schedules.runs,
}))
  for (const name of Object.keys(names))
    if (!datasets.some((dataset) => dataset.name === name))
      throw new Error(
        `stacks: setting ${setting} names dataset ${name}; there are ${datasets.map((dataset) => dataset.name).join(', ')}`,
      )

export const databasePrefix = databasePrefixOf($app)
/** A name of this stage; 64 characters suit every service but those that say otherwise. */
export const named = (part: string, max = 64) => nameOf($app, part, max)

export const { region } = aws.getRegionOutput()
export const { partition } = aws.getPartitionOutput()
export const account = aws.getCallerIdentityOutput().accountId
/** ARN of something in this account and region. */
export const arnOf = (service: string, resource: $util.Input<string>) =>
  $interpolate`arn:${partition}:${service}:${region}:${account}:${resource}`
