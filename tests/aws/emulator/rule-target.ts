import { setTimeout as sleep } from 'node:timers/promises'
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { DescribeExecutionCommand, paginateListExecutions, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn'
import { DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import type { Deployment } from './deploy.ts'

const badEnds = ['FAILED', 'TIMED_OUT', 'ABORTED']

/**
 * Plays the two targets of EventBridge that the emulators lack: starts an execution for each event that the deployed rule
 * let through, and hands every execution that did not end well to `wake`, as the rule of ended executions does.
 */
export function ruleTargets(deployment: Deployment) {
  const sqs = new SQSClient()
  const sfn = new SFNClient()
  const handed = new Set<string>()
  let open = true
  let delivering = true
  /** Rounds in a row that delivered nothing. */
  let idleRounds = 0

  async function start(input: unknown, stateMachineArn = deployment.stateMachine): Promise<string> {
    const started = await sfn.send(new StartExecutionCommand({ stateMachineArn, input: JSON.stringify(input) }))
    return started.executionArn ?? ''
  }

  /** Of both machines, whoever started them, the oldest first. */
  async function executions(): Promise<{ arn: string; status: string }[]> {
    const found: { arn: string; status: string; at: number }[] = []
    for (const stateMachineArn of [deployment.stateMachine, deployment.sweepStateMachine])
      for await (const { executions = [] } of paginateListExecutions({ client: sfn }, { stateMachineArn }))
        for (const { executionArn = '', status = '', startDate } of executions)
          found.push({ arn: executionArn, status, at: startDate?.getTime() ?? 0 })
    return found.sort((a, b) => a.at - b.at)
  }

  async function deliver(): Promise<void> {
    const QueueUrl = deployment.events
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }))
    idleRounds = Messages.length > 0 ? 0 : idleRounds + 1
    for (const { Body, ReceiptHandle } of Messages) {
      if (delivering) await start(JSON.parse(Body ?? '{}'))
      await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }))
    }
  }

  async function recover(): Promise<void> {
    for (const { arn: executionArn, status } of await executions()) {
      if (handed.has(executionArn) || !badEnds.includes(status)) continue
      handed.add(executionArn)
      const { startDate, input, error, cause } = await sfn.send(new DescribeExecutionCommand({ executionArn }))
      const detail = { executionArn, status, startDate: startDate?.getTime() ?? 0, input, error, cause }
      const event = { source: 'aws.states', 'detail-type': 'Step Functions Execution Status Change', detail }
      await new LambdaClient().send(
        new InvokeCommand({ FunctionName: deployment.functions.wake, Payload: JSON.stringify(event) }),
      )
    }
  }

  const work = async () => {
    while (open) {
      await deliver()
      await recover()
      await sleep(200)
    }
  }
  const working = work()
  return {
    executions,
    start,
    /** Whether every event so far has been delivered. */
    idle: () => idleRounds > 3,
    /** While it is on, events are lost, as they may be. */
    losing(lost: boolean) {
      delivering = !lost
    },
    async stop() {
      open = false
      await working
    },
  }
}
