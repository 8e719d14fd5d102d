import crypto from 'node:crypto'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire, syncBuiltinESMExports } from 'node:module'
import { join } from 'node:path'
import type { EvaluateOptions } from '../evaluate.ts'
import type { Graph, Resource } from '../graph.ts'
import { cache, platform, root } from '../paths.ts'
import { bundleProgram } from './bundle.ts'
import { answers, computed } from './computed.ts'
import { startServer } from './server.ts'

/** Evaluates one stage in a process of its own, as SST's CLI does: `run.ts STAGE OPTIONS`. */
const [stage = '', json = '{}'] = process.argv.slice(2)
const { settings, app: appName } = JSON.parse(json) as EvaluateOptions
const work = join(cache, stage)
const bundles: string[] = []
process.env.SST_AWS_REGION = 'eu-central-1'

const require = createRequire(join(platform, 'package.json'))
const pulumi = require('@pulumi/pulumi')

const replaced: Record<string, string> = {}
if (settings)
  replaced[join(root, 'stacks/stages.ts')] = `export const stages = ${JSON.stringify({ [stage]: settings })}`
if (appName) {
  const config = join(root, 'sst.config.ts')
  replaced[config] = readFileSync(config, 'utf8').replaceAll("'droplake'", `'${appName}'`)
}

async function load(name: string, options: Omit<Parameters<typeof bundleProgram>[0], 'outfile' | 'replaced'>) {
  const outfile = join(platform, `${name}.${stage}.${process.pid}.mjs`)
  bundles.push(outfile)
  await bundleProgram({ ...options, outfile, replaced })
  return (await import(outfile)).default
}

async function readApp(): Promise<Graph['app']> {
  const answer = await load('app', {
    banner: 'function $config(input) { return input }',
    code: `import mod from '${root}/sst.config.ts'\nexport default await mod.app(${JSON.stringify({ stage })})`,
  })
  return { ...answer, stage }
}

const options = new Map<string, { protect: boolean; retainOnDelete: boolean }>()
const resources: Resource[] = []
const failures: string[] = []

async function create({
  type,
  name,
  inputs,
  custom = false,
  provider = '',
}: Omit<Resource, 'state' | 'protect' | 'retainOnDelete'>) {
  const compute = computed[type]
  if (custom && !compute)
    throw new Error(`graph: no computed outputs for ${type} (${name}); add it to program/computed.ts`)
  // Pulumi hands over an archive's path as a promise.
  if (inputs.source?.path) inputs.source.path = await inputs.source.path
  const text = JSON.stringify(inputs)
  if (/undefined|\[object |Calling \[toString\]/.test(text))
    throw new Error(`graph: ${type} ${name} holds an output that nobody played: ${text}`)
  const { id, ...outputs } = custom && compute ? compute(inputs, name) : { id: '' }
  const state = { ...inputs, ...outputs }
  const { protect = false, retainOnDelete = false } = options.get(`${type} ${name}`) ?? {}
  resources.push({ type, name, inputs, state, custom, provider, protect, retainOnDelete })
  return { id, state }
}

/** What goes wrong inside Pulumi is not always thrown to the program. */
function noting<A, R>(act: (args: A) => R | Promise<R>): (args: A) => Promise<R> {
  return async (args) => {
    try {
      return await act(args)
    } catch (error) {
      failures.push((error as Error).message)
      throw error
    }
  }
}

async function playEngine(project: string): Promise<void> {
  await pulumi.runtime.setMocks(
    {
      newResource: noting(create),
      call: noting(({ token, inputs }: { token: string; inputs: never }) => {
        const answer = answers[token]
        if (!answer) throw new Error(`graph: nobody answers ${token}; add it to program/computed.ts`)
        return answer(inputs)
      }),
    },
    project,
    stage,
  )
  const monitor = pulumi.runtime.getMonitor()
  const register = monitor.registerResource.bind(monitor)
  // biome-ignore lint/suspicious/noExplicitAny: a protocol buffer
  monitor.registerResource = (request: any, callback: unknown) => {
    const [protect, retainOnDelete] = [request.getProtect() ?? false, request.getRetainondelete() ?? false]
    options.set(`${request.getType()} ${request.getName()}`, { protect, retainOnDelete })
    return register(request, callback)
  }
}

/** Outputs within outputs, resolved to plain values. */
async function settled(value: unknown): Promise<unknown> {
  return JSON.parse(JSON.stringify(await new Promise((resolve) => pulumi.output(value).apply(resolve))))
}

async function evaluateStage(): Promise<Graph> {
  mkdirSync(work, { recursive: true })
  const app = await readApp()
  const server = await startServer(work)
  process.env.SST_SERVER = server.url
  // The random part of names.
  crypto.randomBytes = ((size: number) => Buffer.alloc(size, 7)) as typeof crypto.randomBytes
  syncBuiltinESMExports()
  await playEngine(app.name)
  const paths = { home: work, root, work, platform }
  let outputs: unknown
  await pulumi.runtime.runInPulumiStack(async () => {
    outputs = await load('program', {
      globals: `import * as aws from '@pulumi/aws'\nimport * as sst from '${platform}/src/components'`,
      inject: [join(platform, 'src/shim/run.js')],
      define: {
        $app: JSON.stringify(app),
        $cli: JSON.stringify({ command: 'deploy', dev: false, paths, state: { version: {} } }),
        $dev: 'false',
      },
      code: `import { run } from '${platform}/src/auto/run.ts'\nimport mod from '${root}/sst.config.ts'\nexport default await run(mod.run)`,
    })
    return {}
  })
  const plain = (await settled(outputs)) as Graph['outputs']
  await pulumi.runtime.disconnect()
  server.close()
  if (failures.length > 0) throw new Error(failures.join('\n'))
  return { stage, app, resources: [...resources].sort(byName), outputs: plain }
}

const byName = (a: Resource, b: Resource) => (`${a.type} ${a.name}` < `${b.type} ${b.name}` ? -1 : 1)

function end(error?: Error): never {
  for (const bundle of bundles) rmSync(bundle, { force: true })
  // Of a refused resource Pulumi tells first where it was made.
  if (error) console.error(failures[0] ?? error.stack)
  process.exit(error ? 1 : 0)
}

const target = join(cache, `${stage}.json`)
rmSync(target, { force: true })
process.on('uncaughtException', end)
const graph = await evaluateStage().catch(end)
writeFileSync(target, `${JSON.stringify(graph, null, 2)}\n`)
end()
