import type { Cell, ColumnType } from './column.ts'

const dayMs = 86_400_000
const intDigits = 10

/** Turns a cell of one type into the same value in another. */
export type Widening = (cell: Cell) => Cell

const same: Widening = (cell) => cell

/**
 * How every cell of the stored type is read as the declared one; undefined where some value could be lost or would mean
 * something else. Widenings combine: what widens to a type widens to everything that the type itself widens to.
 */
export function widening(stored: ColumnType, declared: ColumnType): Widening | undefined {
  if (stored.kind === 'decimal' && declared.kind === 'decimal') {
    const more = declared.scale - stored.scale
    if (more < 0 || declared.precision - declared.scale < stored.precision - stored.scale) return undefined
    const factor = 10n ** BigInt(more)
    return more === 0 ? same : notNull((cell) => (cell as bigint) * factor)
  }
  if (stored.kind === declared.kind) return same
  if (stored.kind === 'int' && declared.kind === 'bigint') return notNull((cell) => BigInt(cell as number))
  if (stored.kind === 'int' && declared.kind === 'double') return same
  if (stored.kind === 'int' && declared.kind === 'decimal') {
    const factor = 10n ** BigInt(declared.scale)
    return declared.precision - declared.scale < intDigits
      ? undefined
      : notNull((cell) => BigInt(cell as number) * factor)
  }
  if (stored.kind === 'date' && declared.kind === 'timestamp') return notNull((cell) => (cell as number) * dayMs)
  return undefined
}

/** Whether cells keep the very value in memory that they are stored as. */
export const isSame = (widen: Widening): boolean => widen === same

const notNull =
  (widen: Widening): Widening =>
  (cell) =>
    cell === null ? null : widen(cell)

/** What reading the stored type as the declared one would do to a value, as half a sentence. */
export function lossOf(stored: ColumnType, declared: ColumnType): string {
  if (stored.kind === 'decimal' && declared.kind === 'decimal') return 'would lose digits'
  if (['int', 'bigint'].includes(stored.kind) && ['int', 'decimal'].includes(declared.kind)) return 'would lose digits'
  if (stored.kind === 'timestamp' && declared.kind === 'date') return 'would lose the time of day'
  return 'cannot hold what is stored'
}
