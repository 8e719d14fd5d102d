import { sameCells } from '@droplake/columnar/key-hash'
import type { Table } from '@droplake/contracts/table'
import type { Loaded } from './load.ts'
import { foreign, staged } from './winners.ts'

/**
 * How many dropped rows, by source id, have a key that another row of the same file has with other values: exact repeats are none.
 * `beatenBy` is each dropped row's rival, as `winners` found it; it costs only what dropped rows cost.
 */
export function keyConflicts(table: Table, loaded: Loaded, beatenBy: Int32Array): Record<string, number> {
  const conflicts: Record<string, number> = {}
  if (table.key.length === 0 || table.dedupe === 'exact' || table.dedupe === 'none') return conflicts
  const { origin, file } = loaded.rows
  const cells = loaded.fresh.slice(0, Object.keys(table.columns).length)
  // The first dropped row of a key and file whose winner came with another file, by that winner and file.
  const others = new Map<number, Map<number, number>>()
  const begin = origin.indexOf(staged)
  for (let i = begin; i >= 0 && origin[i] === staged; i++) {
    if (beatenBy[i] === -1) continue
    const winner = winnerOf(i, beatenBy)
    let rival = winner
    if (file[winner] !== file[i] || (origin[winner] !== staged && origin[winner] !== foreign)) {
      const rivals = others.get(winner) ?? new Map<number, number>()
      others.set(winner, rivals)
      rival = rivals.get(file[i]!) ?? i
      rivals.set(file[i]!, rival)
    }
    // A row of another partition has another date.
    const isOther = origin[rival] === foreign || !sameCells(cells, rival - begin, cells, i - begin)
    const source = loaded.freshSource[i - begin]
    if (isOther && source) conflicts[source.id] = (conflicts[source.id] ?? 0) + 1
  }
  return conflicts
}

/** Follows a dropped row's rivals to the one that stays, and shortens the way for the rows between. */
function winnerOf(row: number, beatenBy: Int32Array): number {
  let winner = row
  while (beatenBy[winner] !== -1) winner = beatenBy[winner]!
  let next = row
  while (next !== winner) {
    const after = beatenBy[next]!
    beatenBy[next] = winner
    next = after
  }
  return winner
}
