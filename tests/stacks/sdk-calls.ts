import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { root } from './paths.ts'

/** A command of the AWS SDK that a service can come to send. */
export interface SdkCall {
  /** `s3`, as in `@aws-sdk/client-s3` */
  client: string
  /** `GetObject` */
  command: string
  /** Names of the input's fields as far as they stand in the code. */
  fields: string[]
}

/** What each service sends to AWS, derived from its code. It needs the platform's TypeScript, so it is a process of its own. */
export async function sdkCalls(services: readonly string[]): Promise<Record<string, SdkCall[]>> {
  const program = join(import.meta.dirname, 'program/sdk-calls.mts')
  const { stdout } = await promisify(execFile)(process.execPath, [program, ...services], {
    cwd: root,
    timeout: 120_000,
  })
  return JSON.parse(stdout)
}
