import { expect, test } from 'vitest'
import { partitionFolder, partitionValue } from './partition.ts'

const lastMoment = Date.UTC(2018, 1, 28, 23, 59, 59, 999)
const by = (unit: 'month' | 'day') => ({ name: 'p', by: unit, of: 'at' })

test('a row lies in the UTC month or day of its time, up to the last millisecond', () => {
  expect(partitionValue(by('month'), 'timestamp', lastMoment)).toBe('2018-02')
  expect(partitionValue(by('month'), 'timestamp', lastMoment + 1)).toBe('2018-03')
  expect(partitionValue(by('day'), 'timestamp', lastMoment)).toBe('2018-02-28')
  expect(partitionValue(by('day'), 'timestamp', -1)).toBe('1969-12-31')
})

test('a date counts days since 1970', () => {
  expect(partitionValue(by('day'), 'date', 17_590)).toBe('2018-02-28')
  expect(partitionValue(by('month'), 'date', 0)).toBe('1970-01')
})

test('a table without partitions has one, without a name and a folder', () => {
  expect(partitionValue(undefined, undefined, null)).toBe('')
  expect(partitionFolder(undefined, '')).toBe('')
  expect(partitionFolder(by('month'), '2018-02')).toBe('p=2018-02')
})
