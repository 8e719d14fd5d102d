import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from './free-port.ts'
import { start, untilReady } from './process.ts'
import { pythonWith } from './python.ts'

export interface MiniStack {
  endpoint: string
  /** What the SDK's clients read from the environment to speak to it. */
  env: Record<string, string>
  pid: number
  stop(): Promise<void>
}

/** Starts MiniStack: S3, Glue, SNS, SQS, Lambda and more, empty, on a free port of the loopback interface. */
export async function startMiniStack(): Promise<MiniStack> {
  const python = await pythonWith(join(import.meta.dirname, 'requirements.txt'))
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await startOn(await freePort(), python)
    } catch (error) {
      if (attempt === 3) throw error
    }
  }
}

async function startOn(port: number, python: string): Promise<MiniStack> {
  const folder = await mkdtemp(join(tmpdir(), 'droplake-ministack-'))
  const endpoint = `http://127.0.0.1:${port}`
  const env = {
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: 'us-east-1',
    AWS_DEFAULT_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  }
  const server = await start({
    command: python,
    args: [join(import.meta.dirname, 'run-ministack.py')],
    cwd: folder,
    log: join(folder, 'ministack.log'),
    env: {
      ...env,
      PATH: process.env.PATH ?? '',
      HOME: folder,
      TMPDIR: folder,
      GATEWAY_PORT: String(port),
      BIND_HOST: '127.0.0.1',
      MINISTACK_HOST: '127.0.0.1',
      IOT_MTLS_ENABLED: '0',
      SFTP_ENABLED: '0',
      LOG_LEVEL: 'WARNING',
    },
  })
  const stop = async () => {
    await server.stop()
    await rm(folder, { recursive: true, force: true })
  }
  try {
    await untilReady(server, async () => (await fetch(`${endpoint}/_ministack/ready`)).ok, 60_000)
  } catch (error) {
    await stop()
    throw error
  }
  return { endpoint, env, pid: server.pid, stop }
}
