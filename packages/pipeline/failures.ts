import type { ObjectStore } from '@droplake/lake/object-store'
import { keys } from './keys.ts'
import { publicCause } from './public-text.ts'
import { createRecord, findIntact } from './records.ts'

/** Steps that run once per item of a table, and once per table. */
export type TableStep = 'Index' | 'Clean' | 'Accept' | 'Dedupe' | 'Enrich'

/** Which call of a run failed; `table` is absent where the items of all tables are counted together. */
export interface FailedCall {
  step: TableStep
  table?: string
  item: number
}

/** Why a call of a step failed, as the state machine saw it: also where the service was stopped and could say nothing. */
export interface Failure {
  /** The error's name, or the code of a system error. */
  name: string
  message: string
}

export async function recordFailure(
  store: ObjectStore,
  run: string,
  call: FailedCall,
  error: { Error: string; Cause?: string },
): Promise<void> {
  const failure: Failure = { name: error.Error, message: publicCause(error.Cause) }
  await createRecord(store, keys.failed(run, call), failure)
}

/** Nothing was recorded only where the service could not be reached or the store refused: no file is to blame for that. */
export const findFailure = async (store: ObjectStore, run: string, call: FailedCall): Promise<Failure> =>
  (await findIntact<Failure>(store, keys.failed(run, call))) ?? { name: 'Lambda.NoAnswer', message: '' }

/** Error names that blame the service, the machine, a permission, the contract or a stored file, not the new file. */
const notItsOwn = [
  /^Lambda\.(?!Unknown)/,
  /AccessDenied|Forbidden|Credentials|Token|Throttl|TooMany|SlowDown|TimeoutError|RequestTimeout|Networking/,
  /ServiceUnavailable|ServiceException|InternalError|InternalServer/,
  /^(DamagedObject|LayoutRefused|Fenced|DataDependency)$/,
  /^E[A-Z_]+$/,
]

export const isItsOwn = (error: string) => !notItsOwn.some((pattern) => pattern.test(error))

/** Names under which a step ends that could not say anything itself: AWS stopped it. */
const losses: [RegExp, string][] = [
  [/^(Sandbox\.Timedout|States\.Timeout)$/, 'ran out of time'],
  [/^(Runtime\.ExitError|Runtime\.OutOfMemory|Lambda\.Unknown)$/, 'died, most likely out of memory'],
]

/** What a failure says to people. `of`: the file or the table that the step worked on. */
export function explain({ name, message }: Failure, { step, of }: { step: TableStep; of: string }): string {
  const how = losses.find(([pattern]) => pattern.test(name))?.[1]
  if (!how) return message || name
  const services = step === 'Clean' || step === 'Index' ? 'clean and index' : step.toLowerCase()
  return `${of}: the service of ${step} ${how} (${name}); give ${services} more memory in the stage's settings, or split the file`
}
