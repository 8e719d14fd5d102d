import type { Cell } from '@droplake/contracts/column'

/**
 * Hash of the cells of one row, signed 64 bits; it is stored in files, so it never changes.
 *
 * Two 32-bit lanes start at 0x9747b28c and 0x3c6ef372 and take the same words with the mixing step of MurmurHash3 x86,
 * each with constants of its own. Every cell gives a tag word first:
 *
 * | cell    | tag | words that follow                                                    |
 * | ------- | --- | -------------------------------------------------------------------- |
 * | null    | 0   | none                                                                 |
 * | boolean | 1   | 0 or 1                                                               |
 * | number  | 2   | its IEEE 754 double, low word then high; a whole number as a bigint  |
 * | bigint  | 3   | its 64 bits of two's complement, low word then high                  |
 * | string  | 4   | number of UTF-16 units, then the units two a word, low first         |
 *
 * A whole number is one value, whichever type holds it: a key of 32 bits that is widened to 64 finds the rows stored before.
 *
 * At the end the number of columns is xored in and each lane takes MurmurHash3's final mix; the first lane is the high
 * half. A hash finds candidates only: `sameCells` decides.
 */
export function hashCells(columns: readonly Cell[][], row: number): bigint {
  high = 0x9747b28c | 0
  low = 0x3c6ef372
  for (const column of columns) addCell(column[row] ?? null)
  result[1] = finish(high ^ columns.length)
  result[0] = finish(low ^ columns.length)
  return result64[0]!
}

/** Whether two rows agree in every column; the same number of columns on both sides. */
export function sameCells(a: readonly Cell[][], i: number, b: readonly Cell[][], j: number): boolean {
  for (let column = 0; column < a.length; column++) if (a[column]![i] !== b[column]![j]) return false
  return true
}

// Little-endian like every machine that Node runs on.
const result = new Int32Array(2)
const result64 = new BigInt64Array(result.buffer)
const scratch = new Int32Array(2)
const scratch64 = new BigInt64Array(scratch.buffer)
const scratchDouble = new Float64Array(scratch.buffer)
let high = 0
let low = 0

function addCell(cell: Cell): void {
  if (cell === null) addWord(0)
  else if (typeof cell === 'string') addText(cell)
  else if (typeof cell === 'boolean') {
    addWord(1)
    addWord(cell ? 1 : 0)
  } else if (Number.isSafeInteger(cell)) {
    addWord(3)
    addWord((cell as number) | 0)
    addWord(Math.floor((cell as number) / 2 ** 32))
  } else {
    addWord(typeof cell === 'number' ? 2 : 3)
    if (typeof cell === 'number') scratchDouble[0] = cell
    else scratch64[0] = cell
    addWord(scratch[0]!)
    addWord(scratch[1]!)
  }
}

function addText(text: string): void {
  const { length } = text
  addWord(4)
  addWord(length)
  let i = 0
  for (; i + 1 < length; i += 2) addWord(text.charCodeAt(i) | (text.charCodeAt(i + 1) << 16))
  if (i < length) addWord(text.charCodeAt(i))
}

function addWord(word: number): void {
  let k = Math.imul(word, 0xcc9e2d51)
  k = Math.imul((k << 15) | (k >>> 17), 0x1b873593)
  high ^= k
  high = (Math.imul((high << 13) | (high >>> 19), 5) + 0xe6546b64) | 0
  let j = Math.imul(word, 0x239b961b)
  j = Math.imul((j << 16) | (j >>> 16), 0xab0e9789)
  low ^= j
  low = (Math.imul((low << 17) | (low >>> 15), 5) + 0x32ac3b17) | 0
}

function finish(hash: number): number {
  let h = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return h ^ (h >>> 16)
}
