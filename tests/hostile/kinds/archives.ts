import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { zip } from '@droplake/columnar/testing-zip'
import { bytesOf, type HostileFile, headerOf, kinds, nameOf, type Right, setAside, taken } from '../kind.ts'

/** Compressed files, whole and broken, and files that are no CSV at all. */
const { list, add } = kinds('ar')
export const archives = list

const header = headerOf('sellers').join(',')
const record = (id: string) => `${id},1001,rio,RJ\n`
const text = (id: string) => bytesOf(`${header}\n${record(id)}`)
const whole = (id: string): Right => taken('sellers', [{ seller_id: id, seller_city: 'rio' }])
const aside = setAside(/./)
const file = (
  what: string,
  ending: string,
  bytes: (id: string) => Uint8Array,
  right: (id: string) => Right | Right[] = whole,
) => add(what, (id): HostileFile => ({ name: nameOf('sellers', id, ending), bytes: bytes(id), right: right(id) }))

file('gzip', 'csv.gz', (id) => gzipSync(text(id)))
file('zstd', 'csv.zst', (id) => zstdCompressSync(text(id)))
file('zip', 'csv.zip', (id) => zip({ [nameOf('sellers', id)]: text(id) }))
file('zip without csv in the name', 'zip', (id) => zip({ [nameOf('sellers', id)]: text(id) }))
file('a zip with a file of another name', 'csv.zip', (id) => zip({ 'export.csv': text(id) }))
file('gzip under the name of plain text', 'csv', (id) => gzipSync(text(id)))
file('zstd under the name of plain text', 'csv', (id) => zstdCompressSync(text(id)))
file('plain text under the name of gzip', 'csv.gz', text, (id) => [whole(id), aside])
file('plain text under the name of zip', 'csv.zip', text, (id) => [whole(id), aside])
file('two members of gzip', 'csv.gz', (id) => Buffer.concat([gzipSync(`${header}\n`), gzipSync(record(id))]))
file('two frames of zstd', 'csv.zst', (id) =>
  Buffer.concat([zstdCompressSync(`${header}\n`), zstdCompressSync(record(id))]),
)
file(
  'gzip that was cut off',
  'csv.gz',
  (id) => gzipSync(text(id)).subarray(0, -9),
  () => aside,
)
file(
  'zstd that was cut off',
  'csv.zst',
  (id) => zstdCompressSync(text(id)).subarray(0, -4),
  () => aside,
)
file(
  'a zip that was cut off',
  'csv.zip',
  (id) => zip({ 'a.csv': text(id) }).subarray(0, -30),
  () => aside,
)
file(
  'gzip with one bit wrong',
  'csv.gz',
  (id) => {
    const bytes = gzipSync(text(id))
    bytes[bytes.length - 6]! ^= 1
    return bytes
  },
  () => aside,
)
file(
  'a zip with one bit wrong',
  'csv.zip',
  (id) => {
    const bytes = Buffer.from(zip({ 'a.csv': text(id) }))
    bytes[60]! ^= 0x10
    return bytes
  },
  () => aside,
)
file(
  'gzip of nothing',
  'csv.gz',
  () => gzipSync(''),
  () => ({ outcome: 'empty' }),
)
file(
  'a zip of nothing',
  'csv.zip',
  () => zip({}),
  () => [{ outcome: 'empty' }, aside],
)
file(
  'a zip of an empty file',
  'csv.zip',
  () => zip({ 'a.csv': bytesOf('') }),
  () => [{ outcome: 'empty' }, aside],
)
file(
  'no bytes under the name of gzip',
  'csv.gz',
  () => new Uint8Array(0),
  () => [{ outcome: 'empty' }, aside],
)
file(
  'rubbish behind gzip',
  'csv.gz',
  (id) => Buffer.concat([gzipSync(text(id)), bytesOf('rubbish')]),
  (id) => [whole(id), aside],
)
file(
  'zeros behind gzip',
  'csv.gz',
  (id) => Buffer.concat([gzipSync(text(id)), Buffer.alloc(512)]),
  (id) => [whole(id), aside],
)
file(
  'gzip inside gzip',
  'csv.gz',
  (id) => gzipSync(gzipSync(text(id))),
  (id) => [whole(id), aside],
)
file(
  'a gzip bomb',
  'csv.gz',
  () => gzipSync(Buffer.alloc(300 * 2 ** 20, '\n'), { level: 1 }),
  () => aside,
)

