import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createLexer, escaped, unquote } from './lexer.ts'

interface Cut {
  cells: string[]
  offset: number
  length: number
  terminated: boolean
  damage: string | null
}

function lex(text: string, options: { size?: number; limit?: number; keep?: number } = {}): Cut[] {
  const { size = 1 << 16, ...limits } = options
  const lexer = createLexer({ delimiter: 44, ...limits })
  const bytes = Buffer.from(text)
  const cuts: Cut[] = []
  const take = () => {
    const { record } = lexer
    const cells: string[] = []
    for (let i = 0; i < record.cells && !record.damage; i++) {
      const start = record.start + record.starts[i]!
      const end = record.start + record.ends[i]!
      const raw = record.bytes.subarray(start, end)
      cells.push((record.quoting[i] === escaped ? unquote(record.bytes, start, end) : raw).toString())
    }
    const { offset, length, terminated, damage } = record
    cuts.push({ cells, offset, length, terminated, damage })
  }
  for (let at = 0; at < bytes.length; at += size) {
    lexer.push(bytes.subarray(at, at + size))
    while (lexer.next(false)) take()
  }
  while (lexer.next(true)) take()
  return cuts
}

const cellsOf = (text: string) => lex(text).map(({ cells }) => cells)

describe('lexer', () => {
  it('cuts cells and records at delimiters, LF and CRLF', () => {
    expect(cellsOf('a,b\r\nc,\n,d')).toEqual([
      ['a', 'b'],
      ['c', ''],
      ['', 'd'],
    ])
  })
  it('keeps delimiters, quotes and every kind of line end inside quotes', () => {
    expect(cellsOf('"a,b","say ""hi""","1\n2\r\n3\r4"\nx,y,z\n')).toEqual([
      ['a,b', 'say "hi"', '1\n2\r\n3\r4'],
      ['x', 'y', 'z'],
    ])
  })
  it('takes a quote inside an unquoted cell literally', () => {
    expect(cellsOf('5" disc,a"b"c\n')).toEqual([['5" disc', 'a"b"c']])
  })
  it('keeps what follows a closing quote', () => {
    expect(cellsOf('"ab"cd,"x" "y",z\n"a"\rb,c\r\n')).toEqual([
      ['abcd', 'x "y"', 'z'],
      ['a\rb', 'c'],
    ])
  })
  it('gives an empty line one empty cell and nothing after the last line end', () => {
    expect(cellsOf('\n\r\na\n')).toEqual([[''], [''], ['a']])
    expect(lex('')).toEqual([])
  })
  it('ends a last record without a line end, also after a delimiter, a quote or a lone CR', () => {
    expect(lex('a,')).toEqual([{ cells: ['a', ''], offset: 0, length: 2, terminated: false, damage: null }])
    expect(cellsOf('a,"b"')).toEqual([['a', 'b']])
    expect(cellsOf('a,"b"\r')).toEqual([['a', 'b']])
    expect(cellsOf('a,b\r')).toEqual([['a', 'b']])
  })
  it('halves the quotes of cells of quotes only', () => {
    expect(cellsOf('"","""",""""""\n')).toEqual([['', '"', '""']])
  })
  it('gives up a quote that is never closed after its first line and reads on', () => {
    expect(lex('a,"b\nc,d\ne,f').map(({ cells, damage }) => [cells, damage])).toEqual([
      [[], 'truncated'],
      [['c', 'd'], null],
      [['e', 'f'], null],
    ])
  })
  it('gives up a quote that is open for longer than the limit after its first line, whatever follows', () => {
    const lines = Array.from({ length: 30 }, (_, i) => `row${i},x`)
    const cuts = lex(`"open,1\n${lines.join('\n')}\n"closed",2\n`, { limit: 40 })
    expect(cuts[0]).toMatchObject({ damage: 'too_long', length: 8 })
    expect(cuts.slice(1).map(({ cells }) => cells)).toEqual([...lines.map((line) => line.split(',')), ['closed', '2']])
  })
  it('drops a line without an end beyond its first bytes and says how long it was', () => {
    for (const size of [1, 7, 1000])
      expect(lex(`a,b\n${'x'.repeat(500)}\nc,d\n`, { limit: 40, keep: 10, size })).toMatchObject([
        { cells: ['a', 'b'] },
        { damage: 'too_long', offset: 4, length: 501, terminated: true },
        { cells: ['c', 'd'], offset: 505 },
      ])
    expect(lex('x'.repeat(500), { limit: 40, keep: 10, size: 9 })).toMatchObject([{ length: 500, terminated: false }])
  })
  it('cuts the same records however the bytes come in', () => {
    const piece = fc.constantFrom('a', 'é', '"', '""', ',', '\n', '\r\n', '\r', ' ', '"x"', '"q,\n"')
    const text = fc.array(piece, { maxLength: 60 }).map((pieces) => pieces.join(''))
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 9 }), fc.integer({ min: 4, max: 30 }), (csv, size, limit) => {
        const options = { limit, keep: 3 }
        const whole = lex(csv, options)
        expect(lex(csv, { ...options, size })).toEqual(whole)
        expect(whole.reduce((sum, { length }) => sum + length, 0)).toBe(Buffer.byteLength(csv))
      }),
      { seed: 11, numRuns: 1500 },
    )
  })
  it('cuts the same records from any settled record on', () => {
    const piece = fc.constantFrom('a', '"', '""', ',', '\n', '\r\n', 'b"', '"x"')
    const text = fc.array(piece, { maxLength: 60 }).map((pieces) => pieces.join(''))
    fc.assert(
      fc.property(text, fc.integer({ min: 4, max: 30 }), (csv, limit) => {
        const lexer = createLexer({ delimiter: 44, limit, keep: 3 })
        lexer.push(Buffer.from(csv))
        const starts: number[] = []
        while (lexer.next(true)) if (lexer.record.offset >= lexer.record.settled) starts.push(lexer.record.offset)
        const whole = lex(csv, { limit, keep: 3 })
        for (const start of starts) {
          const before = lex(csv.slice(0, start), { limit, keep: 3 })
          const after = lex(csv.slice(start), { limit, keep: 3 })
          expect([...before, ...after.map((cut) => ({ ...cut, offset: cut.offset + start }))]).toEqual(whole)
        }
      }),
      { seed: 12, numRuns: 1500 },
    )
  })
})
