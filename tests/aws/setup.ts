import type { TestProject } from 'vitest/node'
import { startAthena } from './emulator/athena-shim.ts'
import { startGlueProxy } from './emulator/glue-proxy.ts'
import { openToOthers } from './emulator/listening.ts'
import { startMiniStack } from './emulator/ministack.ts'
import { startTrino, type Trino } from './emulator/trino.ts'

declare module 'vitest' {
  interface ProvidedContext {
    aws: {
      /** MiniStack's: every service but those that have an endpoint of their own in `env`. */
      endpoint: string
      /** What the SDK's clients read from their environment, to be set for processes that a test starts. */
      env: Record<string, string>
    }
  }
}

interface Emulator {
  env?: Record<string, string>
  /** Of its process group, where it is no part of this process. */
  pid?: number
  stop(): Promise<void>
}

const emulators: Emulator[] = []
/** Started by the first query: most of the suite does without it. */
let trino: Promise<Trino> | undefined

async function running<T extends Emulator>(starting: Promise<T>): Promise<T> {
  const emulator = await starting
  emulators.push(emulator)
  return emulator
}

/** Starts the emulated AWS once for all files of the suite. */
export async function setup(project: TestProject): Promise<void> {
  try {
    const { endpoint } = await running(startMiniStack())
    const glue = await running(startGlueProxy(endpoint))
    const engine = async () => {
      trino ??= running(startTrino({ glue: glue.endpoint, s3: endpoint }))
      return (await trino).endpoint
    }
    await running(startAthena({ aws: endpoint, trino: engine }))
    project.provide('aws', { endpoint, env: Object.assign({}, ...emulators.map(({ env }) => env)) })
  } catch (error) {
    await teardown()
    throw error
  }
}

export async function teardown(): Promise<void> {
  await trino?.catch(() => {})
  const open = await openToOthers(emulators.flatMap(({ pid }) => pid ?? []))
  for (const emulator of emulators.splice(0).reverse()) await emulator.stop()
  if (open.length > 0) throw new Error(`emulator: it listened beyond the loopback interface, on ${open.join(', ')}`)
}
