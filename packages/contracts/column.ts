/**
 * Column types of every zone. One declaration gives the parser, the Parquet field, the Glue/Athena type and the DuckDB type.
 *
 * A cell in memory is one JavaScript primitive:
 *
 * | type             | cell                       | null |
 * | ---------------- | -------------------------- | ---- |
 * | text             | string                     | null |
 * | int              | number (32 bits)           | null |
 * | bigint           | bigint (64 bits)           | null |
 * | double           | number, finite             | null |
 * | decimal(p, s)    | bigint, unscaled, p <= 18  | null |
 * | timestamp        | number, UTC milliseconds   | null |
 * | date             | number, days since 1970    | null |
 * | boolean          | boolean                    | null |
 */
export type Kind = 'text' | 'int' | 'bigint' | 'double' | 'timestamp' | 'date' | 'boolean' | 'decimal'
type TypeOf<K extends Kind> = K extends 'decimal' ? { kind: 'decimal'; precision: number; scale: number } : { kind: K }
export type ColumnType = TypeOf<Kind>

export type Cell = string | number | bigint | boolean | null

/** How a column is read, checked and mended. Every mend is counted as a repair of its row. */
export interface Column<N extends boolean = boolean, K extends Kind = Kind> {
  type: TypeOf<K>
  /** A row without a value here is quarantined. */
  required: N
  description?: string
  /** The header in the file, where it is not the column's name. */
  header?: string
  /** Text only: trimmed always; lower-cased before any check when set. */
  lower?: boolean
  /** Text only: digits are left-padded with zeros to this length (a spreadsheet strips them). */
  padTo?: number
  /** Any other value quarantines the row. */
  accepted?: readonly string[]
  /** A smaller value quarantines the row. In the column's unit: 0 for money means 0.00. */
  min?: number
  /** A greater value quarantines the row. */
  max?: number
  /** Words that stand for no value, exactly as written; none with `[]`. Default: `nullWords`, but for those that are accepted values. */
  nulls?: readonly string[]
  /** Holds something about a person: never in alerts. */
  personal?: boolean
  /** Not in the file: computed from another column of the same row. */
  derived?: { from: string; as: 'date' }
  unit?: string
}

/** What databases, pandas and spreadsheets write for no value. */
export const nullWords: readonly string[] = [
  ...['NULL', 'null', 'Null', '\\N', 'NaN', 'nan', 'NAN', 'NaT', 'None'],
  ...['N/A', 'n/a', '#N/A', '#n/a'],
]

type Options = Omit<Column, 'type' | 'required' | 'derived'>

function column<K extends Kind>(type: TypeOf<K>) {
  return {
    required: (options: Options = {}): Column<true, K> => ({ type, required: true, ...options }),
    optional: (options: Options = {}): Column<false, K> => ({ type, required: false, ...options }),
  }
}

export const text = column<'text'>({ kind: 'text' })
export const int = column<'int'>({ kind: 'int' })
export const bigint = column<'bigint'>({ kind: 'bigint' })
export const double = column<'double'>({ kind: 'double' })
export const timestamp = column<'timestamp'>({ kind: 'timestamp' })
export const date = column<'date'>({ kind: 'date' })
export const boolean = column<'boolean'>({ kind: 'boolean' })
export const decimal = (precision: number, scale: number) => {
  if (!(precision >= 1 && precision <= 18 && scale >= 0 && scale <= precision))
    throw new Error(`contracts: decimal takes 1-18 digits and a scale within them, got decimal(${precision},${scale})`)
  return column<'decimal'>({ kind: 'decimal', precision, scale })
}
/** The UTC day of a timestamp column of the same row. */
export const dateOf = (from: string, description?: string): Column<false, 'date'> => ({
  type: { kind: 'date' },
  required: false,
  derived: { from, as: 'date' },
  ...(description ? { description } : {}),
})

/** The type's name in Athena, Trino and Glue. DuckDB takes the same names. */
export function sqlType(type: ColumnType): string {
  switch (type.kind) {
    case 'text':
      return 'varchar'
    case 'int':
      return 'integer'
    case 'decimal':
      return `decimal(${type.precision},${type.scale})`
    default:
      return type.kind
  }
}
