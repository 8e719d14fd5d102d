import { GetWorkGroupCommand } from '@aws-sdk/client-athena'
import { GetDatabaseCommand } from '@aws-sdk/client-glue'
import { HeadBucketCommand, HeadObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3'
import { DescribeStateMachineCommand } from '@aws-sdk/client-sfn'
import { ListSubscriptionsByTopicCommand } from '@aws-sdk/client-sns'
import { QueryFailed } from '@droplake/lake/query-engine'
import { s3Store } from '@droplake/lake/s3-store'
import { describe, expect, it, vi } from 'vitest'
import { closeClients, openClients } from './clients.ts'
import { type Explanation, explainError } from './explain-error.ts'
import { Refused, startAws } from './testing/aws-server.ts'
import { testOutputs } from './testing/outputs.ts'
import { useAws } from './testing/use-aws.ts'

const { stateMachine: stateMachineArn, topic } = testOutputs
const unauthorized =
  'User: arn:aws:iam::1:user/ann is not authorized to perform: states:DescribeStateMachine on resource: arn:aws:states:us-east-1:1:stateMachine:x because no identity-based policy allows it'

const { answers, clients } = await useAws()

/** What becomes of a request that is refused so. */
async function explained(
  operation: string,
  refusal: Refused,
  ask: () => Promise<unknown>,
): Promise<Explanation | undefined> {
  answers[operation] = () => {
    throw refusal
  }
  return explainError(await ask().catch((error: unknown) => error), testOutputs)
}
const list = () => clients.s3.send(new ListObjectsV2Command({ Bucket: 'lake-dev' }))
const head = () => clients.s3.send(new HeadBucketCommand({ Bucket: 'lake-dev' }))
const machine = () => clients.sfn.send(new DescribeStateMachineCommand({ stateMachineArn }))

describe('an error of AWS', () => {
  it.each([
    [
      'credentials that have expired',
      'GET /lake-dev?list',
      new Refused('ExpiredToken', 'expired'),
      list,
      'credentials',
      'expired',
      'aws sso login',
    ],
    [
      'credentials that have expired, to HEAD',
      'HEAD /lake-dev',
      new Refused('', '', 400),
      head,
      'credentials',
      'expired',
      'aws sso login',
    ],
    [
      'credentials that nobody knows',
      'DescribeStateMachine',
      new Refused('UnrecognizedClientException', 'invalid'),
      machine,
      'credentials',
      'does not accept',
      'AWS_PROFILE',
    ],
    [
      'a permission, as the message says',
      'DescribeStateMachine',
      new Refused('AccessDeniedException', unauthorized),
      machine,
      'access',
      'not allowed: states:DescribeStateMachine on arn:aws:states:us-east-1:1:stateMachine:x',
      'let the role',
    ],
    [
      'a permission, where the message says nothing',
      'GET /lake-dev?list',
      new Refused('AccessDenied', 'Access Denied', 403),
      list,
      'access',
      'not allowed: s3:ListObjectsV2 on bucket lake-dev',
      'let the role',
    ],
    [
      'a permission, to HEAD',
      'HEAD /lake-dev',
      new Refused('', '', 403),
      head,
      'access',
      'not allowed: s3:HeadBucket on bucket lake-dev',
      'let the role',
    ],
    [
      'another region',
      'GET /lake-dev?list',
      new Refused('PermanentRedirect', 'use the endpoint', 301),
      list,
      'region',
      'bucket lake-dev is not in region us-east-1',
      'npx sst deploy --stage dev',
    ],
    [
      'a bucket that is gone',
      'GET /lake-dev?list',
      new Refused('NoSuchBucket', 'no', 404),
      list,
      'gone',
      'bucket lake-dev is not there',
      'npx sst deploy --stage dev',
    ],
    [
      'a state machine that is gone',
      'DescribeStateMachine',
      new Refused('StateMachineDoesNotExist', 'no'),
      machine,
      'gone',
      'stateMachine:droplake-dev-pipeline is not there',
      'npx sst deploy',
    ],
    [
      'a wrong clock',
      'GET /lake-dev?list',
      new Refused('RequestTimeTooSkewed', 'skew', 403),
      list,
      'clock',
      'clock',
      'set the clock',
    ],
  ] as const)('about %s is told in one line with what to do', async (_, operation, refusal, ask, kind, text, mend) => {
    const found = await explained(operation, refusal, ask)
    expect(found).toMatchObject({ kind, text: expect.stringContaining(text), mend: expect.stringContaining(mend) })
    expect(`${found?.text}${found?.mend}`).not.toContain('\n')
  })

  it('of SNS, Glue and Athena names what it was about', async () => {
    const refusals = [
      await explained('ListSubscriptionsByTopic', new Refused('AuthorizationError', 'no', 403), () =>
        clients.sns.send(new ListSubscriptionsByTopicCommand({ TopicArn: topic })),
      ),
      await explained('GetDatabase', new Refused('EntityNotFoundException', 'no'), () =>
        clients.glue.send(new GetDatabaseCommand({ Name: 'droplake_dev_olist_raw' })),
      ),
      await explained('GetWorkGroup', new Refused('InvalidRequestException', 'WorkGroup people is not found.'), () =>
        clients.athena.send(new GetWorkGroupCommand({ WorkGroup: 'people' })),
      ),
    ]
    expect(refusals.map((found) => found?.text)).toEqual([
      `not allowed: sns:ListSubscriptionsByTopic on ${topic}`,
      'droplake_dev_olist_raw is not there (EntityNotFoundException)',
      'people is not there (InvalidRequestException)',
    ])
  })

  it('is known behind what the drivers make of it', async () => {
    const store = s3Store({ client: clients.s3, bucket: 'lake-dev' })
    const denied = await explained('HEAD /lake-dev/k', new Refused('', '', 403), () => store.head('k'))
    expect(denied?.text).toBe('not allowed: s3:HeadObject on s3://lake-dev/k')
    const busy = Object.assign(new Error('rate exceeded'), { name: 'ThrottlingException' })
    expect(explainError(new QueryFailed('engine', 'it failed', { cause: busy }), testOutputs)?.kind).toBe('busy')
  })

  it('without credentials says how to get some', async () => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', '')
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', '')
    vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true')
    vi.stubEnv('AWS_PROFILE', 'nobody')
    vi.stubEnv('AWS_CONFIG_FILE', '/nonexistent')
    vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', '/nonexistent')
    const poor = openClients('us-east-1')
    try {
      const error = await poor.sfn.send(new DescribeStateMachineCommand({ stateMachineArn })).catch((e: unknown) => e)
      expect(explainError(error, testOutputs)).toMatchObject({
        kind: 'credentials',
        mend: expect.stringContaining('AWS_PROFILE'),
      })
    } finally {
      vi.unstubAllEnvs()
      closeClients(poor)
    }
  })

  it('without a network says whom it could not reach', async () => {
    const gone = await startAws({})
    await gone.close()
    vi.stubEnv('AWS_ENDPOINT_URL', gone.endpoint)
    const lost = openClients('us-east-1')
    try {
      const error = await lost.s3.send(new HeadObjectCommand({ Bucket: 'b', Key: 'k' })).catch((e: unknown) => e)
      expect(explainError(error, testOutputs)).toMatchObject({
        kind: 'network',
        text: expect.stringContaining('ECONNREFUSED'),
      })
    } finally {
      vi.unstubAllEnvs()
      closeClients(lost)
    }
  })
})

it('an error that is none of AWS’s is left alone', () => {
  const file = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })
  expect(explainError(file, testOutputs)).toBeUndefined()
  expect(explainError('text', testOutputs)).toBeUndefined()
})
