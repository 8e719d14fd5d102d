import { execFile } from 'node:child_process'
import {
  appendFile,
  link,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { cleanTemporary, fileStore } from './file-store.ts'
import { ObjectNotFound, type ObjectStore } from './object-store.ts'

describe('a folder as object store', () => {
  let root: string
  let store: ObjectStore
  const bytes = (text: string) => new TextEncoder().encode(text)
  const read = async (key: string, version?: string) =>
    new TextDecoder().decode(await store.read(key, version ? { version } : {}))
  const keys = async (prefix: string, of = store) => {
    const found: string[] = []
    for await (const info of of.list(prefix)) found.push(info.key)
    return found
  }
  const plant = async (name: string, text: string) => {
    await mkdir(dirname(join(root, name)), { recursive: true })
    await writeFile(join(root, name), text)
  }

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'lake-'))
    store = fileStore(root)
  })
  afterEach(() => rm(root, { recursive: true }))

  it('sees files that other programs put there, but no hidden ones', async () => {
    for (const name of ['raw/olist/a.csv', 'raw/olist/.DS_Store', 'raw/.git/config', '.env', '.tmp/x', '.versions/y'])
      await plant(name, 'x')
    expect(await keys('')).toEqual(['raw/olist/a.csv'])
  })

  it('leaves no temporary file behind, whether a create won, lost or was aborted', async () => {
    const creates = Array.from({ length: 10 }, () => store.put('ops/log/1.json', bytes('x'), { ifAbsent: true }))
    await Promise.allSettled(creates)
    await store.put('ops/log/1.json', bytes('y'))
    await store.copy('ops/log/1.json', 'ops/log/2.json')
    const writer = await store.writer('ops/log/3.json')
    await writer.write(bytes('z'))
    await writer.abort()
    expect(await readdir(join(root, '.tmp'))).toEqual([])
  })

  it('ends a version when a foreign program writes into the file', async () => {
    const { version } = await store.put('raw/a.csv', bytes('one'))
    expect(await read('raw/a.csv', version)).toBe('one')
    await appendFile(join(root, 'raw/a.csv'), ' more')
    expect(await store.head('raw/a.csv', version)).toBeUndefined()
    await expect(store.read('raw/a.csv', { version })).rejects.toThrow(ObjectNotFound)
    expect(await read('raw/a.csv')).toBe('one more')
  })

  it('keeps what a foreign program wrote when a put replaces it', async () => {
    await plant('raw/a.csv', 'foreign')
    const foreign = await store.head('raw/a.csv')
    await store.put('raw/a.csv', bytes('ours'))
    expect(await read('raw/a.csv', foreign?.version)).toBe('foreign')
    expect(await keys('')).toEqual(['raw/a.csv'])
  })

  it('keeps versions under raw/ only, and until the key is deleted', async () => {
    const first = await store.put('raw/d/a.csv', bytes('one'))
    await store.put('raw/d/a.csv', bytes('two'))
    const other = await store.put('cleaned/a', bytes('one'))
    await store.put('cleaned/a', bytes('two'))
    await expect(store.read('cleaned/a', { version: other.version })).rejects.toThrow(ObjectNotFound)
    await store.delete(['raw/d/a.csv'])
    await expect(store.read('raw/d/a.csv', { version: first.version })).rejects.toThrow(ObjectNotFound)
    expect(await readdir(root)).not.toContain('.versions')
  })

  it('deletes folders that became empty, never the root', async () => {
    await store.put('a/b/c/1', bytes('x'))
    await store.put('a/2', bytes('x'))
    await store.delete(['a/b/c/1'])
    expect(await readdir(join(root, 'a'))).toEqual(['2'])
    await store.delete(['a/2'])
    expect((await stat(root)).isDirectory()).toBe(true)
    expect((await readdir(root)).filter((name) => !name.startsWith('.'))).toEqual([])
  })

  it('copies by a second name for the same bytes, but never shares bytes of raw/', async () => {
    const inode = async (key: string) => (await stat(join(root, key))).ino
    await store.put('cleaned/a', bytes('x'))
    await store.put('raw/a', bytes('x'))
    await store.copy('cleaned/a', 'cleaned/b')
    await store.copy('raw/a', 'cleaned/c')
    expect(await inode('cleaned/b')).toBe(await inode('cleaned/a'))
    expect(await inode('cleaned/c')).not.toBe(await inode('raw/a'))
    await appendFile(join(root, 'raw/a'), 'changed')
    expect(await read('cleaned/c')).toBe('x')
  })

  it('follows links to files and folders, and leaves out dangling ones', async () => {
    const elsewhere = await mkdtemp(join(tmpdir(), 'elsewhere-'))
    try {
      await writeFile(join(elsewhere, 'x.csv'), 'linked')
      await mkdir(join(root, 'raw'))
      await symlink(elsewhere, join(root, 'raw/olist'))
      await symlink(join(elsewhere, 'x.csv'), join(root, 'raw/one.csv'))
      await symlink(join(elsewhere, 'none'), join(root, 'raw/none.csv'))
      expect(await keys('raw/')).toEqual(['raw/olist/x.csv', 'raw/one.csv'])
      await store.copy('raw/one.csv', 'cleaned/copy')
      expect(await read('cleaned/copy')).toBe('linked')
    } finally {
      await rm(elsewhere, { recursive: true })
    }
  })

  it('throws rather than listing a part when a folder cannot be read', async () => {
    await store.put('raw/a', bytes('x'))
    await symlink('loop', join(root, 'raw/loop'))
    await expect(keys('raw/')).rejects.toThrow(/ELOOP/)
  })

  it('lists whole while folders appear and vanish beside', async () => {
    for (let i = 0; i < 20; i += 1) await store.put(`cleaned/stay-${i}/x`, bytes('x'))
    let churning = true
    const churn = (async () => {
      while (churning) {
        await store.put('cleaned/go/a/b', bytes('x'))
        await store.delete(['cleaned/go/a/b'])
      }
    })()
    for (let i = 0; i < 30; i += 1)
      expect((await keys('cleaned/')).filter((key) => key.includes('stay'))).toHaveLength(20)
    churning = false
    await churn
  })

  it('has nothing to list before its folder exists', async () => {
    const absent = fileStore(join(root, 'not/yet'))
    expect(await keys('', absent)).toEqual([])
    await absent.put('a/b', bytes('x'))
    expect(await readFile(join(root, 'not/yet/a/b'), 'utf8')).toBe('x')
  })

  it('answers thousands of calls at once in a process that may open 200 files', async () => {
    const script = `
      const { fileStore } = await import(${JSON.stringify(import.meta.resolve('./file-store.ts'))})
      const store = fileStore(${JSON.stringify(root)}, { sync: false })
      const keys = Array.from({ length: 2000 }, (_, n) => 'ops/' + n)
      await Promise.all(keys.map((key) => store.put(key, Buffer.from(key))))
      const read = await Promise.all(keys.map((key) => store.read(key)))
      process.stdout.write(String(read.length))`
    const limited = ['-c', 'ulimit -n 200 && exec "$0" --input-type=module -e "$1"', process.execPath, script]
    expect((await promisify(execFile)('sh', limited)).stdout).toBe('2000')
  })

  it('names objects by their absolute path', () => {
    expect(store.locate('curated/x/')).toBe(`${join(root, 'curated/x')}/`)
    expect(() => store.locate('../x')).toThrow(/a key is/)
  })

  it('cleans up temporary files that were not written to for long', async () => {
    await store.put('a', bytes('x'))
    await plant('.tmp/old', 'x')
    await plant('.tmp/new', 'x')
    await link(join(root, 'a'), join(root, '.tmp/linked'))
    const hourAgo = Date.now() / 1000 - 3_600
    await utimes(join(root, '.tmp/old'), hourAgo, hourAgo)
    expect(await cleanTemporary(root, 60_000)).toBe(1)
    expect((await readdir(join(root, '.tmp'))).sort()).toEqual(['linked', 'new'])
    expect(await cleanTemporary(join(root, 'none'), 0)).toBe(0)
  })
})
