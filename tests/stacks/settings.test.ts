import { describe, expect, test } from 'vitest'
import { settingsOf } from '../../stacks/check-settings.ts'
import { databasePrefixOf, nameOf } from '../../stacks/names.ts'
import { defaultSettings } from '../../stacks/settings.ts'
import { stages } from '../../stacks/stages.ts'

const of = (settings: unknown) => () => settingsOf('ana', { ana: settings as never })

describe('settings', () => {
  test('of a stage that nobody wrote down are the defaults', () => {
    expect(settingsOf('ana', stages)).toEqual(defaultSettings)
  })

  test('keep the defaults beside what a stage says', () => {
    const settings = settingsOf('ana', { ana: { retention: { logDays: 7 }, alerts: { emails: ['a@b.co'] } } })
    expect(settings.retention).toEqual({ ...defaultSettings.retention, logDays: 7 })
    expect(settings.alerts).toEqual({ ...defaultSettings.alerts, emails: ['a@b.co'] })
    expect(settings.schedules).toEqual(defaultSettings.schedules)
  })

  test('of production protect the data', () => {
    expect(settingsOf('prod', stages)).toMatchObject({ protected: true, encryption: 'kms' })
  })

  test('that are unknown are refused with the names that there are', () => {
    expect(of({ retenton: {} })).toThrow(/^stacks: no setting retenton, got it for stage ana; there are protected, /)
    expect(of({ alerts: { email: [] } })).toThrow(/^stacks: no setting alerts\.email, .* there are emails, webhooks, /)
  })

  test.each([
    ['a word for a number', { retention: { logDays: '30' } }, 'retention.logDays is one of 1, 3, 5'],
    ['a number of days that CloudWatch does not know', { retention: { logDays: 31 } }, 'got 31'],
    ['a part of a day', { retention: { noncurrentDays: 0.5 } }, 'a whole number of days from 1 to 3650, got 0.5'],
    ['no e-mail address', { alerts: { emails: ['data'] } }, 'alerts.emails is a list; each is an e-mail address'],
    ['a webhook in the clear', { alerts: { webhooks: ['http://a.b'] } }, 'each is an https:// address'],
    ['a schedule in words', { schedules: { pass: 'every ten minutes' } }, 'schedules.pass is rate(…) or cron(…)'],
    ['a service that is not there', { reservedConcurrency: { cleen: 5 } }, 'values by one of admit, plan'],
    ['another encryption', { encryption: 'none' }, 'one of sse-s3, kms, got "none"'],
    ['a value in place of a part', { stream: true }, 'setting stream. is settings by name, got true'],
    ['longer than CloudWatch looks back', { alerts: { staleHours: { olist: 200 } } }, 'from 1 to 168'],
  ])('refuse %s with one sentence', (_, settings, sentence) => {
    expect(of(settings)).toThrow(sentence)
    expect(of(settings)).toThrow(/^stacks: [^\n]+ for stage ana; change stacks\/stages\.ts$/)
  })

  test('refuse a stage name that would make two stages one in Athena', () => {
    expect(() => settingsOf('Ana', {})).toThrow('got Ana')
    expect(() => settingsOf('a_b', {})).toThrow('got a_b')
  })
})

describe('names', () => {
  const owner = { name: 'droplake', stage: 'prod' }
  const long = (stage: string) => ({ name: 'droplake', stage: `${'x'.repeat(80)}${stage}` })

  test('hold app, stage and part', () => {
    expect(nameOf(owner, 'clean', 64)).toBe('droplake-prod-clean')
    expect(databasePrefixOf(owner)).toBe('droplake_prod_')
  })

  test('that are too long are cut so that stages stay apart and the part stays whole', () => {
    const [one, two] = [nameOf(long('1'), 'clean', 64), nameOf(long('2'), 'clean', 64)]
    expect(one).toHaveLength(64)
    expect(one).toMatch(/^droplake-x+-[0-9a-f]{8}-clean$/)
    expect(one).not.toBe(two)
    expect(databasePrefixOf(long('1'))).not.toBe(databasePrefixOf(long('2')))
    expect(databasePrefixOf(long('1'))).toMatch(/^[a-z0-9_]{1,64}_$/)
  })

  test('that cannot be made are refused', () => {
    expect(() => nameOf(owner, 'a-part-that-fills-it-all', 24)).toThrow('no name of 24 characters')
  })
})
