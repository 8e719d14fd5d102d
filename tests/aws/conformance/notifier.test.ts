import { CreateTopicCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns'
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs'
import { clientSettings } from '@droplake/lake/aws-client'
import type { Alert } from '@droplake/lake/notifier'
import { snsNotifier } from '@droplake/lake/sns-notifier'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { alertOf, describeNotifier } from '../../conformance/notifier.ts'
import { emulatedAws } from '../emulated-aws.ts'

/** What SNS puts into a queue. */
interface Envelope {
  Subject: string
  Message: string
  MessageAttributes: Record<string, { Type: string; Value: string }>
}

/** A topic, and a queue that is subscribed to it. */
async function open(options: { filter?: Record<string, string[]> } = {}) {
  emulatedAws()
  const sns = new SNSClient(clientSettings)
  const sqs = new SQSClient(clientSettings)
  const name = `suite-${crypto.randomUUID()}`
  const { TopicArn: topicArn = '' } = await sns.send(new CreateTopicCommand({ Name: name }))
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: name }))
  const queue = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }))
  const Endpoint = queue.Attributes?.QueueArn
  const Attributes = options.filter ? { FilterPolicy: JSON.stringify(options.filter) } : {}
  await sns.send(new SubscribeCommand({ TopicArn: topicArn, Protocol: 'sqs', Endpoint, Attributes }))

  async function receive(): Promise<Envelope[]> {
    const envelopes: Envelope[] = []
    for (;;) {
      const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }))
      if (Messages.length === 0) return envelopes
      for (const { Body = '', ReceiptHandle } of Messages) {
        envelopes.push(JSON.parse(Body))
        await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }))
      }
    }
  }
  const close = async () => {
    sns.destroy()
    sqs.destroy()
  }
  return { notifier: snsNotifier({ client: sns, topicArn }), receive, close }
}

describeNotifier('a topic', async () => {
  const { notifier, receive, close } = await open()
  return {
    notifier,
    received: async () => (await receive()).map(({ Subject, Message }) => `${Subject}\n${Message}`),
    close,
  }
})

describe('a topic', () => {
  let topic: Awaited<ReturnType<typeof open>>
  beforeAll(async () => {
    topic = await open()
  })
  afterAll(() => topic?.close())

  it('carries the text alone as message, and what it is about as attributes', async () => {
    await topic.notifier.notify(alertOf(1))
    const [{ Subject, Message, MessageAttributes } = expect.unreachable('nothing arrived')] = await topic.receive()
    expect([Subject, Message]).toEqual([alertOf(1).subject, alertOf(1).text])
    const values = Object.entries(MessageAttributes).map(([name, { Type, Value }]) => [name, Type, Value])
    expect(values.sort()).toEqual([
      ['dataset', 'String', 'olist'],
      ['kind', 'String', 'held'],
      ['run', 'String', 'r1'],
      ['severity', 'String', 'error'],
      ['status', 'String', 'held'],
    ])
  })

  it('carries subjects that SNS does not take as they are', async () => {
    const subject = `olist: não há\nespaço – ${'日本'.repeat(60)}`
    await topic.notifier.notify({ ...alertOf(2), subject })
    const [envelope] = await topic.receive()
    expect(envelope?.Subject).toMatch(/^olist: nao ha espaco \? \?{30,}\.\.\.$/)
    expect(envelope?.Subject).toHaveLength(100)
  })

  it('carries a text of any length', async () => {
    const text = Array.from({ length: 20_000 }, (_, i) => `${i}: São Paulo`).join('\n')
    await topic.notifier.notify({ ...alertOf(3), text })
    const [envelope] = await topic.receive()
    expect(envelope?.Message.length).toBeGreaterThan(200_000)
    expect(envelope?.Message).toMatch(/São Paulo\n\[cut off: .* `droplake runs show r3` shows the rest\]$/)
  })

  it('reaches those subscriptions alone whose filter its attributes meet', async () => {
    const errors = await open({ filter: { severity: ['error'] } })
    const info: Alert = { ...alertOf(4), attributes: { kind: 'published', dataset: 'olist', severity: 'info' } }
    await errors.notifier.notify(info)
    await errors.notifier.notify(alertOf(5))
    expect((await errors.receive()).map(({ Subject }) => Subject)).toEqual(['olist: run 5 held'])
    await errors.close()
  })
})
