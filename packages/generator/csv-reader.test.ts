import { describe, expect, test } from 'vitest'
import { readRecords, readRows } from './csv-reader.ts'

describe('csv reader', () => {
  test('reads quoted commas, quotes and line breaks, CRLF, a byte order mark and a missing last newline', () => {
    const text = '\uFEFFa,b,c\r\n"x, ""y""\r\nz",2,\r\n\r\n,,\r\n1,"",3'
    expect([...readRecords(text)]).toEqual([
      ['a', 'b', 'c'],
      ['x, "y"\r\nz', '2', ''],
      ['', '', ''],
      ['1', '', '3'],
    ])
  })

  test('ends an empty last cell and an open quote with the text', () => {
    expect([...readRecords('a,')]).toEqual([['a', '']])
    expect([...readRecords('a,"b\nc')]).toEqual([['a', 'b\nc']])
  })

  test('gives rows by column, leaves out those of another width, names an absent column', () => {
    const text = 'B, A \n1,2\n3\n4,5,6\n7," 8 "\n'
    expect([...readRows('t.csv', text, ['a', 'b'])]).toEqual([
      { a: '2', b: '1' },
      { a: '8', b: '7' },
    ])
    expect(() => [...readRows('t.csv', text, ['c'])]).toThrow('t.csv has no column c, got b,a')
  })
})
