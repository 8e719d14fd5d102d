import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from './free-port.ts'
import { start, untilReady } from './process.ts'
import { pythonWith } from './python.ts'

/** Where the tasks of executions find the services. */
export interface TaskEndpoints {
  athena: string
  glue: string
  /** Of all others. */
  others: string
}

/** Starts moto's interpreter of Amazon States Language, on a free port of the loopback interface. */
export async function startStepFunctions(endpoints: TaskEndpoints) {
  const python = await pythonWith(join(import.meta.dirname, 'requirements.txt'))
  const folder = await mkdtemp(join(tmpdir(), 'droplake-step-functions-'))
  const port = await freePort()
  const endpoint = `http://127.0.0.1:${port}`
  const server = await start({
    command: python,
    args: [
      join(import.meta.dirname, 'run-step-functions.py'),
      String(port),
      endpoints.athena,
      endpoints.glue,
      endpoints.others,
    ],
    cwd: folder,
    log: join(folder, 'step-functions.log'),
    env: {
      PATH: process.env.PATH ?? '',
      HOME: folder,
      AWS_DEFAULT_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
    },
  })
  const stop = async () => {
    await server.stop()
    await rm(folder, { recursive: true, force: true })
  }
  try {
    await untilReady(server, async () => server.output().includes('ready'), 60_000)
  } catch (error) {
    await stop()
    throw error
  }
  return { endpoint, env: { AWS_ENDPOINT_URL_SFN: endpoint }, pid: server.pid, output: server.output, stop }
}
