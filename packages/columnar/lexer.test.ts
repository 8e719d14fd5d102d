import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createLexer, type Expected, escaped, unquote } from './lexer.ts'

interface Cut {
  cells: string[]
  offset: number
  length: number
  terminated: boolean
  damage: string | null
}

/** Of a file of three columns, whose lines look like records when they have three cells. */
const threeWide = (loneCr = false): Expected => ({
  width: 3,
  loneCr,
  holdsRecords: (bytes, start, end) => {
    const lines = bytes.toString('latin1', start, end).split(/\r\n|\n|\r/)
    return lines.slice(1).some((line) => line.split(',').length === 3)
  },
})

function lex(
  text: string | Uint8Array,
  options: { size?: number; limit?: number; keep?: number; expected?: Expected } = {},
): Cut[] {
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
      cells.push(
        (record.quoting[i]! >= escaped ? unquote(record.bytes, start, end, record.quoting[i]) : raw).toString(),
      )
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

const cellsOf = (text: string, expected: Expected = threeWide()) =>
  lex(text, { expected }).map(({ cells, damage }) => damage ?? cells)

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
  it('keeps what follows a closing quote where quoting was needless, and leaves out blanks', () => {
    expect(cellsOf('"ab"cd,"x" ,z\n"a,b"  ,c,"d"\t\r\n')).toEqual([
      ['abcd', 'x', 'z'],
      ['a,b', 'c', 'd'],
    ])
  })
  it('takes a line for damaged where text follows a quote that closes a delimiter or a line end in, or another quote', () => {
    expect(cellsOf('1,"tv 32,"bom, sim"\n2,"ele disse "bom" mesmo",x\n3,b,c\n')).toEqual([
      'stray_quote',
      'stray_quote',
      ['3', 'b', 'c'],
    ])
    expect(cellsOf('1,"tv 32,bom\n2,ok,x\n3,"ruim","nunca"\n4,b,c\n')).toEqual([
      'stray_quote',
      ['2', 'ok', 'x'],
      ['3', 'ruim', 'nunca'],
      ['4', 'b', 'c'],
    ])
  })
  it('takes a quote for stray where it and the next one enclose what looks like records', () => {
    expect(cellsOf('1,"a,x\n2,b,x\n3,c",x\n4,d,x\n')).toEqual([
      'stray_quote',
      ['2', 'b', 'x'],
      ['3', 'c"', 'x'],
      ['4', 'd', 'x'],
    ])
    expect(cellsOf('1,"a, b\nc",x\n2,"d\r\n, e\r\n",x\n')).toEqual([
      ['1', 'a, b\nc', 'x'],
      ['2', 'd\r\n, e\r\n', 'x'],
    ])
  })
  it('reads a quote after a backslash as text where that makes the record as wide as expected', () => {
    expect(cellsOf('1,"ele disse \\"bom\\" mesmo",x\n2,"tv 14\\"",x\n3,"a\\", b",x\n4,"\\\\\\"",x\n')).toEqual([
      ['1', 'ele disse "bom" mesmo', 'x'],
      ['2', 'tv 14"', 'x'],
      ['3', 'a", b', 'x'],
      ['4', '\\"', 'x'],
    ])
    expect(cellsOf('1,"line \\"one\\"\nand two",x\n2,b,c\n')).toEqual([
      ['1', 'line "one"\nand two', 'x'],
      ['2', 'b', 'c'],
    ])
  })
  it('reads a backslash before a closing quote as text where that makes the record as wide as expected', () => {
    expect(cellsOf('1,"C:\\dir\\",x\n2,"C:\\\\",x\n3,"say \\""hi\\"" ok",x\n')).toEqual([
      ['1', 'C:\\dir\\', 'x'],
      ['2', 'C:\\\\', 'x'],
      ['3', 'say \\"hi\\" ok', 'x'],
    ])
  })
  it('damages one line, not those after it, where backslashes make no sense either way', () => {
    expect(cellsOf('1,"a\\"b,x,y\n2,b,c\n3,"d",e\n')).toEqual(['stray_quote', ['2', 'b', 'c'], ['3', 'd', 'e']])
  })
  it('ends a record at a lone CR where that makes it as wide as expected, and keeps it as text where it does not', () => {
    expect(cellsOf('1,a,b\r2,c,d\r3,"e",f\r')).toEqual([
      ['1', 'a', 'b'],
      ['2', 'c', 'd'],
      ['3', 'e', 'f'],
    ])
    expect(cellsOf('1,a\rb,c\n2,"d\re",f\r\n3,g,h\ri\n')).toEqual([
      ['1', 'a\rb', 'c'],
      ['2', 'd\re', 'f'],
      ['3', 'g', 'h\ri'],
    ])
  })
  it('ends every record at a lone CR in a file whose header ends so', () => {
    const cr = threeWide(true)
    expect(cellsOf('1,a\r\r2,"b\nc\rd",e\r3,f,g\n4,h,i\r\n5', cr)).toEqual([
      ['1', 'a'],
      [''],
      ['2', 'b\nc\rd', 'e'],
      ['3', 'f', 'g'],
      ['4', 'h', 'i'],
      ['5'],
    ])
    expect(cellsOf('1,"a,b\r2,b,c\r3,"d",e\r', cr)).toEqual(['stray_quote', ['2', 'b', 'c'], ['3', 'd', 'e']])
  })
  it('leaves out a byte order mark at the start of a record, also before a quote', () => {
    expect(cellsOf('\ufeff1,a,b\n\ufeff\ufeff"2","c\nd",e\n\ufeff')).toEqual([
      ['1', 'a', 'b'],
      ['2', 'c\nd', 'e'],
      [''],
    ])
  })
  it('takes linear time for lines that each open a quote, however they go on', () => {
    for (const line of ['x",y,"z\n', '"\n', ' ",,"\n', '"a\\""\n', 'a\r', `${'x,'.repeat(30)}",y,"z\n`]) {
      const started = process.cpuUsage()
      lex(line.repeat(2 ** 20 / line.length), { expected: threeWide() })
      expect(process.cpuUsage(started).user).toBeLessThan(4e6)
    }
  })
  it('gives an empty line one empty cell and nothing after the last line end', () => {
    expect(cellsOf('\n\r\na\n\r\r\n')).toEqual([[''], [''], ['a'], ['']])
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
    const cr = { expected: threeWide(true), limit: 40, keep: 10 }
    for (const size of [1, 7, 1000])
      expect(lex(`a,b,c\r${'x'.repeat(500)}\rd,e,f\r`, { ...cr, size })).toMatchObject([
        { cells: ['a', 'b', 'c'] },
        { damage: 'too_long', offset: 6, length: 501, terminated: true },
        { cells: ['d', 'e', 'f'], offset: 507 },
      ])
    expect(lex('x'.repeat(500), { limit: 40, keep: 10, size: 9 })).toMatchObject([{ length: 500, terminated: false }])
  })
  const awkward = fc.constantFrom(
    ...['a', 'é', '"', '""', ',', ',', '\n', '\n', '\r\n', '\r', '\r\r\n', ' ', '"x"', '"q,\n"', 'b"', '\\"', '\\'],
    ...['\ufeff', '1,b,c\n', '1,"b",c\r', '2,"x\ny",z\n', '3,"\\"",c\n'],
  )
  const anyText = fc.array(awkward, { maxLength: 60 }).map((pieces) => pieces.join(''))
  const anyExpected = fc.constantFrom(undefined, threeWide(), threeWide(true))
  it('cuts the same records however the bytes come in', () => {
    fc.assert(
      fc.property(
        anyText,
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 4, max: 60 }),
        anyExpected,
        (csv, size, limit, expected) => {
          const options = { limit, keep: 3, ...(expected ? { expected } : {}) }
          const whole = lex(csv, options)
          expect(lex(csv, { ...options, size })).toEqual(whole)
          expect(whole.reduce((sum, { length }) => sum + length, 0)).toBe(Buffer.byteLength(csv))
        },
      ),
      { seed: 11, numRuns: 1500 },
    )
  })
  it('cuts the same records from any settled record on', () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 4, max: 80 }), anyExpected, (csv, limit, expected) => {
        const options = { limit, keep: 3, ...(expected ? { expected } : {}) }
        const bytes = Buffer.from(csv)
        const lexer = createLexer({ delimiter: 44, ...options })
        lexer.push(bytes)
        const starts: number[] = []
        while (lexer.next(true)) if (lexer.record.offset >= lexer.record.settled) starts.push(lexer.record.offset)
        const whole = lex(csv, options)
        for (const start of starts) {
          const before = lex(bytes.subarray(0, start), options)
          const after = lex(bytes.subarray(start), options)
          expect([...before, ...after.map((cut) => ({ ...cut, offset: cut.offset + start }))]).toEqual(whole)
        }
      }),
      { seed: 12, numRuns: 1500 },
    )
  })
})
