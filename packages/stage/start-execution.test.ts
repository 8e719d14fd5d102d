import { beforeEach, describe, expect, it } from 'vitest'
import { startExecution, stateOf } from './start-execution.ts'
import { Refused } from './testing/aws-server.ts'
import { testOutputs } from './testing/outputs.ts'
import { useAws } from './testing/use-aws.ts'

const { aws, answers, clients } = await useAws()

const executionArn = 'arn:aws:states:us-east-1:123456789012:execution:droplake-dev-pipeline:one'
const admitted = { outcome: 'begun', dataset: 'olist', run: '20260301T120000000Z-1a2b3c4d' }
const entered = (id: number, name: string) => ({
  id,
  type: 'TaskStateEntered',
  timestamp: 1_772_366_400,
  stateEnteredEventDetails: { name },
})
const exited = (id: number, name: string, output: unknown) => ({
  id,
  type: 'TaskStateExited',
  timestamp: 1_772_366_400,
  stateExitedEventDetails: { name, output: JSON.stringify(output) },
})

/** An execution that tells these things of itself, one after the other, and then the last of them for ever. */
function runs(statuses: { status: string; output?: unknown; error?: string; cause?: string; events?: unknown[] }[]) {
  let look = -1
  const now = () => statuses[Math.min(look, statuses.length - 1)]
  answers.StartExecution = ({ input }) => {
    started.push(JSON.parse(String(input)))
    return { executionArn, startDate: 1_772_366_400 }
  }
  answers.DescribeExecution = () => {
    look += 1
    const { status, output, error, cause } = now()!
    return { executionArn, status, output: output === undefined ? undefined : JSON.stringify(output), error, cause }
  }
  answers.GetExecutionHistory = () => ({ events: now()?.events ?? [] })
}

let started: unknown[] = []
beforeEach(() => {
  started = []
})
const start = (signal = new AbortController().signal) =>
  startExecution(clients.sfn, {
    stateMachineArn: testOutputs.stateMachine,
    input: { dataset: 'olist' },
    pollMs: 5,
    signal,
  })

describe('an execution that was started', () => {
  it('tells what Admit answered while it runs, and its output when it has succeeded', async () => {
    runs([
      { status: 'RUNNING', events: [entered(2, 'Admit')] },
      { status: 'RUNNING', events: [entered(2, 'Admit'), exited(6, 'Admit', admitted)] },
      { status: 'SUCCEEDED', output: { ...admitted, finish: {} } },
    ])
    const execution = start()
    expect(await execution.admitted).toEqual(admitted)
    expect(await execution.ended).toEqual({ output: { ...admitted, finish: {} } })
    expect(started).toEqual([{ dataset: 'olist' }])
  })

  it('tells the answer also when it ended before it was looked at', async () => {
    runs([
      { status: 'SUCCEEDED', output: { outcome: 'coalesced' }, events: [exited(6, 'Admit', { outcome: 'coalesced' })] },
    ])
    expect(await start().admitted).toEqual({ outcome: 'coalesced' })
  })

  it('ends with an error that says why when it failed, and has no answer when Admit had none', async () => {
    const cause = JSON.stringify({ errorType: 'Error', errorMessage: 'contracts: no dataset olits' })
    runs([{ status: 'FAILED', error: 'Error', cause }])
    const execution = start()
    expect((await execution.ended).error?.message).toBe(
      'stage: execution one failed: Error: contracts: no dataset olits',
    )
    expect(await execution.admitted).toBeUndefined()
  })

  it('ends with an error when it may not be started', async () => {
    answers.StartExecution = () => {
      throw new Refused('AccessDeniedException', 'no')
    }
    const execution = start()
    expect((await execution.ended).error?.name).toBe('AccessDeniedException')
    expect(await execution.admitted).toBeUndefined()
  })

  it('is left alone once the signal fires', async () => {
    runs([{ status: 'RUNNING' }])
    const controller = new AbortController()
    const execution = start(controller.signal)
    setTimeout(() => controller.abort(), 30)
    expect((await execution.ended).error).toBeDefined()
    expect(aws.asked).not.toContain('StopExecution')
  })
})

it('the state of an execution is the last one that it entered', async () => {
  answers.GetExecutionHistory = ({ reverseOrder }) => ({
    events: [{ id: 9, type: 'MapStateStarted', timestamp: 1 }, entered(8, 'Tables'), entered(5, 'Plan')].filter(
      () => reverseOrder === true,
    ),
  })
  expect(await stateOf(clients.sfn, executionArn)).toBe('Tables')
  answers.GetExecutionHistory = () => ({ events: [] })
  expect(await stateOf(clients.sfn, executionArn)).toBeUndefined()
})
