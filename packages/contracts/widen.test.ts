import { describe, expect, it } from 'vitest'
import type { Cell, ColumnType } from './column.ts'
import { isSame, lossOf, widening } from './widen.ts'

const money = (precision: number, scale: number): ColumnType => ({ kind: 'decimal', precision, scale })
const plain = (kind: Exclude<ColumnType['kind'], 'decimal'>): ColumnType => ({ kind })

describe('widening', () => {
  it.each<[string, ColumnType, ColumnType, Cell, Cell]>([
    ['an int as a bigint', plain('int'), plain('bigint'), -7, -7n],
    ['an int as a double', plain('int'), plain('double'), -7, -7],
    ['an int as a decimal', plain('int'), money(12, 2), -2_147_483_648, -214_748_364_800n],
    ['a decimal with more digits after the point', money(10, 2), money(12, 3), 1999n, 19990n],
    ['a decimal with as many and more before it', money(10, 2), money(11, 2), 1999n, 1999n],
    ['a date as its midnight', plain('date'), plain('timestamp'), 17_532, Date.UTC(2018, 0, 1)],
  ])('keeps the value of %s', (_, stored, declared, cell, expected) => {
    const widen = widening(stored, declared)
    expect(widen?.(cell)).toBe(expected)
    expect(widen?.(null)).toBe(null)
  })

  it.each<[string, ColumnType, ColumnType, string]>([
    ['fewer digits after the point', money(10, 2), money(10, 1), 'would lose digits'],
    ['fewer digits before it', money(10, 2), money(10, 3), 'would lose digits'],
    ['a bigint as an int', plain('bigint'), plain('int'), 'would lose digits'],
    ['an int as a small decimal', plain('int'), money(11, 2), 'would lose digits'],
    ['a time as a date', plain('timestamp'), plain('date'), 'would lose the time of day'],
    ['text as a number', plain('text'), plain('int'), 'cannot hold what is stored'],
    ['a number as text', plain('int'), plain('text'), 'cannot hold what is stored'],
    ['a double as money', plain('double'), money(12, 2), 'cannot hold what is stored'],
    ['a boolean as a number', plain('boolean'), plain('int'), 'cannot hold what is stored'],
  ])('refuses %s', (_, stored, declared, loss) => {
    expect(widening(stored, declared)).toBeUndefined()
    expect(lossOf(stored, declared)).toBe(loss)
  })

  it('leaves cells of equal types as they are', () => {
    const widen = widening(money(10, 2), money(10, 2))
    expect(widen && isSame(widen)).toBe(true)
  })
})
