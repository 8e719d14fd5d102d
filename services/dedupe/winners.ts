import { sameCells } from '@droplake/columnar/key-hash'
import type { Cell } from '@droplake/contracts/column'
import type { Dedupe } from '@droplake/contracts/table'

/** Where a row lies now. Foreign rows lie in another partition and only compete. */
export const stored = 0
export const staged = 1
export const foreign = 2
export type Origin = typeof stored | typeof staged | typeof foreign

/** Rows that compete, one array a property: no object a row. */
export interface Candidates {
  origin: Origin[]
  hash: bigint[]
  /** Cells that make two rows the same. */
  identity: Cell[][]
  /** Cells of the column that the contract ranks by, where it does. */
  greatest: Cell[]
  /** Number of the row's source file in `files`. */
  file: number[]
  row: number[]
  /** Of each source file: when it arrived, and its place in the run's plan, before all of which stored rows were taken. */
  files: { arrival: number; place: number }[]
}

export const noCandidates = (identityColumns: number): Candidates => ({
  origin: [],
  hash: [],
  identity: Array.from({ length: identityColumns }, () => []),
  greatest: [],
  file: [],
  row: [],
  files: [],
})

/**
 * Which rows stay: 1 for a winner. Two rows are the same when their identity cells are equal; the hash only finds
 * candidates. A row's rank is (the contract's column, arrival of the source, its place in the plan, row number), which no
 * order of reading changes. `beatenBy` gets the rival of each row that goes, which may go to another rival itself.
 */
export function winners(rows: Candidates, dedupe: Dedupe, beatenBy?: Int32Array): Uint8Array {
  const alive = new Uint8Array(rows.hash.length).fill(1)
  if (dedupe === 'none') return alive
  const beats = contest(rows, dedupe)
  const heads = new Map<bigint, number>()
  const next = new Int32Array(rows.hash.length).fill(-1)
  for (let i = 0; i < rows.hash.length; i++) {
    const hash = rows.hash[i] as bigint
    const head = heads.get(hash)
    let rival = head ?? -1
    while (rival !== -1 && !(alive[rival] && sameCells(rows.identity, rival, rows.identity, i)))
      rival = next[rival] as number
    if (rival !== -1) {
      const loser = beats(i, rival) ? rival : i
      alive[loser] = 0
      if (beatenBy) beatenBy[loser] = loser === i ? rival : i
    }
    if (alive[i]) {
      next[i] = head ?? -1
      heads.set(hash, i)
    }
  }
  return alive
}

function contest(rows: Candidates, dedupe: Exclude<Dedupe, 'none'>): (a: number, b: number) => boolean {
  const order = rows.files.map((file, n) => ({ ...file, n })).sort((a, b) => a.arrival - b.arrival || a.place - b.place)
  const ranks = new Int32Array(order.length)
  for (const [rank, { n }] of order.entries()) ranks[n] = rank
  const later = (a: number, b: number) => {
    const byFile = (ranks[rows.file[a] as number] as number) - (ranks[rows.file[b] as number] as number)
    return (byFile || (rows.row[a] as number) - (rows.row[b] as number)) > 0
  }
  if (dedupe === 'latest') return later
  if (dedupe === 'first') return (a, b) => later(b, a)
  // The rows are alike in every column: the stored one stays, so that its file does.
  if (dedupe === 'exact')
    return (a, b) =>
      (rows.origin[b] !== stored && rows.origin[a] === stored) || (rows.origin[a] === rows.origin[b] && later(b, a))
  return (a, b) => {
    const x = rows.greatest[a] ?? null
    const y = rows.greatest[b] ?? null
    if (x === y) return later(a, b)
    return y === null || (x !== null && x > y)
  }
}
