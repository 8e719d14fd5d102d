import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Cell, ColumnType } from '@droplake/contracts/column'
import type { ObjectWriter } from '@droplake/lake/object-store'
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import fc from 'fast-check'
import { parquetMetadata, parquetReadObjects } from 'hyparquet'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ParquetColumns } from './parquet-schema.ts'
import { openParquet } from './read-parquet.ts'
import { createParquet } from './write-parquet.ts'

interface Kept extends ObjectWriter {
  parts: Uint8Array[]
  state: 'open' | 'closed' | 'aborted'
}

function keep(): Kept {
  const kept: Kept = {
    parts: [],
    state: 'open',
    async write(bytes) {
      kept.parts.push(bytes)
    },
    async close() {
      kept.state = 'closed'
      return { key: 'k', size: 0, etag: '', version: '', lastModified: 0 }
    },
    async abort() {
      kept.state = 'aborted'
    },
  }
  return kept
}

async function written(columns: ParquetColumns, groups: readonly Cell[][][]): Promise<Buffer> {
  const out = keep()
  const parquet = createParquet(columns, out)
  for (const group of groups) await parquet.writeGroup(group)
  await parquet.close()
  return Buffer.concat(out.parts)
}

const open = (bytes: Buffer) => openParquet(async ({ start, end }) => bytes.subarray(start, end), bytes.length)

const types: [ColumnType, fc.Arbitrary<Cell>][] = [
  [{ kind: 'text' }, fc.oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom('', 'a', '\ufeffb', '😀'))],
  [{ kind: 'int' }, fc.integer()],
  [{ kind: 'bigint' }, fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n)],
  [{ kind: 'double' }, fc.double({ noNaN: true, noDefaultInfinity: true })],
  [{ kind: 'decimal', precision: 9, scale: 2 }, fc.bigInt(-999_999_999n, 999_999_999n)],
  [{ kind: 'decimal', precision: 18, scale: 3 }, fc.bigInt(-(10n ** 18n) + 1n, 10n ** 18n - 1n)],
  [{ kind: 'decimal', precision: 18, scale: 0 }, fc.bigInt(-(10n ** 18n) + 1n, 10n ** 18n - 1n)],
  [{ kind: 'timestamp' }, fc.integer({ min: Date.UTC(1900, 0), max: Date.UTC(2200, 0) })],
  [{ kind: 'date' }, fc.integer({ min: -25_567, max: 84_006 })],
  [{ kind: 'boolean' }, fc.boolean()],
]

/** Columns of every type, optional and required, and one or two groups of cells, often repeated, often null. */
const contents = fc
  .tuple(
    fc.boolean(),
    fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 2 }),
    fc.double({ min: 0, max: 1 }),
  )
  .chain(([required, sizes, nulls]) =>
    fc.record({
      columns: fc.constant(
        Object.fromEntries(types.map(([type], i) => [`c${i}`, { type, required }])) as ParquetColumns,
      ),
      groups: fc.tuple(
        ...sizes.map((size) =>
          fc.tuple(
            ...types.map(([, cell]) =>
              fc.array(cell, { minLength: 1, maxLength: 20 }).chain((pool) =>
                fc.array(
                  fc
                    .tuple(fc.nat(pool.length - 1), fc.double({ min: 0, max: 1, noNaN: true }))
                    .map(([at, chance]): Cell => (!required && chance < nulls ? null : pool[at]!)),
                  { minLength: size, maxLength: size },
                ),
              ),
            ),
          ),
        ),
      ),
    }),
  )

/** What SQL shows of a cell, made by other means than the reader's. */
function shown(cell: Cell, type: ColumnType): unknown {
  if (cell === null) return null
  // The binding drops U+FEFF at the start of a text.
  if (type.kind === 'text')
    return Buffer.from(cell as string)
      .toString('hex')
      .toUpperCase()
  if (type.kind === 'decimal') {
    const digits = String(cell)
      .replace('-', '')
      .padStart(type.scale + 1, '0')
    const at = digits.length - type.scale
    return `${(cell as bigint) < 0n ? '-' : ''}${digits.slice(0, at)}${type.scale ? `.${digits.slice(at)}` : ''}`
  }
  if (type.kind === 'timestamp') return String(cell)
  if (type.kind === 'date') return new Date((cell as number) * 86_400_000).toISOString().slice(0, 10)
  if (type.kind === 'double') return (cell as number) + 0
  return type.kind === 'bigint' ? String(cell) : cell
}

