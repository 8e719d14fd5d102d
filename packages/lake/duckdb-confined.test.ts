import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { confinedDuckdb } from './duckdb-confined.ts'
import { escapeGlob, quoteText } from './private-views.ts'

let root: string
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'droplake-confined-'))
  await mkdir(join(root, 'lake'))
  await writeFile(join(root, 'secret.csv'), 'word\nhidden\n')
  await symlink(join(root, 'secret.csv'), join(root, 'lake', 'link.csv'))
})
afterAll(() => rm(root, { recursive: true }))

async function answers(options: Parameters<typeof confinedDuckdb>[0], sql: string): Promise<unknown[][]> {
  const instance = await confinedDuckdb(options)
  const connection = await instance.connect()
  try {
    return (await connection.runAndReadAll(sql)).getRowsJson()
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
}

describe('a confined DuckDB', () => {
  const inLake = (sql: string) =>
    answers({ settings: { threads: '1', temp_directory: join(root, 'spill') }, folders: [join(root, 'lake')] }, sql)

  it.each([
    ['a file outside', () => `select * from read_text(${quoteText(join(root, 'secret.csv'))})`],
    ['a file outside, by dots', () => `select * from read_text(${quoteText(`${root}/lake/../secret.csv`)})`],
    [
      'a file outside, by a symbolic link',
      () => `select * from read_text(${quoteText(join(root, 'lake', 'link.csv'))})`,
    ],
    ['a file as a table', () => `select * from ${quoteText(join(root, 'secret.csv'))}`],
    ['names of files outside', () => `select * from glob(${quoteText(`${root}/*`)})`],
    ['the file of a database', () => `attach ${quoteText(join(root, 'other.db'))} as other`],
    ['a copy to outside', () => `copy (select 1) to ${quoteText(join(root, 'copy.csv'))}`],
    ['an address', () => `select * from read_text('http://127.0.0.1:1/x')`],
    ['an extension', () => 'install httpfs'],
    ['wider access', () => 'set enable_external_access = true'],
    ['other folders', () => `set allowed_directories = ['/']`],
    ['another configuration', () => `set timezone = 'America/Sao_Paulo'`],
  ])('is refused %s', async (_what, sql) => {
    await expect(inLake(sql())).rejects.toThrow(/Permission Error|Invalid Input Error|IO Error|HTTP|Catalog Error/)
  })

  it.each([`o'brien "x"`, 'with space 😀', '[a-z]*?', 'a=b,c;d', '{x,y}', 'trailing.'])(
    'writes and reads in a folder called %s',
    async (name) => {
      const folder = join(root, name)
      await mkdir(folder)
      const settings = { threads: '1' }
      const path = join(folder, 'x.parquet')
      await answers({ settings, folders: [folder] }, `copy (select 7 as x) to ${quoteText(path)}`)
      const read = `select x from read_parquet([${quoteText(escapeGlob(path))}])`
      expect(await answers({ settings, folders: [folder] }, read)).toEqual([[7]])
      await symlink(folder, `${folder} link`)
      const linked = read.replaceAll(
        quoteText(escapeGlob(path)),
        quoteText(escapeGlob(join(`${folder} link`, 'x.parquet'))),
      )
      expect(await answers({ settings, folders: [`${folder} link`] }, linked)).toEqual([[7]])
    },
  )

  it('spills what is larger than its memory', async () => {
    const settings = { threads: '1', memory_limit: '32MB', temp_directory: join(root, 'spill') }
    const sort = `select count(*) from (select md5(cast(i as varchar)) as h from range(1000000) r(i) order by h offset 1)`
    expect(await answers({ settings }, sort)).toEqual([['999999']])
  })

  it('reads the files that are named', async () => {
    const path = join(root, 'secret.csv')
    expect(await answers({ settings: {}, files: [path] }, `select word from ${quoteText(path)}`)).toEqual([['hidden']])
  })
})
