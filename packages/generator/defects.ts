import type { Column } from '@droplake/contracts/column'
import type { Table } from '@droplake/contracts/table'
import { draw, type Weighted, weighted } from './distribution.ts'
import { below, between, chance, pick, type Random } from './random.ts'
import type { DefectKind } from './tally.ts'

/** The columns that a file has: those of the contract that are not derived, in order. */
export function fileColumns(table: Table): { name: string; header: string; column: Column }[] {
  return Object.entries(table.columns)
    .filter(([, column]) => !column.derived)
    .map(([name, column]) => ({ name, header: column.header ?? name, column }))
}

const numeric = new Set(['int', 'bigint', 'double', 'decimal'])
const notNumbers = ['12.9O', 'abc', '12..90', '1x7'] as const
const notTimes = ['2018-13-45 10:00:00', 'yesterday', '2017-08-1q 09:12:44'] as const

/** Kinds that change one cell of a row: what they do, and in which columns the contract makes that a defect. */
type CellKind = 'padding' | 'required' | 'not_a_number' | 'not_a_timestamp' | 'below_min' | 'above_max' | 'not_accepted'
const cellKinds: Record<
  CellKind,
  { weight: number; fits: (column: Column) => boolean; spoil: (cell: string, column: Column, random: Random) => string }
> = {
  padding: {
    weight: 6,
    fits: (column) => column.type.kind === 'text',
    spoil: (cell, column, random) =>
      `${' '.repeat(between(random, 0, 2))}${column.lower ? cell.toUpperCase() : cell}${' '.repeat(between(random, 1, 2))}`,
  },
  required: { weight: 3, fits: (column) => column.required, spoil: () => '' },
  not_a_number: {
    weight: 3,
    fits: (column) => numeric.has(column.type.kind),
    spoil: (_cell, _column, random) => pick(random, notNumbers),
  },
  not_a_timestamp: {
    weight: 3,
    fits: (column) => column.type.kind === 'timestamp',
    spoil: (_cell, _column, random) => pick(random, notTimes),
  },
  below_min: {
    weight: 3,
    fits: (column) => column.min !== undefined,
    spoil: (_cell, column, random) => justOutside(column, column.min! - 1 - below(random, 90)),
  },
  above_max: {
    weight: 2,
    fits: (column) => column.max !== undefined,
    spoil: (_cell, column, random) => justOutside(column, column.max! + 1 + below(random, 90)),
  },
  not_accepted: {
    weight: 3,
    fits: (column) => column.accepted !== undefined,
    spoil: (_cell, column, random) => {
      const cut = pick(random, column.accepted!).slice(0, -1)
      return chance(random, 0.5) || column.accepted!.includes(cut) ? 'unknown' : cut
    },
  },
}

/** A whole number below `min` or above `max` as the column writes it; a score is off by one, money has cents. */
function justOutside(column: Column, value: number): string {
  if (column.type.kind === 'int' && column.min !== undefined && column.max !== undefined)
    return String(value < column.min ? column.min - 1 : column.max + 1)
  return column.type.kind === 'decimal' ? `${value}.90` : String(value)
}

/** Every defect that a table's contract allows, with its weight. `version` needs a key to be a version of. */
export function possibleDefects(table: Table, options: { version: boolean }): Weighted<DefectKind> {
  const columns = fileColumns(table)
  const entries: [DefectKind, number][] = [
    ['duplicate', 8],
    ['version', options.version && table.key.length > 0 ? 6 : 0],
    ['blank', 2],
    ['cell_count', 2],
  ]
  for (const [kind, { weight, fits }] of Object.entries(cellKinds))
    if (columns.some(({ column }) => fits(column))) entries.push([kind as DefectKind, weight])
  return weighted(entries)
}

export const drawDefect = (random: Random, possible: Weighted<DefectKind>): DefectKind => draw(random, possible)

/** A copy of the row with one cell spoilt; undefined for a kind that is no matter of one cell. */
export function spoilCell(
  table: Table,
  kind: DefectKind,
  cells: readonly string[],
  random: Random,
): string[] | undefined {
  if (!(kind in cellKinds)) return undefined
  const { fits, spoil } = cellKinds[kind as CellKind]
  const candidates = fileColumns(table).flatMap(({ column }, index) =>
    // An empty cell has nothing to pad.
    fits(column) && !(kind === 'padding' && cells[index] === '') ? [{ column, index }] : [],
  )
  const { column, index } = pick(random, candidates)
  return cells.with(index, spoil(cells[index]!, column, random))
}

/** The row with a cell too many (a comma that was not quoted), or with its last cells missing. */
export function spoilCellCount(cells: readonly string[], random: Random): string[] {
  if (chance(random, 0.5)) return cells.slice(0, between(random, 1, cells.length - 1))
  // The cell that stands beyond the header must hold something: empty ones there are no defect.
  const at = cells.at(-1) === '' ? cells.length : between(random, 1, cells.length)
  return cells.toSpliced(at, 0, 'brasil')
}

/** The row as an upload that broke off leaves it: its first cells, the last of them halved, at least one missing. */
export function cutOff(cells: readonly string[]): string[] {
  const last = cells.length > 2 ? 1 : 0
  const cell = cells[last]!
  return [...cells.slice(0, last), cell.slice(0, Math.ceil(cell.length / 2))]
}
