/** From 64-bit hashes to small numbers, open addressing over typed arrays: 24 bytes a row, no object a row. */
export interface HashIndex {
  /** The number that stands for the hash already, or the given one, which then stands for it. */
  add(hash: bigint, value: number): number
  find(hash: bigint): number | undefined
}

export function createHashIndex(rows: number): HashIndex {
  let size = 16
  while (size < rows * 2) size *= 2
  const hashes = new BigInt64Array(size)
  const values = new Int32Array(size).fill(-1)
  const slot = (hash: bigint) => {
    let at = Number(BigInt.asUintN(32, hash ^ (hash >> 32n))) & (size - 1)
    while (values[at] !== -1 && hashes[at] !== hash) at = (at + 1) & (size - 1)
    return at
  }
  return {
    add(hash, value) {
      const at = slot(hash)
      if (values[at] === -1) {
        hashes[at] = hash
        values[at] = value
      }
      return values[at] as number
    },
    find(hash) {
      const value = values[slot(hash)] as number
      return value === -1 ? undefined : value
    },
  }
}
