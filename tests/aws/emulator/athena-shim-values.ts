import type { ColumnInfo } from '@aws-sdk/client-athena'
import type { TrinoColumn, TypeSignature } from './trino-statement.ts'

/** A result column as Athena's API describes it. */
export function columnInfo({ name, type }: TrinoColumn): ColumnInfo {
  const [, plain = '', first, second, zone = ''] =
    /^([^(]+)(?:\((\d+)(?:,\s*(\d+))?\))?( with time zone)?/.exec(type) ?? []
  const Type = `${names[plain] ?? plain.toLowerCase()}${zone}`
  const counted = ['decimal', 'varchar', 'char'].includes(plain) ? first : undefined
  return {
    CatalogName: 'hive',
    SchemaName: '',
    TableName: '',
    Name: name,
    Label: name,
    Type,
    Precision: Number(counted ?? precisions[Type] ?? 0),
    Scale: plain === 'decimal' ? Number(second) : 0,
    Nullable: 'UNKNOWN',
    CaseSensitive: Type === 'varchar' || Type === 'char',
  }
}

const names: Record<string, string> = { real: 'float' }

const precisions: Record<string, number> = {
  tinyint: 3,
  smallint: 5,
  integer: 10,
  bigint: 19,
  float: 17,
  double: 17,
  varchar: 2_147_483_647,
  time: 3,
  timestamp: 3,
  'timestamp with time zone': 3,
  varbinary: 1_073_741_824,
}

/** A value as Athena writes it: everything is text, also the parts of arrays, maps and rows. */
export function valueText(value: unknown, { rawType, arguments: parts }: TypeSignature): string {
  if (value === null) return 'null'
  const part = (i: number) => parts[i]?.value as TypeSignature
  switch (rawType) {
    case 'array':
      return `[${(value as unknown[]).map((item) => valueText(item, part(0))).join(', ')}]`
    case 'map': {
      const entries = Object.entries(value as Record<string, unknown>)
      return `{${entries.map(([key, item]) => `${key}=${valueText(item, part(1))}`).join(', ')}}`
    }
    case 'row':
      return `{${(value as unknown[]).map((item, i) => rowField(item, parts[i]?.value)).join(', ')}}`
    case 'timestamp':
      return milliseconds(String(value))
    case 'timestamp with time zone': {
      const [, time = '', zone = ''] = /^(\S+ \S+) (.*)$/.exec(String(value)) ?? []
      return `${milliseconds(time)} ${zone}`
    }
    case 'varbinary':
      return Buffer.from(String(value), 'base64')
        .toString('hex')
        .replace(/(..)(?=.)/g, '$1 ')
    default:
      return String(value)
  }
}

function rowField(value: unknown, of: unknown): string {
  const { fieldName, typeSignature } = of as { fieldName?: { name: string }; typeSignature: TypeSignature }
  const text = valueText(value, typeSignature)
  return fieldName ? `${fieldName.name}=${text}` : text
}

/** Athena's timestamps have three digits after the point, Trino's as many as the type says. */
function milliseconds(time: string): string {
  const [seconds = '', fraction = ''] = time.split('.')
  return `${seconds}.${fraction.slice(0, 3).padEnd(3, '0')}`
}
