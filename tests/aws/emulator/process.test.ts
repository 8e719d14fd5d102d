import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openToOthers } from './listening.ts'
import { start, untilReady } from './process.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'droplake-process-'))
})
afterAll(() => rm(folder, { recursive: true }))

const node = (name: string, script: string) => ({
  command: process.execPath,
  args: ['-e', script],
  env: {},
  cwd: folder,
  log: join(folder, `${name}.log`),
})

/** Listens, has a child that pays no heed to SIGTERM, and prints the child's pid. */
const family = (host: string) => `
  const child = require('node:child_process').spawn(process.execPath, ['-e', 'process.on("SIGTERM", () => {}); setInterval(() => {}, 1000)'])
  require('node:net').createServer().listen(0, '${host}', () => console.log('child', child.pid, '.'))`

const childOf = (output: string) => Number(/child (\d+) \./.exec(output)?.[1])

describe('a program that the suite starts', () => {
  it('ends with all its children when it is stopped', { timeout: 20_000 }, async () => {
    const program = await start(node('stopped', family('127.0.0.1')))
    await untilReady(program, async () => childOf(program.output()) > 0, 10_000)
    const child = childOf(program.output())
    expect([isRunning(program.pid), isRunning(child)]).toEqual([true, true])
    await program.stop()
    expect(await areGone([program.pid, child])).toBe(true)
    await program.stop()
  })

  it('ends with all its children when the suite is killed', { timeout: 20_000 }, async () => {
    const log = join(folder, 'orphan.log')
    const script = `
      import { start } from ${JSON.stringify(join(import.meta.dirname, 'process.ts'))}
      const options = ${JSON.stringify({ ...node('orphan', family('127.0.0.1')), log })}
      console.log((await start(options)).pid)`
    const suite = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const [printed] = await once(suite.stdout, 'data')
    const pid = Number(String(printed))
    while (!childOf(await readFile(log, 'utf8'))) await sleep(20)
    const child = childOf(await readFile(log, 'utf8'))
    expect([isRunning(pid), isRunning(child)]).toEqual([true, true])
    suite.kill('SIGKILL')
    expect(await areGone([pid, child])).toBe(true)
  })

  it('that ends before it is ready is told with what it printed', async () => {
    const program = await start(node('broken', 'console.log("no such option"); process.exit(3)'))
    await expect(untilReady(program, async () => false, 10_000)).rejects.toThrow(/ended.*no such option/s)
    await program.stop()
  })

  it.runIf(process.platform === 'linux')('is found out when it listens beyond the loopback interface', async () => {
    for (const [host, found] of [
      ['127.0.0.1', 0],
      ['::1', 0],
      ['0.0.0.0', 1],
      ['::', 1],
    ] as const) {
      const program = await start(node('listening', family(host)))
      try {
        await untilReady(program, async () => childOf(program.output()) > 0, 10_000)
        expect(await openToOthers([program.pid]), host).toHaveLength(found)
      } finally {
        process.kill(-program.pid, 'SIGKILL')
        await program.stop()
      }
    }
  })
})

async function areGone(pids: readonly number[]): Promise<boolean> {
  for (let i = 0; i < 100; i += 1) {
    if (!pids.some(isRunning)) return true
    await sleep(50)
  }
  return false
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