describe('Parquet', () => {
  let folder: string
  let duckdb: DuckDBConnection
  let files = 0
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'droplake-parquet-'))
    duckdb = await (await DuckDBInstance.create()).connect()
  })
  afterAll(async () => {
    duckdb.closeSync()
    await rm(folder, { recursive: true })
  })
  const query = async (bytes: Buffer, select: string) => {
    // A path of its own each time: DuckDB remembers what a path held.
    const path = join(folder, `${files++}.parquet`)
    await writeFile(path, bytes)
    return duckdb.runAndReadAll(`select ${select} from read_parquet('${path}')`)
  }

  it('gives back every cell of every type and null pattern', async () => {
    await fc.assert(
      fc.asyncProperty(contents, async ({ columns, groups }) => {
        const file = await open(await written(columns, groups))
        const filled = groups.filter((group) => group[0]!.length > 0)
        expect(file.columns).toEqual(columns)
        expect(file.rowGroups).toEqual(filled.map((group) => group[0]!.length))
        for (const [index, group] of filled.entries())
          expect(await file.readGroup(index, Object.keys(columns))).toEqual(group)
      }),
      { seed: 22, numRuns: 150 },
    )
  })
  it('shows DuckDB the same values', async () => {
    await fc.assert(
      fc.asyncProperty(contents, async ({ columns, groups }) => {
        const select = Object.entries(columns).map(([name, { type }]) => {
          if (type.kind === 'timestamp') return `epoch_ms(${name})::varchar as ${name}`
          if (type.kind === 'text') return `hex(${name}) as ${name}`
          return ['decimal', 'date', 'bigint'].includes(type.kind) ? `${name}::varchar as ${name}` : name
        })
        const result = await query(await written(columns, groups), select.join(', '))
        const want = Object.values(columns).map(({ type }, i) =>
          groups.flatMap((group) => group[i]!.map((cell) => shown(cell, type))),
        )
        const got = result.getColumns()
        expect(
          got.length === 0
            ? want.map(() => [])
            : got.map((column) => column.map((cell) => (typeof cell === 'number' ? cell + 0 : cell))),
        ).toEqual(want)
      }),
      { seed: 23, numRuns: 60 },
    )
  })
  it('shows hyparquet, read with its own conversions, the same values', async () => {
    const columns: ParquetColumns = {
      at: { type: { kind: 'timestamp' }, required: true },
      day: { type: { kind: 'date' }, required: false },
      price: { type: { kind: 'decimal', precision: 10, scale: 2 }, required: false },
      name: { type: { kind: 'text' }, required: false },
    }
    const bytes = await written(columns, [
      [
        [1433193132535, 0],
        [1, null],
        [1234n, null],
        ['são', null],
      ],
    ])
    const file = Uint8Array.from(bytes).buffer
    expect(await parquetReadObjects({ file })).toEqual([
      { at: new Date(1433193132535), day: new Date(86_400_000), price: 12.34, name: 'são' },
      { at: new Date(0), day: null, price: null, name: null },
    ])
  })
  it('has the types of the contract in DuckDB, times without a zone', async () => {
    const columns = Object.fromEntries(types.map(([type], i) => [`c${i}`, { type, required: i % 2 === 0 }]))
    for (const groups of [[], [types.map((): Cell[] => [])]]) {
      const result = await query(await written(columns, groups), '*')
      expect(result.columnTypes().map(String)).toEqual([
        ...['VARCHAR', 'INTEGER', 'BIGINT', 'DOUBLE', 'DECIMAL(9,2)', 'DECIMAL(18,3)', 'DECIMAL(18,0)'],
        ...['TIMESTAMP', 'DATE', 'BOOLEAN'],
      ])
      expect(result.currentRowCount).toBe(0)
    }
    const empty = await open(await written(columns, []))
    expect(empty).toMatchObject({ rows: 0, rowGroups: [], columns })
  })
  it('holds pages of many rows, long dictionaries and more than one page', async () => {
    const rows = 150_000
    const columns: ParquetColumns = {
      id: { type: { kind: 'text' }, required: true },
      word: { type: { kind: 'text' }, required: false },
      at: { type: { kind: 'timestamp' }, required: true },
    }
    const cells: Cell[][] = [
      Array.from({ length: rows }, (_, i) => `order-${(i * 7919) % rows}`),
      Array.from({ length: rows }, (_, i) => (i % 3 ? `w${i % 30_000}` : null)),
      Array.from({ length: rows }, (_, i) => 1.5e12 + i * 977),
    ]
    const bytes = await written(columns, [cells])
    expect(await (await open(bytes)).readGroup(0, ['id', 'word', 'at'])).toEqual(cells)
    const sql = 'count(*), count(word), count(distinct id), count(distinct word), sum(epoch_ms("at"))::bigint'
    const sum = cells[2]!.reduce((total, at) => (total as bigint) + BigInt(at as number), 0n)
    expect((await query(bytes, sql)).getRows()).toEqual([[150_000n, 100_000n, 150_000n, 20_000n, sum]])
  })
  it('writes statistics that hold', async () => {
    const columns: ParquetColumns = { price: { type: { kind: 'decimal', precision: 10, scale: 2 }, required: false } }
    const bytes = await written(columns, [[[5n, null, -700n, 1234n]]])
    const chunk = parquetMetadata(Uint8Array.from(bytes).buffer).row_groups[0]?.columns[0]?.meta_data
    expect(chunk?.statistics).toMatchObject({ min_value: -7, max_value: 12.34, null_count: 1n })
    expect(chunk?.codec).toBe('SNAPPY')
  })
  it('gives the same bytes for the same cells, whatever was written before', async () => {
    const columns: ParquetColumns = { a: { type: { kind: 'text' }, required: true } }
    const cells: Cell[][] = [Array.from({ length: 3000 }, (_, i) => `value ${i % 1000} of many`)]
    const before = await written(columns, [cells, cells])
    await written(columns, [[Array.from({ length: 9000 }, (_, i) => `other ${i}`)]])
    expect(await written(columns, [cells, cells])).toEqual(before)
  })
  it('hands its bytes over after each group, and says what it wrote', async () => {
    const out = keep()
    const parquet = createParquet({ a: { type: { kind: 'int' }, required: true } }, out)
    await parquet.writeGroup([[1, 2, 3]])
    const first = out.parts.length
    await parquet.writeGroup([[]])
    await parquet.writeGroup([[4]])
    expect(out.parts.length).toBe(first + 1)
    const { bytes, ...summary } = await parquet.close()
    expect(summary).toEqual({ rows: 4, rowGroups: [3, 1], key: 'k' })
    expect(bytes).toBe(Buffer.concat(out.parts).length)
    expect(out.state).toBe('closed')
  })
  it('refuses cells that do not fit, and can be aborted', async () => {
    const out = keep()
    const parquet = createParquet({ a: { type: { kind: 'int' }, required: true } }, out)
    await expect(parquet.writeGroup([[1, null]])).rejects.toThrow('column a is required, got null')
    await expect(parquet.writeGroup([[1], [2]])).rejects.toThrow('a group is 1 columns of one length')
    await expect(parquet.writeGroup([[2 ** 40]])).rejects.toThrow('int32')
    await parquet.abort()
    expect(out.state).toBe('aborted')
  })
  it('reads the bytes of the asked columns and group only', async () => {
    const text: ParquetColumns[string] = { type: { kind: 'text' }, required: false }
    const group = (mark: string): Cell[][] =>
      ['a', 'b', 'c', 'd'].map((name) => Array.from({ length: 2000 }, (_, i) => `${mark}${name}${i}`))
    const bytes = await written({ a: text, b: text, c: text, d: text }, [group('x'), group('y')])
    const ranges: [number, number][] = []
    const file = await openParquet(async ({ start, end }) => {
      ranges.push([start, end])
      return bytes.subarray(start, end)
    }, bytes.length)
    ranges.length = 0
    expect(await file.readGroup(1, ['c', 'a', 'b'])).toEqual([group('y')[2], group('y')[0], group('y')[1]])
    const chunks = parquetMetadata(Uint8Array.from(bytes).buffer).row_groups[1]!.columns.map(
      ({ meta_data }) => meta_data!,
    )
    const from = Number(chunks[0]!.dictionary_page_offset ?? chunks[0]!.data_page_offset)
    const until = Number(chunks[3]!.dictionary_page_offset ?? chunks[3]!.data_page_offset)
    expect(ranges).toEqual([[from, until]])
    await expect(file.readGroup(2, ['a'])).rejects.toThrow('2 row groups, got 2')
    await expect(file.readGroup(0, ['z'])).rejects.toThrow('no column z')
  })
  it('refuses bytes that are no Parquet', async () => {
    await expect(open(Buffer.from('a,b\n1,2\n3,4\n'))).rejects.toThrow('PAR1')
  })
})
