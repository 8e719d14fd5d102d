import { existsSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'

/** What the stacks tell after a deploy: where the parts of a stage are. */
export interface Outputs {
  stage: string
  region: string
  bucket: string
  /** ARN of the topic of all alerts. */
  topic: string
  /** ARNs of the pipeline and of the daily round. */
  stateMachine: string
  sweepStateMachine: string
  /** ARN of the machine that rolls a model back. */
  rollbackStateMachine: string
  /** Athena's, for people. */
  workgroup: string
  /** `<app>_<stage>_` */
  databasePrefix: string
  databases: string[]
  crawlers: string[]
  /** Name of the EventBridge rule that the bucket's events start the pipeline by. */
  rule: string
  deadLetterQueue: string
  /** Address of the dashboard. */
  dashboard: string
  /** Command or address that puts files there. */
  drop: string
}

/** There are no outputs to be had of the stage that was named. The message says what writes them. */
export class NoStage extends Error {
  override readonly name = 'NoStage'
}

const texts = [
  'bucket',
  'topic',
  'stateMachine',
  'sweepStateMachine',
  'rollbackStateMachine',
  'workgroup',
  'databasePrefix',
  'rule',
] as const
const told = ['deadLetterQueue', 'dashboard', 'drop'] as const
const lists = ['databases', 'crawlers'] as const

/**
 * The outputs of a stage, from `file` or from the nearest `.sst/outputs.json` at or above the folder `from`. Throws `NoStage`
 * when there are none, they are another stage's, or not what this version of the stacks writes.
 */
export function readOutputs(of: { stage: string; from: string; file?: string }): { outputs: Outputs; path: string } {
  const { stage, from, file } = of
  const deploy = `npx sst deploy --stage ${stage}`
  const path = file === undefined ? nearest(from) : resolve(from, file)
  if (path === undefined)
    throw new NoStage(`stage ${stage}: no .sst/outputs.json at or above ${from}; ${deploy} writes it`)
  if (!existsSync(path) || !statSync(path).isFile())
    throw new NoStage(`stage ${stage}: no file ${path}; let DROPLAKE_OUTPUTS name the outputs of ${deploy}`)
  const found = parse(path, deploy)
  if (found.stage !== stage)
    throw new NoStage(`outputs are of stage ${String(found.stage)}, not ${stage}; ${deploy} writes them (${path})`)
  const missing = (name: string) =>
    new NoStage(`stage ${stage}: ${path} has no ${name}, got ${JSON.stringify(found[name])}; ${deploy} writes it anew`)
  for (const name of ['region', ...texts]) if (!isText(found[name])) throw missing(name)
  for (const name of lists) if (found[name] !== undefined && !isTexts(found[name])) throw missing(name)
  const pick = (names: readonly string[], otherwise: unknown) =>
    Object.fromEntries(names.map((name) => [name, found[name] ?? otherwise]))
  const outputs = { stage, region: found.region, ...pick(texts, ''), ...pick(told, ''), ...pick(lists, []) }
  return { outputs: outputs as unknown as Outputs, path }
}

function nearest(from: string): string | undefined {
  for (let folder = resolve(from); ; folder = dirname(folder)) {
    const path = join(folder, '.sst', 'outputs.json')
    if (existsSync(path)) return path
    if (dirname(folder) === folder) return undefined
  }
}

function parse(path: string, deploy: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'))
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>
  } catch (cause) {
    throw new NoStage(`stage: ${path} is not JSON; ${deploy} writes it anew`, { cause })
  }
  throw new NoStage(`stage: ${path} is no outputs of a stage; ${deploy} writes it anew`)
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== ''
const isTexts = (value: unknown): value is string[] => Array.isArray(value) && value.every(isText)
