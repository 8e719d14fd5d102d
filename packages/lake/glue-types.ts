import type { ColumnType } from '@droplake/contracts/column'

/** The type's name in Glue's catalog, which is Hive's. */
export function glueType(type: ColumnType): string {
  switch (type.kind) {
    case 'text':
      return 'string'
    case 'decimal':
      return `decimal(${type.precision},${type.scale})`
    default:
      return type.kind
  }
}

/**
 * What a table with a column of this Glue type holds; undefined where the lake has no such type. `float` is none: its files
 * do not hold doubles.
 */
export function columnType(glue: string): ColumnType | undefined {
  const [, precision, scale = '0'] = /^decimal\((\d+)(?:,\s*(\d+))?\)$/.exec(glue) ?? []
  if (precision !== undefined) return { kind: 'decimal', precision: Number(precision), scale: Number(scale) }
  const kind = kinds[glue.replace(/\(\d+\)$/, '')]
  return kind && { kind }
}

/** The type's name in a view's definition, which is Trino's. */
export function trinoType(glue: string): string {
  if (columnType(glue)) return trinoNames[glue] ?? glue
  throw new Error(`catalog: a view cannot show a column of type ${glue}; cast it in the model's select`)
}

const kinds: Record<string, Exclude<ColumnType['kind'], 'decimal'>> = {
  string: 'text',
  varchar: 'text',
  char: 'text',
  boolean: 'boolean',
  tinyint: 'int',
  smallint: 'int',
  int: 'int',
  integer: 'int',
  bigint: 'bigint',
  double: 'double',
  date: 'date',
  timestamp: 'timestamp',
}

/** Athena reads timestamps with milliseconds. */
const trinoNames: Record<string, string> = {
  string: 'varchar',
  int: 'integer',
  timestamp: 'timestamp(3)',
}
