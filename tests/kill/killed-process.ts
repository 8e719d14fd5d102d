import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/** The Node that comes with the project, which runs TypeScript as it is. */
export const node = join(import.meta.dirname, '../../node_modules/.bin/node')

export interface Run {
  child: ChildProcess
  /** Settles when the process has told something on its standard output. */
  told: Promise<void>
  exit: Promise<{ code: number | null; signal: NodeJS.Signals | null }>
}

export function run(script: string, args: readonly string[]): Run {
  const child = spawn(node, [script, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
  const exit = once(child, 'exit').then(([code, signal]) => ({ code, signal }))
  const told = Promise.race([once(child.stdout, 'data'), exit]).then(() => {})
  return { child, told, exit }
}

/** Kills it that many milliseconds after it told something; false when it was over before. */
export async function killAfter({ child, told, exit }: Run, ms: number): Promise<boolean> {
  await told
  await Promise.race([sleep(ms), exit])
  child.kill('SIGKILL')
  return (await exit).signal === 'SIGKILL'
}
