import type { Cell, Column } from '@droplake/contracts/column'
import { decodeLatin1, decodeUtf8 } from './encoding.ts'
import type { ReadCell } from './read-cell.ts'

/** Strings seen lately, so that a column of few values allocates few of them; a power of two. */
const remembered = 256
/** Longer texts are ids and prose, which do not come again soon. */
const longestRemembered = 24

/** Text: decoded, trimmed of every Unicode blank, lower-cased, padded, checked against the accepted values. */
export function createTextReader(column: Column, encoding: 'utf-8' | 'latin-1'): ReadCell {
  const { lower, padTo, accepted } = column
  const decode = encoding === 'utf-8' ? decodeUtf8 : decodeLatin1
  const allowed = accepted ? new Set(accepted) : undefined
  const recent: string[] = new Array(remembered).fill('')
  return (bytes, start, end, note): Cell => {
    let high = 0
    let hash = end - start
    let least = 255
    const isShort = hash <= longestRemembered
    if (isShort)
      for (let i = start; i < end; i++) {
        const byte = bytes[i]!
        high |= byte
        if (byte < least) least = byte
        hash = (Math.imul(hash, 31) + byte) | 0
      }
    else
      for (let i = start; i < end; i++) {
        const byte = bytes[i]!
        high |= byte
        if (byte < least) least = byte
      }
    if (least === 0) {
      note.fault = 'nul_character'
      return null
    }
    let text: string
    if (high < 128 && !isShort) text = bytes.toString('latin1', start, end)
    else if (high < 128) {
      const slot = (hash ^ (hash >>> 15)) & (remembered - 1)
      text = recent[slot]!
      if (!isAt(text, bytes, start, end)) {
        text = bytes.toString('latin1', start, end)
        recent[slot] = text
      }
    } else {
      const raw = decode(bytes.subarray(start, end))
      text = raw.trim()
      if (text.length !== raw.length) note.repaired = true
      if (text === '') return null
    }
    if (lower) {
      const lowered = text.toLowerCase()
      if (lowered !== text) {
        note.repaired = true
        text = lowered
      }
    }
    if (padTo !== undefined) {
      const padded = pad(text, padTo)
      if (padded !== text) {
        note.repaired = true
        text = padded
      }
    }
    if (allowed && !allowed.has(text)) {
      note.fault = 'not_accepted'
      return null
    }
    return text
  }
}

function isAt(text: string, bytes: Buffer, start: number, end: number): boolean {
  if (text.length !== end - start) return false
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) !== bytes[start + i]) return false
  return true
}

/** Gives back the leading zeros that a spreadsheet took, and takes the `.0` that it gave. */
function pad(text: string, length: number): string {
  let digits = 0
  while (digits < text.length && text.charCodeAt(digits) >= 48 && text.charCodeAt(digits) <= 57) digits++
  if (digits === 0 || digits > length) return text
  if (digits < text.length && !/^\.0+$/.test(text.slice(digits))) return text
  return text.slice(0, digits).padStart(length, '0')
}
