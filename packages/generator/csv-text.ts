import { type Random, uint32 } from './random.ts'

const special = /[",\r\n]/

/**
 * One record without line ending. Cells that need quotes get them; in `mixed` columns (bit n = column n) every other cell
 * has them too, as in the public files.
 */
export function encodeRecord(cells: readonly string[], options: { random: Random; mixed: number }): string {
  const coins = options.mixed === 0 ? 0 : uint32(options.random) & options.mixed
  let record = ''
  for (let i = 0; i < cells.length; i++) {
    const cell = cells[i]!
    if (i > 0) record += ','
    if (special.test(cell)) record += `"${cell.replaceAll('"', '""')}"`
    else if ((coins >>> i) & 1 && cell !== '') record += `"${cell}"`
    else record += cell
  }
  return record
}
