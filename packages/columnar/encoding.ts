import { isAscii, isUtf8 } from 'node:buffer'

/**
 * Whether bytes that come in chunks are UTF-8. `valid` is final after the last `add`; a character that is cut off by
 * the end of the bytes is no evidence against UTF-8, because files are cut off anywhere.
 */
export function createUtf8Check(): { add(chunk: Uint8Array): void; readonly valid: boolean } {
  let carried: Uint8Array = new Uint8Array(0)
  let valid = true
  return {
    add(chunk) {
      if (!valid || (carried.length === 0 && isAscii(chunk))) return
      const joined = carried.length === 0 ? chunk : Buffer.concat([carried, chunk])
      const whole = joined.length - cutOff(joined, joined.length)
      valid = isUtf8(joined.subarray(0, whole))
      carried = joined.slice(whole)
    },
    get valid() {
      return valid
    },
  }
}

/** How many bytes before `end` begin a UTF-8 character that does not end before it: 0 to 3. */
export function cutOff(bytes: Uint8Array, end: number): number {
  for (let back = 1; back <= 3 && back <= end; back++) {
    const byte = bytes[end - back]!
    if (byte >= 0xc2) {
      const needed = byte >= 0xf5 ? 0 : byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2
      return needed > back ? back : 0
    }
    if (byte < 0x80) return 0
  }
  return 0
}

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })

/** 0x80 to 0x9f in windows-1252; the five unassigned ones stay controls, as the WHATWG table has it. */
const windows1252 =
  '\u20ac\u0081\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\u008d\u017d\u008f' +
  '\u0090\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\u009d\u017e\u0178'

export const decodeUtf8 = (bytes: Uint8Array): string => utf8.decode(bytes)

/**
 * Text of a file that is not UTF-8 as a whole: windows-1252, the superset of Latin-1 that spreadsheets write. A cell
 * that is UTF-8 by itself is read as that, because files that were joined from two sources mix both.
 */
export function decodeLatin1(bytes: Uint8Array): string {
  if (isUtf8(bytes)) return decodeUtf8(bytes)
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
    .toString('latin1')
    .replace(/[\u0080-\u009f]/g, (control) => windows1252[control.charCodeAt(0) - 0x80]!)
}
