import { type MessageAttributeValue, PublishCommand, type SNSClient } from '@aws-sdk/client-sns'
import { about } from './aws-error.ts'
import type { Alert, Notifier } from './notifier.ts'

/**
 * Alerts as SNS messages: the text is the alert's and nothing else, for people read it in their mail; what it is about stands
 * in attributes of type String (`kind`, `dataset`, `severity`, and `status` and `run` where there are such), which filter
 * policies of subscriptions and programs read.
 */
export function snsNotifier({ client, topicArn }: { client: SNSClient; topicArn: string }): Notifier {
  return {
    async notify(alert) {
      const attributes = Object.entries(alert.attributes).filter(([, value]) => value)
      const spent = attributes.reduce((sum, [name, value]) => sum + sizeOf(name + value + stringType), 0)
      const command = new PublishCommand({
        TopicArn: topicArn,
        Subject: asciiSubject(alert.subject),
        Message: fitting(alert, mostBytes - spent),
        MessageAttributes: Object.fromEntries(attributes.map(([name, value]) => [name, asAttribute(value)])),
      })
      try {
        await client.send(command)
      } catch (error) {
        throw about(error, `notifier: cannot publish to ${topicArn}`)
      }
    },
  }
}

/** Of text and attributes together. */
const mostBytes = 262_144
const stringType = 'String'

const asAttribute = (value: string): MessageAttributeValue => ({ DataType: stringType, StringValue: value })

/** SNS takes at most 100 ASCII characters without control characters: accents go, other letters become `?`. */
export function asciiSubject(subject: string): string {
  const plain = subject
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .replace(/[^ -~]/gu, '?')
    .trim()
  if (plain === '') return 'droplake'
  return plain.length <= 100 ? plain : `${plain.slice(0, 97).trimEnd()}...`
}

/** The text, cut where a line ends if it is too long. SNS takes no empty one. */
function fitting({ subject, text, attributes }: Alert, bytes: number): string {
  const whole = readable(text).trim() === '' ? readable(subject) || asciiSubject(subject) : readable(text)
  if (sizeOf(whole) <= bytes) return whole
  const { run } = attributes
  const where = run ? `\`droplake runs show ${run}\`` : '`droplake status`'
  const end = `\n[cut off: an alert holds ${mostBytes / 1024} KiB; ${where} shows the rest]`
  const kept = Buffer.from(whole)
    .subarray(0, bytes - sizeOf(end))
    .toString()
  // A letter that was cut in two decodes as U+FFFD.
  const lastLine = kept.lastIndexOf('\n')
  return `${lastLine > kept.length / 2 ? kept.slice(0, lastLine) : kept.replace(/\ufffd+$/, '')}${end}`
}

/** File names stand in texts: SNS takes no control characters but ends of lines and tabs. */
const readable = (text: string) => text.toWellFormed().replace(/[^\P{Cc}\n\t]/gu, ' ')

const sizeOf = (text: string) => Buffer.byteLength(text)
