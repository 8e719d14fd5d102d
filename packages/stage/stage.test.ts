import { builtIn } from '@droplake/contracts/registry'
import type { Holder } from '@droplake/pipeline/lake-state'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { examineStage } from './examine-stage.ts'
import { openStage, type Stage } from './stage.ts'
import { sweepStage } from './sweep.ts'
import { type Answer, type AwsServer, Refused, startAws } from './testing/aws-server.ts'
import { testOutputs, useEndpoint } from './testing/outputs.ts'

const answers: Record<string, Answer> = {}
const before = { ...process.env }
let aws: AwsServer
let stage: Stage
const local: Holder = { kind: 'local', host: 'here', boot: '', pid: 1, started: '', execution: 'x' }
beforeAll(async () => {
  aws = await startAws(answers)
  useEndpoint(aws.endpoint)
  stage = openStage({
    outputs: testOutputs,
    datasets: builtIn,
    models: async () => [],
    executions: { holder: () => local, alive: async () => false },
    pollMs: 5,
  })
})
afterAll(async () => {
  await stage.close()
  process.env = before
  await aws.close()
})

const tag = (name: string, content: string) =>
  `<${name} xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${content}</${name}>`
const subscriptions = (...arns: string[]) =>
  `<ListSubscriptionsByTopicResponse><ListSubscriptionsByTopicResult><Subscriptions>${arns.map((arn) => `<member><SubscriptionArn>${arn}</SubscriptionArn></member>`).join('')}</Subscriptions></ListSubscriptionsByTopicResult></ListSubscriptionsByTopicResponse>`

/** A sound stage. */
const sound: Record<string, Answer> = {
  'HEAD /lake-dev': () => '',
  'GET /lake-dev?versioning': () => tag('VersioningConfiguration', '<Status>Enabled</Status>'),
  'GET /lake-dev?notification': () => tag('NotificationConfiguration', '<EventBridgeConfiguration/>'),
  DescribeRule: () => ({ Name: testOutputs.rule, State: 'ENABLED' }),
  ListTargetsByRule: () => ({ Targets: [{ Id: '1', Arn: testOutputs.stateMachine }] }),
  DescribeStateMachine: ({ stateMachineArn }) => ({ stateMachineArn, name: 'it', status: 'ACTIVE', type: 'STANDARD' }),
  GetWorkGroup: () => ({ WorkGroup: { Name: testOutputs.workgroup, State: 'ENABLED' } }),
  StartQueryExecution: () => ({ QueryExecutionId: 'q' }),
  GetQueryExecution: () => ({
    QueryExecution: { QueryExecutionId: 'q', Status: { State: 'SUCCEEDED' }, StatementType: 'DML' },
  }),
  GetQueryResults: () => ({
    ResultSet: {
      Rows: [{ Data: [{ VarCharValue: '_col0' }] }, { Data: [{ VarCharValue: '1' }] }],
      ResultSetMetadata: { ColumnInfo: [{ Name: '_col0', Type: 'integer' }] },
    },
  }),
  GetDatabase: ({ Name }) => ({ Database: { Name } }),
  GetCrawler: ({ Name }) => ({ Crawler: { Name, State: 'READY', LastCrawl: { Status: 'SUCCEEDED' } } }),
  ListSubscriptionsByTopic: () => subscriptions('arn:aws:sns:us-east-1:1:t:1'),
}
beforeEach(() => {
  for (const name of Object.keys(answers)) delete answers[name]
  Object.assign(answers, sound)
})

