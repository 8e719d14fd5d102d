import type { ColumnType } from '@droplake/contracts/column'
import type { SchemaElement } from 'hyparquet'

export type ParquetColumns = Record<string, { type: ColumnType; required: boolean }>

/** The file's schema. Timestamps have no logical type, so that engines read them as times without a zone. */
export function schemaOf(columns: ParquetColumns): SchemaElement[] {
  const names = Object.keys(columns)
  return [
    { name: 'root', num_children: names.length },
    ...names.map((name): SchemaElement => {
      const { type, required } = columns[name]!
      return { name, repetition_type: required ? 'REQUIRED' : 'OPTIONAL', ...physical(type) }
    }),
  ]
}

function physical(type: ColumnType): Omit<SchemaElement, 'name'> {
  switch (type.kind) {
    case 'text':
      return { type: 'BYTE_ARRAY', converted_type: 'UTF8' }
    case 'int':
      return { type: 'INT32' }
    case 'bigint':
      return { type: 'INT64' }
    case 'double':
      return { type: 'DOUBLE' }
    case 'decimal': {
      const { precision, scale } = type
      return { type: precision <= 9 ? 'INT32' : 'INT64', converted_type: 'DECIMAL', precision, scale }
    }
    case 'timestamp':
      return { type: 'INT64', converted_type: 'TIMESTAMP_MILLIS' }
    case 'date':
      return { type: 'INT32', converted_type: 'DATE' }
    case 'boolean':
      return { type: 'BOOLEAN' }
  }
}

/** The contract's types of a file that `schemaOf` declared. */
export function columnsOf(schema: readonly SchemaElement[]): ParquetColumns {
  const columns: ParquetColumns = {}
  for (const element of schema.slice(1))
    columns[element.name] = { type: logical(element), required: element.repetition_type === 'REQUIRED' }
  return columns
}

function logical(element: SchemaElement): ColumnType {
  const { type, converted_type: converted, precision = 0, scale = 0 } = element
  if (converted === 'DECIMAL' && (type === 'INT32' || type === 'INT64')) return { kind: 'decimal', precision, scale }
  if (converted === 'TIMESTAMP_MILLIS') return { kind: 'timestamp' }
  if (converted === 'DATE') return { kind: 'date' }
  if (converted === 'UTF8' && type === 'BYTE_ARRAY') return { kind: 'text' }
  if (converted === undefined && element.repetition_type !== 'REPEATED') {
    if (type === 'INT32') return { kind: 'int' }
    if (type === 'INT64') return { kind: 'bigint' }
    if (type === 'DOUBLE') return { kind: 'double' }
    if (type === 'BOOLEAN') return { kind: 'boolean' }
  }
  throw new Error(`parquet: column ${element.name} is none that is written here, got ${type} ${converted ?? ''}`)
}
