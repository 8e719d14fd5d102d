import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

export interface Running {
  /** Also the id of its process group, which holds all that it starts. */
  pid: number
  /** The end of what it printed. */
  output(): string
  /** Ends the whole group, first kindly. */
  stop(): Promise<void>
}

export interface Program {
  command: string
  args: string[]
  /** All of its environment. */
  env: Record<string, string>
  cwd: string
  /** File that takes what it prints. */
  log: string
}

/**
 * Starts a server in a process group of its own. The group also ends when this process dies, in whatever way: a shell beside
 * the server waits for the end of a pipe that only this process holds.
 */
export async function start({ command, args, env, cwd, log }: Program): Promise<Running> {
  const file = openSync(log, 'w')
  const child = spawn('/bin/sh', ['-c', guarded, 'sh', command, ...args], {
    cwd,
    env,
    detached: true,
    stdio: ['ignore', file, file, 'pipe'],
  })
  closeSync(file)
  await once(child, 'spawn')
  const pid = child.pid ?? 0
  const exited = once(child, 'exit')
  return {
    pid,
    output: () => readFileSync(log, 'utf8').slice(-2_000),
    async stop() {
      signal(pid, 'SIGTERM')
      await Promise.race([exited, sleep(5_000, undefined, { ref: false })])
      signal(pid, 'SIGKILL')
      await exited
    },
  }
}

const guarded = '(trap "" TERM; cat >/dev/null; kill -9 0) <&3 >/dev/null 2>&1 & exec "$@" 3<&-'

function signal(group: number, name: NodeJS.Signals): void {
  try {
    process.kill(-group, name)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
  }
}

/** Asks until the answer is yes. Throws with the program's output when it ended, or when the time is over. */
export async function untilReady(running: Running, ready: () => Promise<boolean>, timeoutMs: number): Promise<void> {
  const deadline = Date.now() + timeoutMs
  while (!(await ready().catch(() => false))) {
    if (Date.now() > deadline)
      throw new Error(`emulator: not ready in ${timeoutMs} ms; it printed\n${running.output()}`)
    if (!isAlive(running.pid)) throw new Error(`emulator: it ended at once; it printed\n${running.output()}`)
    await sleep(50)
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
