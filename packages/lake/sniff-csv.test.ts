import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { sniffCsv } from './sniff-csv.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'droplake-sniff-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function sniffed(name: string, content: string | Uint8Array) {
  const path = join(folder, name)
  await writeFile(path, content)
  return (await sniffCsv([path])).get(path)
}
const rows = Array.from({ length: 50 }, (_, n) => `a${n};${n}.5;2024-01-01 10:00:0${n % 10}`).join('\n')

test('finds delimiter, names and types by itself, also in a gzip file', async () => {
  const columns = [
    { name: 'id', type: 'varchar' },
    { name: 'price', type: 'double' },
    { name: 'at', type: 'timestamp' },
  ]
  expect(await sniffed('orders.csv', `id;price;at\n${rows}\n`)).toEqual(columns)
  expect(await sniffed('orders.csv.gz', gzipSync(`id;price;at\n${rows}\n`))).toEqual(columns)
})

test('is not put off by rows that are cut off', async () => {
  const cut = rows.replaceAll(/a7;.*$/gm, 'a7')
  expect((await sniffed('cut.csv', `id;price;at\n${cut}\na99`))?.map(({ name }) => name)).toEqual(['id', 'price', 'at'])
})
