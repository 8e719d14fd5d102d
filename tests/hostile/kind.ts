import { fileColumns } from '@droplake/columnar/csv-profile'
import { builtIn } from '@droplake/contracts/registry'

/** A file that somebody really has, or might send, and what must come of it. */
export interface Kind {
  /** What is odd about the file. */
  title: string
  file: HostileFile
}

export interface HostileFile {
  /** Name of the file as it is dropped. */
  name: string
  bytes: Uint8Array
  /** What is right; one of several where more than one answer loses nothing and misreads nothing. */
  right: Right | readonly Right[]
}

export type Right =
  | {
      outcome: 'taken'
      table: TableName
      rows: Row[]
      quarantined?: Record<string, number>
      blank?: number
      duplicate?: number
      warning?: RegExp
    }
  | { outcome: 'set_aside'; error: RegExp }
  | { outcome: 'empty' }
  /** No table takes it; the pattern is of the message that names what would fit. */
  | { outcome: 'unroutable'; message?: RegExp }
  /** It is never stored, and `drop` says why. */
  | { outcome: 'left_out'; reason: RegExp }
  /** It lies in the dropped folder as what programs leave there, and is not looked at. */
  | { outcome: 'passed_over' }
  /** An archive: of each member that is a source, what is right. */
  | { outcome: 'members'; members: Record<string, Right> }

/** Stands for all reasons together. */
export const anyReason = '*'

/** Cells of a kept row that are looked at, by column. */
export type Row = Record<string, string | number | boolean | null>

export type TableName =
  | 'category_translation'
  | 'customers'
  | 'geolocation'
  | 'order_items'
  | 'order_payments'
  | 'order_reviews'
  | 'orders'
  | 'products'
  | 'sellers'

const patterns = builtIn.olist!.tables

/** The columns of a table's file, as its header spells them. */
export const headerOf = (table: TableName): string[] =>
  fileColumns(patterns[table]!).map(([name, column]) => column.header ?? name)

/** A name that the table's contract takes, of its own for each kind. */
export const nameOf = (table: TableName, id: string, ending = 'csv') =>
  `${String(patterns[table]!.files).replace('*.csv', '')}_${id}.${ending}`

/** Collects kinds; each gets an id that makes its keys and names its own. */
export function kinds(prefix: string) {
  const list: Kind[] = []
  return {
    list,
    add(title: string, make: (id: string) => HostileFile): void {
      const id = `${prefix}${String(list.length + 1).padStart(2, '0')}`
      list.push({ title, file: make(id) })
    },
  }
}

export const taken = (
  table: TableName,
  rows: Row[],
  more: Omit<Extract<Right, { outcome: 'taken' }>, 'outcome' | 'table' | 'rows'> = {},
): Right => ({
  outcome: 'taken',
  table,
  rows,
  ...more,
})
export const setAside = (error: RegExp): Right => ({ outcome: 'set_aside', error })

export const bytesOf = (text: string): Uint8Array => Buffer.from(text, 'utf8')

/** A file of a table from text that stands below its header. */
export const fileOf = (table: TableName, id: string, body: string, right: Right | readonly Right[]): HostileFile => ({
  name: nameOf(table, id),
  bytes: bytesOf(`${headerOf(table).join(',')}\n${body}`),
  right,
})

/** A file of a table, header and all. */
export const whole = (
  table: TableName,
  id: string,
  content: string | Uint8Array,
  right: Right | readonly Right[],
): HostileFile => ({
  name: nameOf(table, id),
  bytes: typeof content === 'string' ? bytesOf(content) : content,
  right,
})
