/** The production reader against a plain one, on files that are as they should be and on files that are not. */
import { int, text } from '@droplake/contracts/column'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bytesOf, readWhole, tableOf, type Whole } from './testing.ts'

const table = tableOf({ id: text.required(), remark: text.optional(), size: int.optional() })
const header = ['id', 'remark', 'size']

/** One string per cell; a string of white space only is a cell without a value. */
type Row = [id: string, remark: string, size: string]

/** Reads character by character, one state at a time, whatever the line ends. */
function readPlainly(content: string, delimiter: string): (Row | 'blank')[] {
  const rows: string[][] = [[]]
  let cell = ''
  let isQuoted = false
  const endCell = () => {
    rows.at(-1)?.push(cell.trim())
    cell = ''
  }
  const endRow = () => {
    endCell()
    rows.push([])
  }
  for (let i = 0; i < content.length; i++) {
    const c = content[i]
    if (isQuoted && c === '"' && content[i + 1] === '"') cell += content[i++]
    else if (c === '"') isQuoted = !isQuoted
    else if (isQuoted) cell += c
    else if (c === delimiter) endCell()
    else if (c === '\ufeff') continue
    else if (c === '\r' && content[i + 1] === '\n') continue
    else if (c === '\r' || c === '\n') endRow()
    else cell += c
  }
  if (cell !== '' || rows.at(-1)?.length !== 0) endCell()
  else rows.pop()
  return rows.slice(1).map((cells) => {
    const isHeader = cells.every((name, place) => name === header[place])
    return isHeader || cells.every((each) => each === '') ? 'blank' : (cells as Row)
  })
}

const valuesOf = ([id, remark, size]: Row) => [id, remark || null, size === '' ? null : Number(size)]

interface File {
  content: string
  delimiter: string
}