describe('a look at a stage', () => {
  it('finds nothing wrong with a sound one', async () => {
    const found = await examineStage(stage)
    expect(found.filter(({ state }) => state !== 'ok')).toEqual([])
    expect(found.map(({ subject }) => subject)).toEqual([
      'credentials',
      'bucket',
      'rule',
      'pipeline',
      'sweep',
      'workgroup',
      'databases',
      'crawlers',
      'alerts',
    ])
    expect(found[0]?.text).toBe('access key …TEST; region us-east-1')
    expect(JSON.stringify(found)).not.toContain('secret')
  })

  const refuse = (name: string, status?: number) => () => {
    throw new Refused(name, 'no', status)
  }
  it.each<[string, Record<string, Answer>, { state: string; subject: string; text: string; mend: string }]>([
    [
      'a bucket without versions',
      { 'GET /lake-dev?versioning': () => tag('VersioningConfiguration', '') },
      { state: 'fail', subject: 'bucket', text: 'keeps no versions', mend: 'npx sst deploy --stage dev' },
    ],
    [
      'a bucket that tells nobody',
      { 'GET /lake-dev?notification': () => tag('NotificationConfiguration', '') },
      { state: 'fail', subject: 'bucket', text: 'no new files', mend: 'npx sst deploy' },
    ],
    [
      'a bucket that is gone',
      { 'HEAD /lake-dev': refuse('', 404) },
      { state: 'fail', subject: 'bucket', text: 'bucket lake-dev is not there', mend: 'npx sst deploy' },
    ],
    [
      'a rule that is disabled',
      { DescribeRule: () => ({ State: 'DISABLED' }) },
      {
        state: 'fail',
        subject: 'rule',
        text: 'is disabled',
        mend: 'aws events enable-rule --region us-east-1 --name droplake-dev-drops',
      },
    ],
    [
      'a rule with another target',
      { ListTargetsByRule: () => ({ Targets: [] }) },
      { state: 'fail', subject: 'rule', text: 'does not start the pipeline', mend: 'npx sst deploy' },
    ],
    [
      'a permission that is missing',
      { DescribeStateMachine: refuse('AccessDeniedException') },
      { state: 'fail', subject: 'pipeline', text: 'not allowed: states:DescribeStateMachine', mend: 'let the role' },
    ],
    [
      'a state machine that goes',
      { DescribeStateMachine: () => ({ name: 'it', status: 'DELETING' }) },
      { state: 'fail', subject: 'sweep', text: 'it is deleting', mend: 'npx sst deploy' },
    ],
    [
      'a workgroup that is disabled',
      { GetWorkGroup: () => ({ WorkGroup: { State: 'DISABLED' } }) },
      { state: 'fail', subject: 'workgroup', text: 'is disabled', mend: '--state ENABLED' },
    ],
    [
      'a database that is gone',
      { GetDatabase: refuse('EntityNotFoundException') },
      {
        state: 'fail',
        subject: 'databases',
        text: 'droplake_dev_olist_raw, droplake_dev_olist_curated',
        mend: 'npx sst deploy',
      },
    ],
    [
      'a crawl that failed',
      { GetCrawler: () => ({ Crawler: { LastCrawl: { Status: 'FAILED', ErrorMessage: 'access' } } }) },
      { state: 'warn', subject: 'crawlers', text: 'failed last time: access', mend: 'its log is in' },
    ],
    [
      'a subscriber who has not confirmed',
      { ListSubscriptionsByTopic: () => subscriptions('PendingConfirmation') },
      { state: 'warn', subject: 'alerts', text: 'nobody has confirmed', mend: 'the link in the mail' },
    ],
    [
      'nobody who gets alerts',
      { ListSubscriptionsByTopic: () => subscriptions() },
      { state: 'warn', subject: 'alerts', text: 'nobody gets them', mend: 'stacks/stages.ts' },
    ],
  ])('finds %s, and says what mends it', async (_, changed, { text, mend, ...rest }) => {
    Object.assign(answers, changed)
    expect((await examineStage(stage)).filter(({ state }) => state !== 'ok')).toContainEqual({
      ...rest,
      text: expect.stringContaining(text),
      mend: expect.stringContaining(mend),
    })
  })
})

describe('a sweep of a stage', () => {
  it('starts the daily machine with the stage’s own defaults and tells what it did', async () => {
    const swept = [{ dataset: 'olist', deleted: 3, bytes: 4, kept: 5 }]
    const inputs: unknown[] = []
    answers.StartExecution = ({ stateMachineArn, input }) => {
      inputs.push(stateMachineArn, JSON.parse(String(input)))
      return { executionArn: 'arn:aws:states:us-east-1:1:execution:s:1', startDate: 1 }
    }
    answers.DescribeExecution = () => ({ status: 'SUCCEEDED', output: JSON.stringify(swept) })
    answers.GetExecutionHistory = () => ({ events: [] })
    expect(await sweepStage(stage, { datasets: ['olist'], keep: 2 })).toEqual(swept)
    expect(inputs).toEqual([testOutputs.sweepStateMachine, { datasets: ['olist'], keep: 2, graceMs: 86_400_000 }])
  })
})

describe('who holds a dataset of a stage', () => {
  it('is alive as long as its execution runs; a process is asked for on its own machine', async () => {
    answers.DescribeExecution = ({ executionArn }) => {
      if (executionArn === 'gone') throw new Refused('ExecutionDoesNotExist', 'no')
      return { status: executionArn }
    }
    const alive = (execution: string) => stage.fx.executions.alive({ kind: 'step-functions', execution })
    expect([await alive('RUNNING'), await alive('SUCCEEDED'), await alive('gone')]).toEqual([true, false, false])
    expect(await stage.fx.executions.alive(local)).toBe(false)
  })

  it('is this process for what is done from here', () => {
    expect(stage.fx.executions.holder('x')).toEqual(local)
  })
})
