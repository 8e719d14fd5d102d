import { execFile } from 'node:child_process'
import {
  appendFile,
  cp,
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
import { type LeftOut, ObjectNotFound, type ObjectStore } from './object-store.ts'

describe('a folder as object store', () => {
  let root: string
  let store: ObjectStore
  const bytes = (text: string) => new TextEncoder().encode(text)
  const read = async (key: string, version?: string) =>
    new TextDecoder().decode(await store.read(key, version ? { version } : {}))
  const keys = async (prefix: string, of = store, onLeftOut?: (one: LeftOut) => void) => {
    const found: string[] = []
    for await (const info of of.list(prefix, onLeftOut ? { onLeftOut } : {})) found.push(info.key)
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

  describe('beside a folder elsewhere', () => {
    let elsewhere: string
    beforeEach(async () => {
      elsewhere = await mkdtemp(join(tmpdir(), 'elsewhere-'))
    })
    afterEach(() => rm(elsewhere, { recursive: true }))

    it('follows no link below its root, however it is asked', async () => {
      await writeFile(join(elsewhere, 'x.csv'), 'outside')
      await store.put('raw/olist/a.csv', bytes('a'))
      await symlink(elsewhere, join(root, 'raw/olist/folder'))
      await symlink('.', join(root, 'raw/olist/loop'))
      await symlink(join(elsewhere, 'x.csv'), join(root, 'raw/olist/file.csv'))
      await symlink(join(elsewhere, 'none'), join(root, 'raw/olist/dangling.csv'))
      await symlink(elsewhere, join(root, 'cleaned'))
      const leftOut: LeftOut[] = []
      expect(await keys('raw/', store, (one) => leftOut.push(one))).toEqual(['raw/olist/a.csv'])
      expect(leftOut.map(({ name }) => name).sort()).toEqual(
        ['dangling.csv', 'file.csv', 'folder', 'loop'].map((name) => `raw/olist/${name}`),
      )
      for (const { reason } of leftOut) expect(reason).toContain('symbolic link')
      for (const key of ['raw/olist/file.csv', 'raw/olist/folder/x.csv', 'raw/olist/loop/a.csv'])
        expect(await store.head(key), key).toBeUndefined()
      await expect(store.read('raw/olist/file.csv')).rejects.toThrow(ObjectNotFound)
      await expect(store.copy('raw/olist/file.csv', 'curated/copy')).rejects.toThrow(ObjectNotFound)
      await expect(store.put('raw/olist/folder/new.csv', bytes('x'))).rejects.toThrow('symbolic link')
      expect(await keys('cleaned/')).toEqual([])
      await store.delete(['cleaned/x.csv', 'raw/olist/folder/x.csv', 'raw/olist/file.csv'])
      await symlink(elsewhere, join(root, '.tmp/away'))
      await cleanTemporary(root, -1)
      expect(await readdir(elsewhere)).toEqual(['x.csv'])
    })

    it('reads versions by their names also in a copy, where every file has another inode and time', async () => {
      const first = await store.put('raw/a.csv', bytes('first'))
      await store.put('raw/a.csv', bytes('second'))
      await cp(root, elsewhere, { recursive: true })
      const copied = fileStore(elsewhere)
      expect(Buffer.from(await copied.read('raw/a.csv', { version: first.version })).toString()).toBe('first')
      const versions: string[] = []
      for await (const { version } of copied.replaced('raw/')) versions.push(version)
      expect(versions).toContain(first.version)
    })
  })

  it('lists beside what can be no object, and says what that is', async () => {
    for (const name of ['a.csv', 'z.csv']) await store.put(`raw/${name}`, bytes(name))
    await writeFile(Buffer.from(join(root, 'raw/caf\xe9.csv'), 'latin1'), 'not UTF-8')
    await plant('raw/folder\\x.csv', 'from Windows')
    await plant('raw/.hidden', '')
    await promisify(execFile)('mkfifo', [join(root, 'raw/pipe.csv')])
    const leftOut: LeftOut[] = []
    expect(await keys('raw/', store, (one) => leftOut.push(one))).toEqual(['raw/a.csv', 'raw/z.csv'])
    expect(leftOut.map(({ reason }) => reason).sort()).toEqual([
      'a named pipe, not a file',
      'its name holds a backslash; rename it',
      'its name is not UTF-8; rename it',
    ])
    expect(await store.head('raw/pipe.csv')).toBeUndefined()
    await expect(store.read('raw/pipe.csv')).rejects.toThrow(ObjectNotFound)
  })

  it('throws rather than listing a part when a folder cannot be read', async () => {
    await store.put('raw/a', bytes('x'))
    await expect(keys(`raw/${'long'.repeat(100)}/`)).rejects.toThrow(/ENAMETOOLONG/)
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
