import { linkSync, mkdirSync, readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { drop } from '@droplake/local/drop'
import type { Lake } from '@droplake/local/lake'
import { customers, openShop, orders } from '../e2e/shop.ts'

const months = ['2026-01', '2026-02', '2026-03']

/** The drop that every lake begins with: orders of three months, and who ordered. */
export function firstDrop(path: string): string[] {
  const files = folder(path, 'first')
  const rows = months.flatMap((month, m) =>
    Array.from({ length: 4 }, (_, n) => [`o${m}${n}`, `c${n}`, `${month}-1${n} 10:00:00`, `${10 + m}.5${n}`]),
  )
  return [
    customers(files, 'customers.csv', [
      ['c0', 'BR'],
      ['c1', 'PT'],
      ['c2', 'BR'],
    ]),
    orders(files, 'orders.csv', rows),
  ]
}

/**
 * The drop that is disturbed: orders changed in an old month, one moved to another month, new ones in an old and in a new
 * month, a customer who was missing, one who moved, a row that no contract takes, and a file that corrects the one before.
 */
export function secondDrop(path: string): string[] {
  const files = folder(path, 'second')
  return [
    customers(files, 'customers-2.csv', [
      ['c3', 'ES'],
      ['c1', 'BR'],
    ]),
    orders(files, 'orders-2.csv', [
      ['o00', 'c0', '2026-01-10 10:00:00', '99.00'],
      ['o11', 'c1', '2026-03-02 09:00:00', '11.51'],
      ['o14', 'c3', '2026-02-20 08:00:00', '7.25'],
      ['o30', 'c2', '2026-04-01 08:00:00', '20.00'],
      ['o31', 'c2', '2026-04-02 08:00:00', '-1'],
    ]),
    orders(files, 'orders-3.csv', [
      ['o30', 'c2', '2026-04-01 08:00:00', '21.00'],
      ['o12', 'c2', '2026-02-12 10:00:00', '11.52'],
    ]),
  ]
}

/** A drop after everything, to see that the lake still takes one. */
export const thirdDrop = (path: string): string[] => [
  orders(folder(path, 'third'), 'orders-4.csv', [
    ['o00', 'c0', '2026-01-10 10:00:00', '100.00'],
    ['o40', 'c3', '2026-05-01 08:00:00', '1.00'],
  ]),
]

/** Drops those of the files that are not under `raw/`: their drop died before it came to them. */
export async function dropMissing(lake: Lake, files: readonly string[]): Promise<void> {
  const there = new Set<string>()
  for await (const { key } of lake.fx.store.list('raw/')) there.add(basename(key))
  const paths = files.filter((file) => !there.has(basename(file)))
  if (paths.length > 0) await drop(lake, { paths })
}

/** A lake in `path` after the first drop, to be linked from. */
export async function baseLake(path: string): Promise<void> {
  const lake = await openShop(path)
  await drop(lake, { paths: firstDrop(path) })
  await lake.close()
}

/**
 * The lake of one path under another one, file by file as a hard link: a file's inode and time are its version, and no
 * file of a lake is ever written into.
 */
export function linkLake(from: string, to: string): void {
  link(join(from, 'lake'), join(to, 'lake'))
}

function link(from: string, to: string): void {
  mkdirSync(to, { recursive: true })
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    if (entry.name === '.tmp') continue
    const [source, target] = [join(from, entry.name), join(to, entry.name)]
    if (entry.isDirectory()) link(source, target)
    else linkSync(source, target)
  }
}

function folder(path: string, name: string): string {
  const made = join(path, name)
  mkdirSync(made, { recursive: true })
  return made
}
