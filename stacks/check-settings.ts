import { lambdas } from '@droplake/stage/lambda-sizes'
import { defaultSettings, type Settings, type StageSettings } from './settings.ts'

type Fields = Record<string, unknown>
type Check = [says: string, holds: (value: unknown) => boolean]

const whole = (from: number, to: number, unit: string): Check => [
  `a whole number of ${unit} from ${from} to ${to}`,
  (value) => Number.isInteger(value) && (value as number) >= from && (value as number) <= to,
]
const oneOf = (...values: unknown[]): Check => [`one of ${values.join(', ')}`, (value) => values.includes(value)]
const text = (says: string, pattern: RegExp): Check => [
  says,
  (value) => typeof value === 'string' && pattern.test(value),
]
const list = ([says, holds]: Check): Check => [
  `a list; each is ${says}`,
  (value) => Array.isArray(value) && value.every(holds),
]
const byName = ([says, holds]: Check, names?: readonly string[]): Check => [
  `values by ${names ? `one of ${names.join(', ')}` : 'name'}; each is ${says}`,
  (value) =>
    isFields(value) && Object.entries(value).every(([name, one]) => (names?.includes(name) ?? true) && holds(one)),
]
const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const schedule = text('rate(…) or cron(…)', /^(rate\(\d+ (minutes?|hours?|days?)\)|cron\([^()]+\))$/)
const logDays = '1 3 5 7 14 30 60 90 120 150 180 365 400 545 731 1096 1827 2192 2557 2922 3288 3653'
  .split(' ')
  .map(Number)

/** By the setting's full name. */
const checks: Record<string, Check> = {
  protected: oneOf(true, false),
  encryption: oneOf('sse-s3', 'kms'),
  vpc: oneOf(true, false),
  'retention.noncurrentDays': whole(1, 3650, 'days'),
  'retention.streamDays': whole(1, 3650, 'days'),
  'retention.logDays': oneOf(...logDays),
  'alerts.emails': list(text('an e-mail address', /^[^\s@]+@[^\s@]+\.[^\s@]+$/)),
  'alerts.webhooks': list(text('an https:// address', /^https:\/\/[^\s/]+\S*$/)),
  'alerts.slowRunMinutes': whole(1, 360, 'minutes'),
  'alerts.staleHours': byName(whole(1, 168, 'hours')),
  'schedules.timezone': text('a time zone such as Europe/Berlin', /^[A-Za-z]+(\/[A-Za-z0-9_+-]+)*$/),
  'schedules.pass': schedule,
  'schedules.sweep': schedule,
  'schedules.runs': byName(schedule),
  budget: whole(0, 1_000_000, 'US dollars a month'),
  'scanLimit.people': whole(1, 1_000_000, 'GiB'),
  'scanLimit.pipeline': whole(1, 1_000_000, 'GiB'),
  'stream.enabled': oneOf(true, false),
  'stream.folder': text('a folder name of small letters, digits and _', /^[a-z][a-z0-9_]*$/),
  'stream.byEventType': oneOf(true, false),
  'stream.bufferSeconds': whole(60, 900, 'seconds'),
  'stream.generate.schedule': ['rate(…), cron(…) or nothing', (value) => value === '' || schedule[1](value)],
  'stream.generate.events': whole(0, 100_000, 'events'),
  memory: byName(whole(128, 10_240, 'MB'), lambdas),
  reservedConcurrency: byName(whole(1, 1000, 'Lambdas at a time'), lambdas),
  mostUnpackedGb: whole(1, 1024, 'GiB'),
  settleSeconds: ['a whole number of seconds, or null', (value) => value === null || whole(0, 3600, '')[1](value)],
}

/** A stage's settings: the defaults with its own put in. Throws one sentence for the first unknown or wrong value. */
export function settingsOf(stage: string, stages: Record<string, StageSettings>): Settings {
  if (!/^[a-z][a-z0-9-]*$/.test(stage))
    throw new Error(`stacks: a stage's name is small letters, digits and hyphens, got ${stage}; pass another --stage`)
  const given = Object.hasOwn(stages, stage) ? stages[stage] : {}
  return merge(stage, '', defaultSettings as unknown as Fields, given) as unknown as Settings
}

function merge(stage: string, at: string, defaults: Fields, given: unknown): Fields {
  if (!isFields(given)) throw wrong(stage, at || 'settings', 'settings by name', given)
  for (const name of Object.keys(given))
    if (!Object.hasOwn(defaults, name))
      throw new Error(
        `stacks: no setting ${at}${name}, got it for stage ${stage}; there are ${Object.keys(defaults).join(', ')}`,
      )
  return Object.fromEntries(
    Object.entries(defaults).map(([name, standard]) => {
      const value = Object.hasOwn(given, name) ? given[name] : standard
      const check = checks[`${at}${name}`]
      if (!check) return [name, merge(stage, `${at}${name}.`, standard as Fields, value)]
      if (!check[1](value)) throw wrong(stage, `${at}${name}`, check[0], value)
      return [name, value]
    }),
  )
}

const wrong = (stage: string, name: string, says: string, value: unknown) =>
  new Error(
    `stacks: setting ${name} is ${says}, got ${JSON.stringify(value)} for stage ${stage}; change stacks/stages.ts`,
  )
