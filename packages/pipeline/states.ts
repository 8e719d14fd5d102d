import type { TableStep } from './failures.ts'

/** The Lambda services that the state machine calls; a folder each under `services/`. */
export const serviceNames = [
  'admit',
  'plan',
  'index',
  'clean',
  'accept',
  'dedupe',
  'enrich',
  'ingest',
  'catalog',
  'quality',
  'models',
  'publish',
  'finish',
  'notify',
] as const
export type ServiceName = (typeof serviceNames)[number]

/** What the definition is deployed on: function ARNs (or names) and the Athena workgroup. */
export interface Resources {
  functions: Record<ServiceName, string>
  workgroup: string
}

export type State = { Type: string; [field: string]: unknown }
export interface StateMachine {
  Comment?: string
  StartAt: string
  TimeoutSeconds?: number
  States: Record<string, State>
}

/** A state that calls a service; `rest` are its other fields. */
export type Call = (service: ServiceName, payload: Record<string, unknown>, rest: Record<string, unknown>) => State

/** How a service integration names that it was asked too often. */
export const throttled = (service: string) =>
  ['ThrottlingException', 'TooManyRequestsException', 'LimitExceededException'].map((name) => `${service}.${name}`)

/** Errors of the services themselves, not of what they were asked to do. The SDK's own retries come before. */
export const transient = {
  ErrorEquals: [
    'Lambda.ServiceException',
    'Lambda.AWSLambdaException',
    'Lambda.SdkClientException',
    'Lambda.ClientExecutionTimeoutException',
    'Lambda.TooManyRequestsException',
    ...throttled('Athena'),
    'SlowDown',
    'ServiceUnavailable',
    'InternalServerException',
    'ThrottlingException',
    'TooManyRequestsException',
    // Of a Lambda's own connections.
    'TimeoutError',
    'ECONNRESET',
    'ETIMEDOUT',
  ],
  IntervalSeconds: 2,
  BackoffRate: 2,
  MaxDelaySeconds: 60,
  MaxAttempts: 6,
  JitterStrategy: 'FULL',
}

/** A task that calls a Lambda, by its ARN or name. */
export const invoke = (
  functionName: string,
  payload: Record<string, unknown>,
  rest: Record<string, unknown>,
): State => ({
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke',
  Parameters: { FunctionName: functionName, Payload: payload },
  TimeoutSeconds: 900,
  Retry: [transient],
  ...rest,
})

export const runPayload = { 'dataset.$': '$.dataset', 'run.$': '$.run' }
export const tablePayload = { ...runPayload, 'table.$': '$.table' }
export const caught = (next: string, resultPath = '$.error') => [
  { ErrorEquals: ['States.ALL'], ResultPath: resultPath, Next: next },
]

/** Notes why a call of a step failed; `payload` says which. That it cannot be noted keeps nothing from going on. */
export const noteFailure = (call: Call, step: TableStep, payload: Record<string, unknown>, next: string): State =>
  call(
    'accept',
    { ...payload, failed: step, 'error.$': '$.error' },
    { ResultPath: null, Catch: caught(next, '$.notNoted'), Next: next },
  )

/**
 * A Distributed Map over a range of numbers: each item's work is one call. A failed item does not stop the others: why it
 * failed is noted, and the step after it sees by the done records what is missing.
 */
export function distributed(
  call: Call,
  itemsPath: string,
  name: string,
  payload: Record<string, unknown>,
  options: { step: TableStep; work: State; names: [string, string, string]; Next: string },
): State {
  const [work, done, failed] = options.names
  return {
    Type: 'Map',
    ItemsPath: itemsPath,
    MaxConcurrency: 40,
    ItemSelector: { ...payload, [`${name}.$`]: '$$.Map.Item.Value' },
    ItemProcessor: {
      ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
      StartAt: work,
      States: {
        [work]: { ...options.work, ResultPath: null, Catch: caught(failed), Next: done },
        [failed]: noteFailure(call, options.step, { ...payload, 'item.$': `$.${name}` }, done),
        [done]: { Type: 'Pass', Parameters: { [`${name}.$`]: `$.${name}` }, End: true },
      },
    },
    ResultPath: null,
    Next: options.Next,
  }
}
