import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { checkPaths } from './dropped-paths.ts'
import { UsageError } from './usage-error.ts'

let home: string
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'paths-'))
})
afterEach(() => rmSync(home, { recursive: true }))

const plant = (name: string | Buffer, content = 'x') => {
  const path = Buffer.concat([Buffer.from(`${home}/`), Buffer.from(name)])
  if (typeof name === 'string') mkdirSync(join(home, name, '..'), { recursive: true })
  writeFileSync(path, content)
}
const check = (paths: string[], options: { lake?: string } = {}) => {
  const { files, leftOut, passedOver } = checkPaths(
    paths.map((path) => join(home, path)),
    options,
  )
  return {
    files: files.map(({ path }) => relative(home, path)),
    leftOut: Object.fromEntries(leftOut.map(({ path, reason }) => [relative(home, path), reason])),
    passedOver,
  }
}

test('odd paths between good ones are left out with their reasons', () => {
  for (const name of ['a.csv', '.hidden.csv', 'back\\slash.csv', 'new\nline.csv', 'z.csv']) plant(name)
  mkdirSync(join(home, 'empty'))
  execFileSync('mkfifo', [join(home, 'pipe.csv')])
  symlinkSync('none', join(home, 'dangling.csv'))
  symlinkSync('loop.csv', join(home, 'loop.csv'))
  const names = [
    '.hidden.csv',
    'back\\slash.csv',
    'new\nline.csv',
    'empty',
    'pipe.csv',
    'dangling.csv',
    'loop.csv',
    'none',
  ]
  const { files, leftOut } = check(['a.csv', ...names, 'z.csv'])
  expect(files).toEqual(['a.csv', 'z.csv'])
  expect(leftOut).toEqual({
    '.hidden.csv': 'its name begins with a dot; rename it',
    'back\\slash.csv': 'its name holds a backslash; rename it',
    'new\nline.csv': 'its name holds control characters; rename it',
    empty: 'a folder without files',
    'pipe.csv': 'a named pipe, not a file',
    'dangling.csv': 'a link that leads nowhere (ENOENT)',
    'loop.csv': 'a link that leads nowhere (ELOOP)',
    none: 'no such file or folder',
  })
})

test('in a folder links lead to files and never to folders, and litter is only counted', () => {
  for (const name of [
    'in/b.csv',
    'in/deep/c.csv',
    'in/.git/config',
    'in/.DS_Store',
    'in/_SUCCESS',
    'elsewhere/linked.csv',
  ])
    plant(name)
  plant(Buffer.concat([Buffer.from('in/caf'), Buffer.from([0xe9]), Buffer.from('.csv')]))
  symlinkSync('../elsewhere/linked.csv', join(home, 'in/a.csv'))
  symlinkSync('.', join(home, 'in/loop'))
  symlinkSync('..', join(home, 'in/deep/loop'))
  symlinkSync('../elsewhere', join(home, 'in/elsewhere'))
  symlinkSync('/dev/null', join(home, 'in/device.csv'))
  execFileSync('mkfifo', [join(home, 'in/pipe')])
  const { files, leftOut, passedOver } = check(['in'])
  expect(files).toEqual(['in/a.csv', 'in/b.csv', 'in/deep/c.csv'])
  expect(passedOver).toBe(3)
  expect(leftOut).toEqual({
    'in/caf\ufffd.csv': 'its name is not UTF-8; rename it',
    'in/deep/loop': 'a link to a folder, which is not followed',
    'in/loop': 'a link to a folder, which is not followed',
    'in/elsewhere': 'a link to a folder, which is not followed',
    'in/device.csv': 'a device, not a file',
    'in/pipe': 'a named pipe, not a file',
  })
})

test('a link that is itself given is followed, also to a folder', () => {
  plant('in/a.csv')
  symlinkSync('in', join(home, 'link'))
  symlinkSync('in/a.csv', join(home, 'b.csv'))
  expect(check(['link', 'b.csv']).files).toEqual(['link/a.csv', 'b.csv'])
})

test('the lake is no part of a folder that holds it, but a file of its raw/ may be given', () => {
  for (const name of ['a.csv', 'lake/raw/olist/b.csv', 'lake/ops/log/olist/00000001.json']) plant(name)
  symlinkSync('lake', join(home, 'link'))
  const lake = join(home, 'link')
  expect(check(['.'], { lake })).toMatchObject({
    files: ['a.csv'],
    leftOut: { lake: 'it is the folder of the lake', link: 'a link to a folder, which is not followed' },
  })
  expect(check(['lake/raw/olist/b.csv', 'a.csv'], { lake }).files).toEqual(['lake/raw/olist/b.csv', 'a.csv'])
  expect(check(['lake/ops', 'lake', 'a.csv'], { lake })).toMatchObject({ files: ['a.csv'] })
})

test('a call in which nothing exists is wrong', () => {
  expect(() => check(['none.csv', 'neither.csv'])).toThrow(UsageError)
  mkdirSync(join(home, 'empty'))
  expect(check(['none.csv', 'empty']).files).toEqual([])
})
