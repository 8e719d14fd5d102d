import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'

export interface Answer {
  code: number | null
  stdout: string
  stderr: string
}

const bin = join(import.meta.dirname, '../droplake.ts')

/** Runs the command as a user's shell does, outside of any terminal. `during` may signal it while it runs. */
export function droplake(
  args: readonly string[],
  options: { env?: Record<string, string>; during?: (child: ChildProcess, stderr: string) => void } = {},
): Promise<Answer> {
  const { PATH = '' } = process.env
  const child = spawn(process.execPath, [bin, ...args], { env: { PATH, ...options.env } })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
    options.during?.(child, stderr)
  })
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, stdout, stderr }))
  })
}
