import type { CatalogTable } from '@droplake/lake/catalog'
import type { ObjectStore } from '@droplake/lake/object-store'
import { parquetWriteBuffer } from 'hyparquet-writer'

/** All types, three rows in two files; the first file lacks the last column, as files from before a change do. */
export const kindsTable: CatalogTable = {
  database: 'suite_cleaned',
  name: 'kinds',
  columns: [
    { name: 'id', type: { kind: 'int' } },
    { name: 'name', type: { kind: 'text' } },
    { name: 'big', type: { kind: 'bigint' } },
    { name: 'ratio', type: { kind: 'double' } },
    { name: 'price', type: { kind: 'decimal', precision: 10, scale: 2 } },
    { name: 'at', type: { kind: 'timestamp' } },
    { name: 'day', type: { kind: 'date' } },
    { name: 'ok', type: { kind: 'boolean' } },
    { name: 'late', type: { kind: 'text' } },
  ],
  partitions: [
    {
      value: '',
      location: 'cleaned/suite/kinds/r1/',
      files: ['cleaned/suite/kinds/r1/0.parquet', 'cleaned/suite/kinds/r1/1.parquet'],
      rows: 3,
    },
  ],
}

/** 1000 rows, four a partition in two files; partition `m007` lies in a folder that does not say so. */
export const eventsTable: CatalogTable = {
  database: 'suite_cleaned',
  name: 'events',
  columns: [{ name: 'id', type: { kind: 'bigint' } }],
  partitionColumn: 'month',
  partitions: Array.from({ length: 250 }, (_, i) => {
    const location = `cleaned/suite/events/folder-${(i * 7) % 250}/r1/`
    return {
      value: `m${String(i).padStart(3, '0')}`,
      location,
      files: [`${location}a.parquet`, `${location}b.parquet`],
      rows: 4,
    }
  }),
}

export async function writeKinds(store: ObjectStore): Promise<void> {
  const leaves = [
    { name: 'id', type: 'INT32' },
    { name: 'name', type: 'BYTE_ARRAY', converted_type: 'UTF8' },
    { name: 'big', type: 'INT64' },
    { name: 'ratio', type: 'DOUBLE' },
    { name: 'price', type: 'INT64', converted_type: 'DECIMAL', precision: 10, scale: 2 },
    { name: 'at', type: 'INT64', converted_type: 'TIMESTAMP_MILLIS' },
    { name: 'day', type: 'INT32', converted_type: 'DATE' },
    { name: 'ok', type: 'BOOLEAN' },
    { name: 'late', type: 'BYTE_ARRAY', converted_type: 'UTF8' },
  ] as const
  const file = (columns: Record<string, unknown[]>) => {
    const present = leaves.filter((leaf) => leaf.name in columns)
    const schema = [
      { name: 'root', num_children: present.length },
      ...present.map((leaf) => ({ ...leaf, repetition_type: 'OPTIONAL' as const })),
    ]
    return parquetWriteBuffer({ columnData: present.map(({ name }) => ({ name, data: columns[name] ?? [] })), schema })
  }
  const first = file({
    id: [1, 2],
    name: ['São "Paulo"', null],
    big: [9007199254740993n, null],
    ratio: [0.5, null],
    price: [12.3, null],
    at: [new Date('2018-01-02T03:04:05.678Z'), null],
    day: [new Date('2018-01-02'), null],
    ok: [true, null],
  })
  const second = file({
    id: [3],
    name: ['later'],
    big: [7n],
    ratio: [-1.25],
    price: [-0.05],
    at: [new Date('1969-12-31T23:59:59.999Z')],
    day: [new Date('1969-12-31')],
    ok: [false],
    late: ['only in the second file'],
  })
  await store.put('cleaned/suite/kinds/r1/0.parquet', new Uint8Array(first))
  await store.put('cleaned/suite/kinds/r1/1.parquet', new Uint8Array(second))
}

export async function writeEvents(store: ObjectStore): Promise<void> {
  for (const [i, { files }] of eventsTable.partitions.entries())
    await Promise.all(
      files.map((key, half) => {
        const data = [BigInt(i * 4 + half * 2), BigInt(i * 4 + half * 2 + 1)]
        return store.put(key, new Uint8Array(parquetWriteBuffer({ columnData: [{ name: 'id', data, type: 'INT64' }] })))
      }),
    )
}