const word = fc.string({
  unit: fc.constantFrom('a', 'b', 'é', '😀', '"', '""', '\\', ';', '|', "'"),
  minLength: 1,
  maxLength: 5,
})
const remarks = fc
  .array(fc.tuple(word, fc.constantFrom(' ', '\n', '\r\n', '\r', '\n\n', '.\n', ', ', '\t')), { maxLength: 5 })
  .map((words) => words.map(([each, joint]) => each + joint).join(''))
  // Before a quote a backslash may be meant to escape it, which the lexer's tests are about.
  .map((remark) => remark.trim().replace(/\\+(?="|$)/g, ''))
const rows: fc.Arbitrary<Row> = fc.tuple(
  fc.nat(999).map((n) => `k${n}`),
  fc.oneof(remarks, fc.constant('')),
  fc.oneof(fc.nat(99).map(String), fc.constant('')),
)
const lines = fc.oneof(
  { weight: 12, arbitrary: rows },
  { weight: 1, arbitrary: fc.constant<Row>(['', '', '']) },
  { weight: 1, arbitrary: fc.constant<Row>(['id', 'remark', 'size']) },
)

/** A file as RFC 4180 has it, but for its delimiter, its line ends, and the marks that joining files leaves in it. */
const goodFiles: fc.Arbitrary<File> = fc
  .record({
    records: fc.array(fc.record({ cells: lines, mark: fc.nat(9), quote: fc.nat(7), blanks: fc.nat(9) }), {
      maxLength: 12,
    }),
    delimiter: fc.constantFrom(',', ';', '\t', '|'),
    lineEnd: fc.constantFrom('\n', '\r\n', '\r'),
    mark: fc.boolean(),
    isTerminated: fc.boolean(),
  })
  .map(({ records, delimiter, lineEnd, mark, isTerminated }) => {
    const needsQuotes = (cell: string) => ['"', delimiter, '\n', '\r'].some((each) => cell.includes(each))
    const body = records.map(({ cells, ...by }) => {
      const written = cells.map((cell, place) => {
        if ((by.quote >> place) % 2 === 0 && !needsQuotes(cell)) return cell
        return `"${cell.replaceAll('"', '""')}"${by.blanks === place ? ' ' : ''}`
      })
      return (by.mark === 0 ? '\ufeff' : '') + written.join(delimiter)
    })
    const all = [header.join(delimiter), ...body].join(lineEnd)
    return { content: (mark ? '\ufeff' : '') + all + (isTerminated ? lineEnd : ''), delimiter }
  })

const cuts = fc.record({
  sliceBytes: fc.oneof(fc.integer({ min: 1, max: 80 }), fc.constant(1 << 30)),
  chunkBytes: fc.integer({ min: 1, max: 40 }),
  batchRows: fc.integer({ min: 1, max: 5 }),
})

/** Every byte after the header lies in a record, and records add up. */
function expectNothingLost(whole: Whole, content: string): void {
  expect(whole.rows.length + whole.blank + whole.rejected.length).toBe(whole.records)
  expect(whole.records).toBe(whole.profile.records)
  for (const { bytes, offset } of whole.rejected)
    expect(Buffer.from(bytes)).toEqual(Buffer.from(bytesOf(content)).subarray(offset, offset + bytes.length))
}

describe('reading', () => {
  it('gives what a plain reader gives, whatever the quoting, separators, line ends, marks and cuts', async () => {
    await fc.assert(
      fc.asyncProperty(goodFiles, cuts, async ({ content, delimiter }, options) => {
        const expected = readPlainly(content, delimiter)
        const whole = await readWhole(table, content, options)
        expect(whole.rejected).toEqual([])
        expect(whole.rows).toEqual(expected.filter((row) => row !== 'blank').map(valuesOf))
        expect(whole.blank).toBe(expected.filter((row) => row === 'blank').length)
        expectNothingLost(whole, content)
      }),
      { seed: 31, numRuns: 700 },
    )
  })
  it('loses no line to stray quotes: each is in a row, in quarantine or blank, and the rows that it gives were written', async () => {
    const strays = fc.array(fc.tuple(fc.nat(11), fc.nat(40), fc.constantFrom('"', '"', '"', '\\"', '""')), {
      minLength: 1,
      maxLength: 3,
    })
    const plainRows = fc.array(
      fc.tuple(
        fc.nat(999).map((n) => `k${n}`),
        fc.constantFrom('', 'tv', 'ok', '"sim, bom"', '"a ""b"""', 'o que'),
        fc.nat(99).map(String),
      ),
      { minLength: 3, maxLength: 12 },
    )
    await fc.assert(
      fc.asyncProperty(
        plainRows,
        strays,
        cuts,
        fc.constantFrom('\n', '\r\n', '\r'),
        async (good, quotes, options, lineEnd) => {
          const written = good.map((cells) => cells.join(','))
          const damaged = new Set<number>()
          for (const [line, at, stray] of quotes) {
            const row = line % written.length
            const whole = written[row]!
            written[row] = whole.slice(0, at % (whole.length + 1)) + stray + whole.slice(at % (whole.length + 1))
            damaged.add(row)
          }
          const content = `id,remark,size${lineEnd}${written.map((row) => row + lineEnd).join('')}`
          const whole = await readWhole(table, content, options)
          expectNothingLost(whole, content)
          // A row without a stray quote is read as it was written, or lies in quarantine beside a damaged one.
          const kept = new Map(whole.rowNumbers.map((row, i) => [row, whole.rows[i]]))
          const held = whole.rejected.map(({ bytes }) => Buffer.from(bytes).toString()).join('\n')
          const missing = good.filter((cells, row) => {
            if (damaged.has(row)) return false
            const [expected] = readPlainly(`\n${cells.join(',')}\n`, ',') as Row[]
            const isRow = [...kept.values()].some(
              (values) => JSON.stringify(values) === JSON.stringify(valuesOf(expected!)),
            )
            return !isRow && !held.includes(cells.join(','))
          })
          expect(missing).toEqual([])
          expect(await readWhole(table, content).then(({ profile, ...rest }) => rest)).toEqual({
            ...whole,
            profile: undefined,
          })
        },
      ),
      { seed: 32, numRuns: 500 },
    )
  })
})
