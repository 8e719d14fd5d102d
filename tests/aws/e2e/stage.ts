import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { AthenaClient } from '@aws-sdk/client-athena'
import { GlueClient } from '@aws-sdk/client-glue'
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { S3Client } from '@aws-sdk/client-s3'
import { DescribeExecutionCommand, SFNClient } from '@aws-sdk/client-sfn'
import { DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { athenaEngine } from '@droplake/lake/athena-engine'
import { glueCatalog } from '@droplake/lake/glue-catalog'
import { s3Store } from '@droplake/lake/s3-store'
import { keys } from '@droplake/pipeline/keys'
import type { LakeState } from '@droplake/pipeline/lake-state'
import { readState } from '@droplake/pipeline/log'
import { pendingSources } from '@droplake/pipeline/markers'
import { readRecord } from '@droplake/pipeline/records'
import type { Report } from '@droplake/pipeline/report'
import { evaluate } from '../../stacks/evaluate.ts'
import { emulatedAws } from '../emulated-aws.ts'
import { inferring } from '../emulator/crawler.ts'
import { deploy } from '../emulator/deploy.ts'
import { startFaultProxy } from '../emulator/fault-proxy.ts'
import { lambdaFaults } from '../emulator/faults.ts'
import { ruleTargets } from '../emulator/rule-target.ts'
import { startStepFunctions } from '../emulator/step-functions.ts'

export type Stage = Awaited<ReturnType<typeof openStage>>

/** A personal stage as its graph says, deployed to the emulators, with the dataset Olist. */
export async function openStage() {
  const aws = emulatedAws()
  const folder = await mkdtemp(join(tmpdir(), 'droplake-stage-'))
  const glue = await startFaultProxy(aws.env.AWS_ENDPOINT_URL_GLUE ?? aws.endpoint)
  const athena = await startFaultProxy(aws.env.AWS_ENDPOINT_URL_ATHENA ?? aws.endpoint)
  const stepFunctions = await startStepFunctions({
    athena: athena.endpoint,
    glue: glue.endpoint,
    others: aws.endpoint,
  })
  const env = {
    ...aws.env,
    ...stepFunctions.env,
    AWS_ENDPOINT_URL_GLUE: glue.endpoint,
    AWS_ENDPOINT_URL_ATHENA: athena.endpoint,
  }
  Object.assign(process.env, env)
  // The query engine starts with the first query, and takes its time.
  const warm = athenaEngine({ client: new AthenaClient(), workgroup: 'primary', database: 'default' })
    .run('select 1')
    .catch(() => {})
  const faults = lambdaFaults(join(folder, 'faults'))
  const graph = await evaluate('dev')
  const deployment = await deploy(graph, {
    ...env,
    EMULATOR_FAULTS: faults.folder,
    DROPLAKE_SETTLE_SECONDS: '1',
    DROPLAKE_CRAWL_POLL_SECONDS: '1',
  })
  const rules = ruleTargets(deployment)
  const store = s3Store({ client: new S3Client(), bucket: deployment.bucket })
  glue.faults.push(inferring(store, aws.env.AWS_ENDPOINT_URL_GLUE ?? aws.endpoint))
  const { databasePrefix, workgroup } = deployment
  const engine = athenaEngine({ client: new AthenaClient(), workgroup, database: `${databasePrefix}olist_build` })
  const catalog = glueCatalog({ client: new GlueClient(), locate: store.locate, databasePrefix })

  async function execution(executionArn: string) {
    for (;;) {
      const found = await new SFNClient().send(new DescribeExecutionCommand({ executionArn }))
      if (found.status !== 'RUNNING') return { ...found, output: JSON.parse(found.output ?? 'null') }
      await sleep(200)
    }
  }

  /** How every execution ended, for a person who looks for what went wrong. */
  async function story(): Promise<string> {
    const lines: string[] = []
    for (const { arn } of await rules.executions()) {
      const { status, error, cause, output } = await new SFNClient().send(
        new DescribeExecutionCommand({ executionArn: arn }),
      )
      lines.push([arn.split(':').at(-1), status, error, cause, output].filter((part) => part).join(' '))
    }
    return lines.join('\n')
  }

  /** Waits until every event was delivered, every bell answered and no run is under way. */
  async function quiet(options: { timeoutMs?: number } = {}): Promise<LakeState> {
    const deadline = Date.now() + (options.timeoutMs ?? 420_000)
    for (;;) {
      await sleep(1000)
      const running = (await rules.executions()).filter(({ status }) => status === 'RUNNING')
      const state = await readState(store, 'olist')
      const pending = await pendingSources(store, 'olist')
      if (running.length === 0 && !state.unfinished && pending.length === 0 && rules.idle()) return state
      if (Date.now() > deadline)
        throw new Error(
          `stage: not quiet: ${JSON.stringify({ unfinished: state.unfinished, pending, ended: state.ended })}\n${await story()}`,
        )
    }
  }

  async function until(holds: () => Promise<boolean>, timeoutMs = 300_000): Promise<void> {
    const deadline = Date.now() + timeoutMs
    while (!(await holds())) {
      if (Date.now() > deadline) throw new Error(`stage: it never came to be\n${await story()}`)
      await sleep(300)
    }
  }

  return {
    ...deployment,
    graph,
    env,
    store,
    engine,
    catalog,
    faults,
    glue,
    athena,
    rules,
    execution,
    story,
    until,
    async invoke(service: string, event: object): Promise<unknown> {
      const FunctionName = deployment.functions[service]
      const { Payload, FunctionError } = await new LambdaClient().send(
        new InvokeCommand({ FunctionName, Payload: JSON.stringify(event) }),
      )
      const answer = Buffer.from(Payload ?? []).toString()
      if (FunctionError) throw new Error(`${service}: ${answer}`)
      return JSON.parse(answer)
    },
    quiet,
    state: () => readState(store, 'olist'),
    report: (run: string) => readRecord<Report>(store, keys.report(run)),
    /** Messages of the alert feed that nobody took yet. */
    alerts: () => takeAlerts(deployment.alerts),
    async close() {
      await warm
      await rules.stop()
      await stepFunctions.stop()
      await Promise.all([glue.stop(), athena.stop()])
      await rm(folder, { recursive: true, force: true })
    },
  }
}

export interface Message {
  subject: string
  text: string
  attributes: Record<string, string>
}

async function takeAlerts(QueueUrl: string): Promise<Message[]> {
  const client = new SQSClient()
  const taken: Message[] = []
  for (;;) {
    const { Messages = [] } = await client.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }))
    if (Messages.length === 0) return taken
    for (const { Body, ReceiptHandle } of Messages) {
      const { Subject, Message, MessageAttributes = {} } = JSON.parse(Body ?? '{}')
      const values = Object.entries(MessageAttributes as Record<string, { Value: string }>)
      taken.push({
        subject: Subject,
        text: Message,
        attributes: Object.fromEntries(values.map(([k, v]) => [k, v.Value])),
      })
      await client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }))
    }
  }
}
