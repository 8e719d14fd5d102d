import { AthenaServiceException, type QueryExecution } from '@aws-sdk/client-athena'
import { about } from './aws-error.ts'
import { QueryFailed } from './query-engine.ts'

/** Athena's categories: 1 system, 2 user, 3 other. */
const userCategory = 2

/** Errors that Athena's engine counts among those of what surrounds it, and that a statement is to blame for. */
const ofTheStatement = /^(?:HIVE_PATH_ALREADY_EXISTS|HIVE_TOO_MANY_OPEN_PARTITIONS)\b/

/** Why a statement did not succeed. */
export function queryFailure({ QueryExecutionId, Status = {} }: QueryExecution): QueryFailed {
  const { State, StateChangeReason, AthenaError } = Status
  const reason = oneLine(StateChangeReason ?? AthenaError?.ErrorMessage ?? 'Athena gives no reason')
  if (State === 'CANCELLED') return new QueryFailed('engine', `CANCELLED: ${QueryExecutionId} was stopped: ${reason}`)
  const isUsers = AthenaError?.ErrorCategory === userCategory || ofTheStatement.test(reason)
  return new QueryFailed(isUsers ? 'user' : 'engine', reason)
}

/** Asked too often, or out of order for a moment: whoever called the step tries it again, by the error's name. */
const passing =
  /^(?:ThrottlingException|TooManyRequestsException|ServiceUnavailable|InternalServerException|TimeoutError)$/

/** Of what Athena's API answers only a request that it calls invalid is the user's. */
export function serviceFailure(error: unknown): unknown {
  if (error instanceof QueryFailed) return error
  const name = error instanceof Error ? error.name : 'unknown'
  if (passing.test(name)) return about(error, 'query: Athena cannot be asked')
  const message = oneLine(error instanceof Error ? error.message : String(error))
  if (error instanceof AthenaServiceException && name === 'InvalidRequestException')
    return new QueryFailed('user', message, { cause: error })
  return new QueryFailed('engine', `${name}: ${message}`, { cause: error })
}

const oneLine = (text: string) => text.replace(/\s*\n\s*/g, ' ').trim()
