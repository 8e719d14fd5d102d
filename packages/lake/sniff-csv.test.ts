import { execFile } from 'node:child_process'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { sniffCsv } from './sniff-csv.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'droplake-sniff-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function* only(content: string) {
  yield Buffer.from(content)
}
const sniffed = async (content: string) => (await sniffCsv(only(content), folder))[0]
const rows = Array.from({ length: 50 }, (_, n) => `a${n};${n}.5;2024-01-01 10:00:0${n % 10}`).join('\n')

test('finds delimiter, names and types by itself', async () => {
  const columns = [
    { name: 'id', type: 'varchar' },
    { name: 'price', type: 'double' },
    { name: 'at', type: 'timestamp' },
  ]
  expect(await sniffed(`id;price;at\n${rows}\n`)).toEqual(columns)
})

test('is not put off by rows that are cut off', async () => {
  const cut = rows.replaceAll(/a7;.*$/gm, 'a7')
  expect((await sniffed(`id;price;at\n${cut}\na99`))?.map(({ name }) => name)).toEqual(['id', 'price', 'at'])
})

test('sees nothing behind the first mebibyte, and leaves nothing behind', async () => {
  const beginning = `id;price;at\n${rows}\n`
  const long = `${rows}\n`.repeat(2 ** 20 / rows.length)
  expect(await sniffed(`${beginning}${long}"never closed;`)).toEqual(await sniffed(beginning))
  expect(await readdir(folder)).toEqual([])
})

test('stays small over a header of a million cells', async () => {
  const script = `
    const { sniffCsv } = await import(${JSON.stringify(import.meta.resolve('./sniff-csv.ts'))})
    async function* heads() { yield Buffer.from(','.repeat(1e6) + '\\na,b\\n') }
    const [columns] = await sniffCsv(heads(), ${JSON.stringify(folder)})
    process.stdout.write(JSON.stringify([columns === undefined, Math.round(process.resourceUsage().maxRSS / 1024)]))`
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script])
  const [isUndefined, megabytes] = JSON.parse(stdout)
  expect(isUndefined).toBe(true)
  expect(megabytes).toBeLessThan(250)
})