for (const [what, magic] of [
  ['an old Excel workbook', [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]],
  ['a PDF', [...bytesOf('%PDF-1.7\n')]],
  ['a PNG picture', [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]],
  ['a 7z archive', [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c]],
  ['a RAR archive', [...bytesOf('Rar!\u001a\u0007\u0000')]],
  ['a bzip2 archive', [...bytesOf('BZh91AY&SY')]],
  ['an xz archive', [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]],
  ['an SQLite database', [...bytesOf('SQLite format 3\0')]],
  ['a program', [0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0]],
  ['a Parquet file that was cut off', [...bytesOf('PAR1')]],
] as const)
  file(
    what,
    'csv',
    () => Buffer.concat([Buffer.from(magic), Buffer.alloc(600, 0x41)]),
    () => aside,
  )
file(
  'an Excel workbook',
  'csv',
  () => zip({ '[Content_Types].xml': bytesOf('<Types/>'), 'xl/workbook.xml': bytesOf('<workbook/>') }),
  () => setAside(/Excel workbook.*save it as CSV/),
)
add('an Excel workbook by its own name', (id) => ({
  name: nameOf('sellers', id, 'xlsx'),
  bytes: zip({ '[Content_Types].xml': bytesOf('<Types/>'), 'xl/workbook.xml': bytesOf('<workbook/>') }),
  right: [
    setAside(/Excel workbook.*save it as CSV/),
    { outcome: 'unroutable', message: /Excel workbook.*save it as CSV/ },
  ],
}))
file(
  'a pointer of Git LFS',
  'csv',
  () =>
    bytesOf(
      'version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 12345\n',
    ),
  () => setAside(/Git LFS pointer.*git lfs pull/),
)
file(
  'JSON',
  'csv',
  (id) => bytesOf(JSON.stringify([{ seller_id: id }])),
  () => aside,
)
file(
  'a stream of zlib',
  'csv',
  (id) => deflateSync(text(id)),
  () => aside,
)
file(
  'a stream of Brotli',
  'csv',
  (id) => brotliCompressSync(text(id)),
  () => aside,
)

const member = (table: 'sellers' | 'order_payments', id: string, key = id): Uint8Array =>
  bytesOf(`${headerOf(table).join(',')}\n${table === 'sellers' ? `${key},1001,rio,RJ` : `${key},1,boleto,1,10.00`}\n`)
const archive = (
  what: string,
  members: (id: string) => Record<string, Uint8Array>,
  right: (id: string) => Record<string, Right>,
) =>
  add(what, (id) => ({
    name: `archive_${id}.zip`,
    bytes: zip(members(id)),
    right: { outcome: 'members', members: right(id) },
  }))
archive(
  'an archive of two tables',
  (id) => ({
    'olist_sellers_dataset.csv': member('sellers', id),
    'olist_order_payments_dataset.csv': member('order_payments', id),
  }),
  (id) => ({
    'olist_sellers_dataset.csv': taken('sellers', [{ seller_id: id }]),
    'olist_order_payments_dataset.csv': taken('order_payments', [{ order_id: id }]),
  }),
)
add('an archive of one file in a folder, with what a Mac adds', (id) => ({
  name: `archive_${id}.zip`,
  bytes: zip({
    'olist/olist_sellers_dataset.csv': member('sellers', id),
    '__MACOSX/olist/._olist_sellers_dataset.csv': bytesOf('\0\u0005\u0016\u0007'),
    'olist/.DS_Store': bytesOf('\0\0\0\u0001Bud1'),
  }),
  right: taken('sellers', [{ seller_id: id }]),
}))
archive(
  'an archive with one broken file',
  (id) => ({
    'olist_sellers_dataset.csv': member('sellers', id),
    'olist_order_payments_dataset.csv': bytesOf('%PDF-1.7\n'),
  }),
  (id) => ({
    'olist_sellers_dataset.csv': taken('sellers', [{ seller_id: id }]),
    'olist_order_payments_dataset.csv': aside,
  }),
)
archive(
  'an archive with a file outside of it',
  (id) => ({
    '../olist_sellers_dataset.csv': member('sellers', `${id}x`),
    'olist_order_payments_dataset.csv': member('order_payments', id),
  }),
  (id) => ({ 'olist_order_payments_dataset.csv': taken('order_payments', [{ order_id: id }]) }),
)
