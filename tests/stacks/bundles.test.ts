import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type DeployedFunction, functionsOf } from './graph.ts'
import { full } from './graphs.ts'
import { unzip } from './unzip.ts'

const functions = functionsOf(full)
// Outside the checkout, so that nothing is found in its node_modules.
const folder = mkdtempSync(join(tmpdir(), 'droplake-bundles-'))
const moduleOf = ({ service, handler }: DeployedFunction) =>
  join(folder, service, `${handler.replace(/\.\w+$/, '')}.mjs`)

interface Loaded {
  /** KiB */
  zip: number
  /** KiB */
  code: number
  /** Of a process that does nothing else, best of three. */
  milliseconds: number
  /** MiB, resident, after the import. */
  memory: number
}
const loaded = new Map<string, Loaded>()

/** A cold start, as far as Node goes: the environment of the stage, an import, a look at the handler. */
async function load(fn: DeployedFunction): Promise<{ milliseconds: number; memory: number }> {
  const script = `
    const start = performance.now()
    const { handler } = await import(process.argv[1])
    const milliseconds = performance.now() - start
    if (typeof handler !== 'function') throw new Error('no handler')
    console.log(JSON.stringify({ milliseconds, memory: process.memoryUsage.rss() / 2 ** 20 }))
    process.exit()`
  const env = {
    ...fn.environment,
    AWS_REGION: 'eu-central-1',
    PATH: process.env.PATH,
    AWS_LAMBDA_FUNCTION_NAME: fn.name,
  }
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script, moduleOf(fn)], {
    env,
  })
  return JSON.parse(stdout)
}

beforeAll(async () => {
  for (const fn of functions) {
    const target = join(folder, fn.service)
    await unzip(fn.zip, target)
    const times = [await load(fn), await load(fn), await load(fn)]
    const [best] = times.sort((a, b) => a.milliseconds - b.milliseconds)
    const kib = (path: string) => Math.round(statSync(path).size / 1024)
    loaded.set(fn.service, {
      zip: kib(fn.zip),
      code: kib(moduleOf(fn)),
      milliseconds: best?.milliseconds ?? 0,
      memory: best?.memory ?? 0,
    })
  }
})
afterAll(() => {
  rmSync(folder, { recursive: true, force: true })
  const rows = [...loaded].map(([service, { zip, code, milliseconds, memory }]) =>
    [
      service.padEnd(10),
      `${zip} KiB`.padStart(9),
      `${code} KiB`.padStart(9),
      `${milliseconds.toFixed(0)} ms`.padStart(8),
      `${memory.toFixed(0)} MiB`.padStart(8),
    ].join(' '),
  )
  console.log(['service          zip      code   import   memory', ...rows].join('\n'))
})

test.each(functions)('$service starts within three seconds and fits its memory', ({ service, memory }) => {
  const of = loaded.get(service)
  expect(of?.milliseconds).toBeLessThan(3000)
  expect(of?.memory).toBeLessThan(memory * 0.5)
  expect(of?.zip).toBeLessThan(1024)
})

/** Which services carry what, by something that only it says. */
const carried: Record<string, { mark: string; by: string[] }> = {
  'the client of Athena': { mark: 'AmazonAthena', by: ['models', 'quality'] },
  'the client of Glue': { mark: 'AWSGlue', by: ['catalog', 'finish', 'models', 'publish', 'rollback', 'sweep'] },
  'the client of SNS': { mark: 'AmazonSimpleNotificationService', by: ['admit', 'notify', 'rollback', 'wake'] },
  'the client of Step Functions': { mark: 'AWSStepFunctions', by: ['admit', 'rollback', 'sweep', 'wake'] },
  'the client of Kinesis': { mark: 'Kinesis_20131202', by: ['generate'] },
  DuckDB: { mark: 'duckdb', by: [] },
  'the SQL parser': { mark: 'polyglot', by: [] },
}

test.each(Object.entries(carried))('%s is in the bundles that need it, and in no other', (_, { mark, by }) => {
  const found = functions.filter((fn) => readFileSync(moduleOf(fn), 'utf8').includes(mark))
  expect(found.map(({ service }) => service).sort()).toEqual(by)
})
