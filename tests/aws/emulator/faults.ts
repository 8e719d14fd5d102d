import { randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/** What befalls one invocation of a function before its handler is called. */
export interface LambdaFault {
  /** Only an event whose JSON holds this text. */
  matches?: string
  /** The error's name, as the state machine sees it. */
  error?: string
  message?: string
}

/** Faults of the emulated Lambda service: files in a folder that its runtime looks into. */
export function lambdaFaults(folder: string) {
  mkdirSync(folder, { recursive: true })
  const lay = (functionName: string, fault: object) =>
    writeFileSync(join(folder, `${functionName}.${randomUUID()}`), JSON.stringify(fault))
  return {
    folder,
    /** The next `times` invocations fail. */
    fail(functionName: string, fault: LambdaFault & { times?: number }) {
      const { times = 1, message = 'on purpose', ...rest } = fault
      for (let n = 0; n < times; n++) lay(functionName, { ...rest, message })
    },
    /** The next invocation sleeps before its handler until it is woken. `fell`: whether it sleeps by now. */
    pause(functionName: string, fault: Pick<LambdaFault, 'matches'> = {}) {
      const pausedBy = join(folder, `pause.${randomUUID()}`)
      writeFileSync(pausedBy, '')
      lay(functionName, { ...fault, pausedBy })
      return {
        /** Resolves when the invocation is over: `done`, or the name of its error. */
        async wake(): Promise<string> {
          rmSync(pausedBy, { force: true })
          for (let waited = 0; !existsSync(`${pausedBy}.done`); waited += 50) {
            if (waited > 60_000) throw new Error(`faults: ${functionName} does not end; its Lambda may have timed out`)
            await sleep(50)
          }
          return readFileSync(`${pausedBy}.done`, 'utf8')
        },
        fell: () => !readdirSync(folder).some((name) => name.startsWith(`${functionName}.`)) && existsSync(pausedBy),
      }
    },
    /** Faults that befell nobody yet. */
    left: (functionName: string) => readdirSync(folder).filter((name) => name.startsWith(`${functionName}.`)).length,
  }
}
