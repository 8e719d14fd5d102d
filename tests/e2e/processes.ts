import { type ChildProcess, spawn } from 'node:child_process'
import { delimiter, join } from 'node:path'

export interface Ended {
  code: number | null
  stdout: string
  stderr: string
}

/** A program in a process of its own. */
function run(
  program: string,
  args: readonly string[],
  env: Record<string, string> = {},
): { process: ChildProcess; ended: Promise<Ended> } {
  const child = spawn(program, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, stdout, stderr }))
  })
  return { process: child, ended }
}

export const commandFile = join(import.meta.dirname, '../../packages/cli/droplake.ts')

/** A script of this project in a process of its own. */
export const start = (script: string, args: readonly string[], env: Record<string, string> = {}) =>
  run(process.execPath, [script, ...args], env)

const binaries = join(import.meta.dirname, '../../node_modules/.bin')

/** The command as npx runs it, over one lake. */
export const droplake = (lake: string, ...args: string[]) =>
  run(join(binaries, 'droplake'), args, {
    DROPLAKE_LAKE: lake,
    PATH: [binaries, process.env.PATH].join(delimiter),
  })
