import type { ColumnInfo } from '@aws-sdk/client-athena'
import type { Value } from './query-engine.ts'

/** The port's name of a result column's type. Athena tells no types of the parts of arrays, maps and rows. */
export function columnType({ Type = 'unknown', Precision = 0, Scale = 0 }: ColumnInfo): string {
  if (Type === 'decimal') return `decimal(${Precision},${Scale})`
  return names[Type] ?? Type
}

const names: Record<string, string> = { float: 'real', string: 'varchar', char: 'varchar', int: 'integer' }

/** The port's value of a cell, which Athena gives as text. */
export function readValue(type: string, text: string | undefined): Value {
  if (text === undefined) return null
  switch (type) {
    case 'boolean':
      return text === 'true'
    case 'tinyint':
    case 'smallint':
    case 'integer':
    case 'int':
      return Number(text)
    case 'bigint':
      return Number.isSafeInteger(Number(text)) ? Number(text) : text
    case 'float':
    case 'real':
    case 'double':
      return Number.isFinite(Number(text)) ? Number(text) : text
    case 'timestamp':
      return instant(text, 'UTC')
    case 'timestamp with time zone': {
      const space = text.lastIndexOf(' ')
      return instant(text.slice(0, space), text.slice(space + 1))
    }
    case 'varbinary':
      // Athena writes `31 32 33`.
      return text.replaceAll(' ', '').toLowerCase()
    default:
      return text
  }
}

/** `2018-01-02 03:04:05.678` in a zone, as ISO 8601 in UTC with milliseconds; years beyond 9999 stay as they are. */
function instant(text: string, zone: string): string {
  const [, time, fraction = ''] = /^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)(?:\.(\d+))?$/.exec(text) ?? []
  if (time === undefined) return text
  const local = Date.parse(`${time.replace(' ', 'T')}.${fraction.slice(0, 3).padEnd(3, '0')}Z`)
  return new Date(local - offset(local, zone)).toISOString()
}

/** Milliseconds that clocks of the zone are ahead of UTC when they show this time. */
function offset(local: number, zone: string): number {
  if (zone === 'UTC' || zone === 'Z') return 0
  const [, sign, hours, minutes] = /^([+-])(\d\d):(\d\d)$/.exec(zone) ?? []
  if (sign !== undefined) return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000
  // The offset at a guess is the one at the time, but near a change of clocks; a second look settles that.
  const guess = local - shownAhead(local, zone)
  return shownAhead(guess, zone)
}

function shownAhead(instant: number, timeZone: string): number {
  const parts = new Intl.DateTimeFormat('en-GB', { timeZone, ...clock }).formatToParts(instant)
  const part = (name: string) => Number(parts.find(({ type }) => type === name)?.value)
  const shown = Date.UTC(
    part('year'),
    part('month') - 1,
    part('day'),
    part('hour'),
    part('minute'),
    part('second'),
    instant - Math.floor(instant / 1_000) * 1_000,
  )
  return shown - instant
}

const clock = {
  hourCycle: 'h23',
  year: 'numeric',
  month: 'numeric',
  day: 'numeric',
  hour: 'numeric',
  minute: 'numeric',
  second: 'numeric',
} as const
