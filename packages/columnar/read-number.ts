import type { Cell } from '@droplake/contracts/column'
import type { DecimalSign } from '@droplake/contracts/table'
import { numberText, readNumber, type WrittenNumber } from './decimal-sign.ts'
import type { Note, ReadCell } from './read-cell.ts'

const power = Array.from({ length: 23 }, (_, exponent) => 10 ** exponent)

const wholeNumber = /^-?\d+$/
const plainNumber = /^-?\d+(\.\d+)?$/

// What `readPlain` found last: an integer and how many of its digits are a fraction.
let mantissa = 0
let fraction = 0

/** `-12.340`, up to 15 digits: exact in a double. */
function readPlain(bytes: Buffer, start: number, end: number): boolean {
  let i = start
  const negative = bytes[i] === 45
  if (negative) i++
  const first = i
  let value = 0
  let point = -1
  for (; i < end; i++) {
    const digit = bytes[i]! - 48
    if (digit >= 0 && digit <= 9) value = value * 10 + digit
    else if (digit === -2 && point < 0 && i > first && i + 1 < end) point = i
    else return false
  }
  const digits = end - first - (point < 0 ? 0 : 1)
  if (digits === 0 || digits > 15) return false
  mantissa = negative ? -value : value
  fraction = point < 0 ? 0 : end - point - 1
  return true
}

/** A number in digits: `unscaled / 10 ** scale`. */
interface Exact {
  unscaled: bigint
  scale: number
}

/** How numbers of one file and column are read. `sign` is null where nothing decides it. */
export interface NumberStyle {
  sign: DecimalSign | null
  /** See `heldDecimals`. */
  held: number
}

/**
 * Reads every other form: the digits of a double, `+5`, `.5`, `5.`, `1.2e3`, a decimal comma, thousands in groups. Null with a fault
 * for what is no number, and for what is two.
 */
function createLooseReader({
  sign,
  held,
}: NumberStyle): (bytes: Buffer, start: number, end: number, note: Note) => Exact | null {
  const plain = sign === 'comma' ? wholeNumber : plainNumber
  return (bytes, start, end, note) => {
    const text = numberText(bytes, start, end)
    if (!plain.test(text)) note.repaired = true
    if (sign) return exactOf(readNumber(text, sign), note)
    const asPoint = readNumber(text, 'point')
    const asComma = readNumber(text, 'comma')
    if (!asPoint || !asComma) return exactOf(asPoint ?? asComma, note)
    const isOne = asPoint.whole === asComma.whole && asPoint.decimals === asComma.decimals
    if (!isOne && (held < 3 || text.includes(','))) return fault(note, 'ambiguous_number')
    return exactOf(asPoint, note)
  }
}

function exactOf(written: WrittenNumber | null, note: Note): Exact | null {
  if (!written) return fault(note, 'not_a_number')
  const { negative, whole, decimals, exponent } = written
  let unscaled = BigInt(whole + decimals)
  let scale = decimals.length - exponent
  if (scale < 0) {
    unscaled *= 10n ** BigInt(-scale)
    scale = 0
  }
  return { unscaled: negative ? -unscaled : unscaled, scale }
}

/**
 * Whether the point that `readPlain` found is a decimal point beyond doubt. It may divide thousands where nothing decides the
 * sign: three digits follow it, one to three stand before it, and the type would not hold them.
 */
function isDecimalPoint({ sign, held }: NumberStyle, bytes: Buffer, start: number, end: number): boolean {
  if (sign) return sign === 'point'
  if (fraction !== 3 || held >= 3) return true
  const first = bytes[start] === 45 ? start + 1 : start
  return end - first > 7 || bytes[first] === 48
}

