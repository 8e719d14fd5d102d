import { createHash } from 'node:crypto'
import { type ColumnType, sqlType } from '@droplake/contracts/column'
import type { Dataset } from '@droplake/contracts/dataset'
import { enrichedColumns, enrichedPartition } from '@droplake/contracts/enriched'
import { type Columns, lineage, type Table } from '@droplake/contracts/table'
import { lossOf, widening } from '@droplake/contracts/widen'
import type { LakeState, PartitionVersion, TableState } from './lake-state.ts'
import { cleanedColumns, identity } from './staged.ts'
import type { ReadAs } from './stored-rows.ts'

/** How the files of a partition's version are laid out; the log keeps it, so that no file is read wrongly later. */
export interface Layout {
  /** In the order of the file. */
  columns: { name: string; type: ColumnType; required: boolean }[]
  /** Columns that the key hash covers. */
  identity: string[]
  /** How rows are divided; '' without partitions. */
  partition: string
}

type Stored = Pick<TableState, 'partitions' | 'layouts'> | undefined

/** A layout's name in the log: equal for equal layouts. */
export const layoutId = (layout: Layout): string =>
  createHash('sha256').update(JSON.stringify(layout)).digest('hex').slice(0, 12)

/**
 * The layout of new cleaned files. A column that may be null in stored files stays so: the table's own rule says how many
 * rows lack what the contract has come to require.
 */
export function cleanedLayout(table: Table, of: Stored): Layout {
  const stored = storedLayouts(of)
  const columns = Object.entries(cleanedColumns(table)).map(([name, { type, required }]) => ({
    name,
    type,
    required: required && stored.every((layout) => columnOf(layout, name)?.required ?? false),
  }))
  return { columns, identity: identity(table), partition: dividedBy(table.partition) }
}

const dividedBy = (partition: { name: string; by: string; of: string } | undefined) =>
  partition ? `${partition.name} by ${partition.by} of ${partition.of}` : ''

/** The layout of new enriched files, by the cleaned ones that they are made of. */
export function enrichedLayout(dataset: Dataset, table: Table, cleaned: Stored): Layout {
  const kept = cleanedLayout(table, cleaned).columns.filter(({ required }) => !required)
  const optional = new Set(kept.map(({ name }) => name))
  const columns = Object.entries({ ...enrichedColumns(dataset, table), ...lineage }).map(
    ([name, { type, required }]) => ({ name, type, required: required && !optional.has(name) }),
  )
  return { columns, identity: [], partition: dividedBy(enrichedPartition(table)) }
}

/** How the cleaned files of a partition's version are read. */
export function readCleaned(table: Table, stored: Stored, version: PartitionVersion): ReadAs {
  const written = cleanedLayout(table, stored)
  const kept = keepsHashes(layoutOf(stored, version), written)
  return { columns: cleanedColumns(table), ...(kept ? {} : { rehash: identity(table) }) }
}

/** The columns of a layout as files and catalogs declare them. */
export const columnsOfLayout = ({ columns }: Layout): Columns =>
  Object.fromEntries(columns.map(({ name, type, required }) => [name, { type, required }]))

/** Layouts of the files that are stored now, the one written last at the end. */
function storedLayouts(stored: Stored): Layout[] {
  const used = new Set(Object.values(stored?.partitions ?? {}).map(({ layout }) => layout))
  return Object.entries(stored?.layouts ?? {}).flatMap(([id, layout]) => (used.has(id) ? [layout] : []))
}

/** The layout that every stored file can be read as: that of the last write, which the files before it had to widen to. */
export const newestLayout = (stored: Stored): Layout | undefined => storedLayouts(stored).at(-1)

export const layoutOf = (stored: Stored, version: PartitionVersion | undefined): Layout | undefined =>
  version?.layout === undefined ? undefined : stored?.layouts?.[version.layout]

/** Whether the stored key hashes of these files are those that the table's rows have now. */
export function keepsHashes(layout: Layout | undefined, written: Layout): boolean {
  if (!layout) return true
  if (layout.identity.join() !== written.identity.join()) return false
  return written.identity.every((name) => {
    const [stored, declared] = [columnOf(layout, name)?.type, columnOf(written, name)?.type]
    if (!stored || !declared) return false
    // A whole number has one hash, whichever type holds it.
    return sqlType(stored) === sqlType(declared) || (stored.kind === 'int' && declared.kind === 'bigint')
  })
}

/** The tables whose cleaned files cannot be read as their contract has it by now, each with the reason. */
export function refusals(dataset: Dataset, state: Pick<LakeState, 'tables'>): Record<string, string> {
  const refused = Object.values(dataset.tables).flatMap((table) => {
    const stored = state.tables[table.name]
    const reason = refusalOf(table.name, cleanedLayout(table, stored), stored)
    return reason ? [[table.name, reason] as const] : []
  })
  return Object.fromEntries(refused)
}

/** Why the stored files cannot be read as the layout without losing anything; undefined where they can. */
export function refusalOf(table: string, written: Layout, stored: Stored): string | undefined {
  for (const layout of storedLayouts(stored)) {
    if (layout.partition !== written.partition)
      return refusal(
        table,
        `its rows are divided by ${layout.partition || 'nothing'} and declared by ${written.partition || 'nothing'}`,
      )
    for (const { name, type } of written.columns) {
      const before = columnOf(layout, name)?.type
      if (before && !widening(before, type))
        return refusal(
          table,
          `column ${name} is stored as ${sqlType(before)} and declared as ${sqlType(type)}, which ${lossOf(before, type)}`,
        )
    }
  }
  return undefined
}

const refusal = (table: string, what: string) =>
  `${table}: ${what}; put the contract back, or rebuild the table into a fresh lake from raw/`

const columnOf = (layout: Layout, name: string) => layout.columns.find((column) => column.name === name)
