import { SNSClient } from '@aws-sdk/client-sns'
import { describe, expect, it, onTestFinished } from 'vitest'
import { clientSettings } from './aws-client.ts'
import type { Alert } from './notifier.ts'
import { asciiSubject, snsNotifier } from './sns-notifier.ts'
import { type Reply, scriptedServer } from './testing/scripted-server.ts'

const alert: Alert = {
  subject: 'olist: 2 sources set aside',
  text: 'orders.csv: not a CSV file\nnext: droplake drop --force',
  attributes: { kind: 'set_aside', dataset: 'olist', severity: 'warning', run: 'r1' },
}

const published = { body: '<PublishResponse><PublishResult><MessageId>m</MessageId></PublishResult></PublishResponse>' }

async function open(reply: (at: number) => Reply = () => published) {
  const server = await scriptedServer((_, at) => reply(at))
  const client = new SNSClient({ ...clientSettings, ...server.settings })
  onTestFinished(async () => {
    client.destroy()
    await server.close()
  })
  const notifier = snsNotifier({ client, topicArn: 'arn:aws:sns:us-east-1:1:alerts' })
  const messages = () => server.seen.map(({ body }) => Object.fromEntries(new URLSearchParams(body)))
  return { notifier, messages }
}

/** Bytes as SNS counts them: the message, and name, type and value of each attribute. */
const sizeOf = (message: Record<string, string>) =>
  Object.entries(message)
    .filter(([name]) => /^Message$|^MessageAttributes\..*\.(Name|StringValue|DataType)$/.test(name))
    .reduce((sum, [, value]) => sum + Buffer.byteLength(value), 0)

describe('the text of an SNS message', () => {
  const sent = async (given: Partial<Alert>) => {
    const { notifier, messages } = await open()
    await notifier.notify({ ...alert, ...given })
    return messages()[0] ?? {}
  }

  it('is the alert as it is, when it fits', async () => {
    const room = 262_144 - sizeOf(await sent({})) + Buffer.byteLength(alert.text)
    const text = `é${'x'.repeat(room - 2)}`
    expect((await sent({ text })).Message).toBe(text)
    expect(sizeOf(await sent({ text }))).toBe(262_144)
    const cut = await sent({ text: `${text}y` })
    expect(cut.Message).toMatch(/x\n\[cut off: an alert holds 256 KiB; `droplake runs show r1` shows the rest\]$/)
    expect(sizeOf(cut)).toBe(262_144)
  })

  it('is cut between letters, or better between lines', async () => {
    const letters = await sent({ text: '日'.repeat(100_000) })
    expect(letters.Message).toMatch(/^日+\n\[cut off/)
    expect(sizeOf(letters)).toBeGreaterThan(262_000)
    const lines = await sent({ text: 'a line of the alert\n'.repeat(20_000) })
    expect(lines.Message).toMatch(/a line of the alert\n\[cut off/)
  })

  it('names where to look when there is no run', async () => {
    const { run: _, ...attributes } = alert.attributes
    expect((await sent({ text: 'x'.repeat(300_000), attributes })).Message).toMatch(/`droplake status` shows the rest/)
  })

  it('holds nothing that SNS refuses', async () => {
    expect((await sent({ text: 'a\u0000b\u001b[2J\tc\r\nd\ud800' })).Message).toBe('a b [2J\tc \nd\ufffd')
    expect((await sent({ text: ' \n' })).Message).toBe(alert.subject)
  })
})

describe('an SNS message', () => {
  it('that was throttled is sent again', async () => {
    const throttled = {
      status: 400,
      body: '<ErrorResponse><Error><Type>Sender</Type><Code>Throttling</Code><Message>later</Message></Error></ErrorResponse>',
    }
    const { notifier, messages } = await open((at) => (at === 0 ? throttled : published))
    await notifier.notify(alert)
    expect(messages()).toHaveLength(2)
  })

  it('that is refused says of which topic', async () => {
    const body = '<ErrorResponse><Error><Code>AuthorizationError</Code><Message>no</Message></Error></ErrorResponse>'
    const { notifier } = await open(() => ({ status: 403, body }))
    await expect(notifier.notify(alert)).rejects.toMatchObject({
      name: expect.stringContaining('AuthorizationError'),
      message: expect.stringMatching(
        /^notifier: cannot publish to arn:aws:sns:us-east-1:1:alerts: Authorization.* no$/,
      ),
    })
  })

  it('carries no empty attribute', async () => {
    const { notifier, messages } = await open()
    await notifier.notify({ ...alert, attributes: { kind: 'unroutable', dataset: '', severity: 'warning' } })
    const names = Object.entries(messages()[0] ?? {}).filter(([name]) => name.endsWith('.Name'))
    expect(names.map(([, value]) => value)).toEqual(['kind', 'severity'])
  })
})

it.each([
  ['olist: 2 sources set aside', 'olist: 2 sources set aside'],
  ['São Paulo: não há “pedidos” — 日本 😀', 'Sao Paulo: nao ha ?pedidos? ? ?? ?'],
  ['two\r\nlines\tand\u0007a bell', 'two lines and a bell'],
  ['  ', 'droplake'],
  ['x'.repeat(100), 'x'.repeat(100)],
  ['x'.repeat(101), `${'x'.repeat(97)}...`],
  [`${'x'.repeat(95)} ${'y'.repeat(20)}`, `${'x'.repeat(95)} y...`],
  [`${'x'.repeat(96)} ${'y'.repeat(20)}`, `${'x'.repeat(96)}...`],
])('makes a subject that SNS takes of %j', (subject, expected) => {
  expect(asciiSubject(subject)).toBe(expected)
})
