import { setTimeout as sleep } from 'node:timers/promises'
import {
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  type SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn'
import type { Execution } from '@droplake/pipeline/place'
import { publicCause } from '@droplake/pipeline/public-text'

/** An execution ended other than by succeeding. Whether its run did anything is in the log. */
export class ExecutionFailed extends Error {
  override readonly name = 'ExecutionFailed'
  /** Name of the error that ended it, and what it said. */
  readonly error: string
  readonly reason: string
  constructor(message: string, { error = '', reason = '' }: { error?: string; reason?: string } = {}) {
    super(message)
    this.error = error
    this.reason = reason
  }
}

/** Admit is the first state: its answer is among the first events. */
const firstEvents = 30

/** Starts an execution and follows it until it ends or the signal fires, which ends only the following. */
export function startExecution(
  client: SFNClient,
  options: { stateMachineArn: string; input: unknown; pollMs: number; signal: AbortSignal },
): Execution {
  const { stateMachineArn, input, pollMs, signal } = options
  const admitted = Promise.withResolvers<unknown>()
  let isAdmitted = false
  const admit = (answer: unknown) => {
    isAdmitted = true
    admitted.resolve(answer)
  }
  async function follow(): Promise<unknown> {
    const started = await client.send(new StartExecutionCommand({ stateMachineArn, input: JSON.stringify(input) }))
    const executionArn = started.executionArn ?? ''
    for (;;) {
      const { status, output, error, cause } = await client.send(new DescribeExecutionCommand({ executionArn }))
      if (!isAdmitted) {
        const answer = await answerOf(client, executionArn)
        if (answer !== undefined) admit(answer)
      }
      if (status === 'SUCCEEDED') return output === undefined ? undefined : JSON.parse(output)
      if (status !== 'RUNNING' && status !== 'PENDING_REDRIVE')
        throw new ExecutionFailed(
          `stage: execution ${nameOf(executionArn)} ${status?.toLowerCase()}${error ? `: ${error}` : ''}${cause ? `: ${publicCause(cause)}` : ''}`,
          { error: error ?? '', reason: publicCause(cause) },
        )
      await sleep(pollMs, undefined, { signal })
    }
  }
  async function settle(): ReturnType<() => Execution['ended']> {
    try {
      return { output: await follow() }
    } catch (thrown) {
      return { error: thrown instanceof Error ? thrown : new Error(String(thrown)) }
    } finally {
      admit(undefined)
    }
  }
  return { admitted: admitted.promise, ended: settle() }
}

const nameOf = (arn: string) => arn.split(':').at(-1) ?? arn

/** What Admit answered, once it has. */
async function answerOf(client: SFNClient, executionArn: string): Promise<unknown> {
  const { events = [] } = await client.send(
    new GetExecutionHistoryCommand({ executionArn, maxResults: firstEvents, includeExecutionData: true }),
  )
  const exited = events.find(({ stateExitedEventDetails }) => stateExitedEventDetails?.name === 'Admit')
  const output = exited?.stateExitedEventDetails?.output
  return output === undefined ? undefined : JSON.parse(output)
}

/** The state that an execution entered last; undefined before the first. */
export async function stateOf(client: SFNClient, executionArn: string): Promise<string | undefined> {
  const { events = [] } = await client.send(
    new GetExecutionHistoryCommand({
      executionArn,
      maxResults: 20,
      reverseOrder: true,
      includeExecutionData: false,
    }),
  )
  const newestFirst = events.toSorted((a, b) => (b.id ?? 0) - (a.id ?? 0))
  return newestFirst
    .map(({ stateEnteredEventDetails }) => stateEnteredEventDetails?.name)
    .find((name) => name !== undefined)
}