/** An integer of 32 bits as a number or of 64 bits as a bigint; `57.0` is mended, `57.5` is too precise. */
export function createIntegerReader(kind: 'int' | 'bigint', style: NumberStyle): ReadCell {
  const wide = kind === 'bigint'
  const greatest = wide ? 2n ** 63n - 1n : 2n ** 31n - 1n
  const least = -greatest - 1n
  const readLoose = createLooseReader(style)
  return (bytes, start, end, note): Cell => {
    if (readPlain(bytes, start, end) && (fraction === 0 || isDecimalPoint(style, bytes, start, end))) {
      let value = mantissa
      if (fraction > 0) {
        const unit = power[fraction]!
        if (value % unit !== 0) return fault(note, 'too_precise')
        value /= unit
        note.repaired = true
      }
      if (wide) return BigInt(value)
      if (value > 2147483647 || value < -2147483648) return fault(note, 'out_of_range')
      return value + 0
    }
    const exact = readLoose(bytes, start, end, note)
    if (!exact) return null
    const unit = 10n ** BigInt(exact.scale)
    if (exact.unscaled % unit !== 0n) return fault(note, 'too_precise')
    if (exact.scale > 0) note.repaired = true
    const value = exact.unscaled / unit
    if (value > greatest || value < least) return fault(note, 'out_of_range')
    return wide ? value : Number(value)
  }
}

/**
 * An unscaled bigint, exact in its digits. More digits than the scale are fine when they are zeros, are rounded when
 * they are the noise of a double (`58.900000000000006`), and are too precise otherwise.
 */
export function createDecimalReader(type: { precision: number; scale: number }, style: NumberStyle): ReadCell {
  const { scale } = type
  const readLoose = createLooseReader(style)
  const limit = 10n ** BigInt(type.precision)
  return (bytes, start, end, note): Cell => {
    let value: bigint
    if (readPlain(bytes, start, end) && (fraction === 0 || isDecimalPoint(style, bytes, start, end))) {
      const missing = scale - fraction
      if (missing >= 0) {
        const product = mantissa * power[missing]!
        value = Number.isSafeInteger(product) ? BigInt(product) : BigInt(mantissa) * 10n ** BigInt(missing)
      } else if (mantissa % power[-missing]! === 0) value = BigInt(mantissa / power[-missing]!)
      else {
        const rounded = round({ unscaled: BigInt(mantissa), scale: fraction }, scale)
        if (rounded === null) return fault(note, 'too_precise')
        note.repaired = true
        value = rounded
      }
    } else {
      const exact = readLoose(bytes, start, end, note)
      if (!exact) return null
      if (exact.scale <= scale) value = exact.unscaled * 10n ** BigInt(scale - exact.scale)
      else {
        const unit = 10n ** BigInt(exact.scale - scale)
        if (exact.unscaled % unit === 0n) value = exact.unscaled / unit
        else {
          const rounded = round(exact, scale)
          if (rounded === null) return fault(note, 'too_precise')
          note.repaired = true
          value = rounded
        }
      }
    }
    if (value >= limit || value <= -limit) return fault(note, 'out_of_range')
    return value
  }
}

/** The nearest value at a scale, when more than six digits go beyond it and together weigh less than 1e-9; else null. */
function round(exact: Exact, scale: number): bigint | null {
  const extra = exact.scale - scale
  if (extra <= 6) return null
  const unit = 10n ** BigInt(extra)
  const half = exact.unscaled < 0n ? -unit / 2n : unit / 2n
  const rounded = (exact.unscaled + half) / unit
  const rest = exact.unscaled - rounded * unit
  return (rest < 0n ? -rest : rest) * 1_000_000_000n < 10n ** BigInt(exact.scale) ? rounded : null
}

/** A finite double, -0 as 0. */
export function createDoubleReader(style: NumberStyle): ReadCell {
  const readLoose = createLooseReader(style)
  return (bytes, start, end, note): Cell => {
    if (readPlain(bytes, start, end) && (fraction === 0 || isDecimalPoint(style, bytes, start, end)))
      // A mantissa below 2^53 over a power of ten up to 22 is correctly rounded.
      return mantissa / power[fraction]! + 0
    if (style.sign !== 'comma') {
      const text = bytes.toString('latin1', start, end)
      // More digits than `readPlain` takes: too many for thousands and a group.
      if (text.length > 16 && plainNumber.test(text)) return Number(text) + 0
    }
    const exact = readLoose(bytes, start, end, note)
    if (!exact) return null
    const value = Number(`${exact.unscaled}e-${exact.scale}`)
    return Number.isFinite(value) ? value + 0 : fault(note, 'out_of_range')
  }
}

function fault(note: Note, reason: NonNullable<Note['fault']>): null {
  note.fault = reason
  return null
}
