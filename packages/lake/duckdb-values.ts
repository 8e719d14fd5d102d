import {
  DuckDBBlobValue,
  DuckDBDateValue,
  DuckDBDecimalValue,
  DuckDBIntervalValue,
  DuckDBListValue,
  DuckDBMapValue,
  DuckDBStructValue,
  DuckDBTimestampMillisecondsValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  type DuckDBType,
  DuckDBTypeId,
  type DuckDBValue,
} from '@duckdb/node-api'
import { QueryFailed, type Value } from './query-engine.ts'

/** Athena's name of a DuckDB type. */
export function athenaType(type: DuckDBType): string {
  switch (type.typeId) {
    case DuckDBTypeId.LIST:
    case DuckDBTypeId.ARRAY:
      return `array(${athenaType(type.valueType)})`
    case DuckDBTypeId.MAP:
      return `map(${athenaType(type.keyType)}, ${athenaType(type.valueType)})`
    case DuckDBTypeId.STRUCT:
      // Fields without names have one place in an object.
      if (type.entryNames.includes(''))
        throw new QueryFailed('user', 'the fields of a row need names here; cast(row(a, b) as row(name type, …))')
      return `row(${type.entryNames.map((name, i) => `${name} ${athenaType(type.entryTypes[i] as DuckDBType)}`).join(', ')})`
    case DuckDBTypeId.DECIMAL:
      return `decimal(${type.width},${type.scale})`
    default:
      return names[type.typeId] ?? type.toString().toLowerCase()
  }
}

const names: { [id in DuckDBTypeId]?: string } = {
  [DuckDBTypeId.BOOLEAN]: 'boolean',
  [DuckDBTypeId.TINYINT]: 'tinyint',
  [DuckDBTypeId.UTINYINT]: 'smallint',
  [DuckDBTypeId.SMALLINT]: 'smallint',
  [DuckDBTypeId.USMALLINT]: 'integer',
  [DuckDBTypeId.INTEGER]: 'integer',
  [DuckDBTypeId.UINTEGER]: 'bigint',
  [DuckDBTypeId.BIGINT]: 'bigint',
  [DuckDBTypeId.UBIGINT]: 'bigint',
  [DuckDBTypeId.HUGEINT]: 'bigint',
  [DuckDBTypeId.UHUGEINT]: 'bigint',
  [DuckDBTypeId.FLOAT]: 'real',
  [DuckDBTypeId.DOUBLE]: 'double',
  [DuckDBTypeId.VARCHAR]: 'varchar',
  [DuckDBTypeId.BLOB]: 'varbinary',
  [DuckDBTypeId.DATE]: 'date',
  [DuckDBTypeId.TIME]: 'time',
  [DuckDBTypeId.TIMESTAMP]: 'timestamp',
  [DuckDBTypeId.TIMESTAMP_S]: 'timestamp',
  [DuckDBTypeId.TIMESTAMP_MS]: 'timestamp',
  [DuckDBTypeId.TIMESTAMP_NS]: 'timestamp',
  [DuckDBTypeId.TIMESTAMP_TZ]: 'timestamp with time zone',
  [DuckDBTypeId.INTERVAL]: 'interval day to second',
  [DuckDBTypeId.SQLNULL]: 'unknown',
}

/** One DuckDB value as a port's value. Infinities and NaN, which JSON lacks, are text. */
export function portValue(value: DuckDBValue): Value {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value)
  if (typeof value === 'bigint') {
    if (BigInt.asIntN(64, value) !== value) throw new QueryFailed('user', `bigint overflow: ${value}`)
    return Number.isSafeInteger(Number(value)) ? Number(value) : String(value)
  }
  if (value instanceof DuckDBDecimalValue) return value.toString()
  if (value instanceof DuckDBTimestampValue || value instanceof DuckDBTimestampTZValue)
    return isoTime(value.micros / 1000n - (value.micros % 1000n < 0n ? 1n : 0n))
  if (value instanceof DuckDBTimestampMillisecondsValue) return isoTime(value.millis)
  if (value instanceof DuckDBDateValue)
    return isoTime(BigInt(value.days) * 86_400_000n).slice(0, -'T00:00:00.000Z'.length)
  if (value instanceof DuckDBListValue) return value.items.map(portValue)
  if (value instanceof DuckDBStructValue)
    return Object.fromEntries(Object.entries(value.entries).map(([key, part]) => [key, portValue(part)]))
  if (value instanceof DuckDBMapValue)
    return Object.fromEntries(value.entries.map((entry) => [String(portValue(entry.key)), portValue(entry.value)]))
  if (value instanceof DuckDBBlobValue) return Buffer.from(value.bytes).toString('hex')
  if (value instanceof DuckDBIntervalValue) return interval(value)
  return String(value)
}

function isoTime(milliseconds: bigint): string {
  const time = Number(milliseconds)
  // Beyond JavaScript's dates, as DuckDB's infinity is.
  return Math.abs(time) <= 8.64e15 ? new Date(time).toISOString() : time > 0 ? 'infinity' : '-infinity'
}

/** As Athena prints it: `2 10:00:00.000`, or `1-2` of years and months. */
function interval({ months, days, micros }: DuckDBIntervalValue): string {
  if (months !== 0 && days === 0 && micros === 0n) {
    const whole = Math.abs(months)
    return `${months < 0 ? '-' : ''}${Math.floor(whole / 12)}-${whole % 12}`
  }
  const total = BigInt(days) * 86_400_000n + micros / 1000n
  const whole = total < 0n ? -total : total
  const clock = new Date(Number(whole % 86_400_000n)).toISOString().slice('1970-01-01T'.length, -1)
  return `${total < 0n ? '-' : ''}${whole / 86_400_000n} ${clock}`
}
