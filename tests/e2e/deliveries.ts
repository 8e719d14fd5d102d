/** The same files brought to a lake in every way in which a user may bring them. */
import { closeSync, mkdirSync, openSync, readFileSync, renameSync, writeFileSync, writeSync } from 'node:fs'
import { basename, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { zip } from '@droplake/columnar/testing-zip'
import { routeKey } from '@droplake/contracts/route'
import { below, createRandom } from '@droplake/generator/random'
import { drop } from '@droplake/local/drop'
import type { LakeOptions } from '@droplake/local/lake'
import { watch } from '@droplake/local/watch'
import { readState } from '@droplake/pipeline/log'
import { sourceOf } from '@droplake/pipeline/markers'
import { csv, type OpenLake, orders, publicRows } from './shop.ts'

export const packings = ['plain', 'gz', 'zip', 'zst'] as const
export type Packing = (typeof packings)[number]

export interface Delivery {
  by: 'drop' | 'watch'
  /** `twice`: all at once, and then all again under other names. */
  order: 'at once' | 'one by one' | 'twice'
  /** Of a permutation of the files; 0 leaves them as they are. */
  shuffle: number
  packing: Packing
  /** A suffix to every name, before its ending. */
  suffix: string
  settings: NonNullable<LakeOptions['settings']>
  workers: number
}

export const plainDelivery: Delivery = {
  by: 'drop',
  order: 'at once',
  shuffle: 0,
  packing: 'plain',
  suffix: '',
  settings: {},
  workers: 0,
}

/** Slices of a few lines, items of one file, buckets of a few rows. */
export const tiny = { sliceBytes: 64, packBytes: 64, packFiles: 1, bucketRows: 5 }

/** What a delivery does unlike the plain one. */
export const nameOf = ({ by, order, shuffle, packing, suffix, settings, workers }: Delivery) =>
  [
    by,
    order,
    shuffle > 0 && `shuffle ${shuffle}`,
    packing !== 'plain' && packing,
    suffix !== '' && 'renamed',
    ...Object.entries(settings).map(([name, value]) => `${name} ${value}`),
    workers > 0 && `${workers} workers`,
  ]
    .filter((part) => part !== false)
    .join(', ')

const pack: Record<Packing, (name: string, content: Buffer) => Uint8Array> = {
  plain: (_, content) => content,
  gz: (_, content) => gzipSync(content),
  zip: (name, content) => zip({ [name]: content }),
  zst: (_, content) => zstdCompressSync(content),
}

/** Packs files into a folder under their delivery's names; returns the paths in the delivery's order. */
function prepare(files: readonly string[], to: string, { packing, suffix, shuffle }: Delivery): string[] {
  mkdirSync(to, { recursive: true })
  const paths = files.map((file) => {
    const name = basename(file).replace(/\.csv$/, `${suffix}.csv`)
    const path = join(to, packing === 'plain' ? name : `${name}.${packing}`)
    writeFileSync(path, pack[packing](name, readFileSync(file)))
    return path
  })
  if (shuffle === 0) return paths
  const random = createRandom(shuffle, 'delivery')
  for (let i = paths.length - 1; i > 0; i--) {
    const j = below(random, i + 1)
    const held = paths[i] as string
    paths[i] = paths[j] as string
    paths[j] = held
  }
  return paths
}

/** Brings the files as the delivery says into a lake that `open` makes, and returns what readers then see. */
export async function deliver(
  files: readonly string[],
  to: {
    path: string
    dataset: string
    delivery: Delivery
    open: (path: string, options: Partial<LakeOptions>) => Promise<OpenLake>
  },
): Promise<Record<string, string[]>> {
  const { path, dataset, delivery } = to
  const { settings, workers } = delivery
  await using lake = await to.open(path, { settings, workers })
  const rounds = [prepare(files, join(path, 'in'), delivery)]
  if (delivery.order === 'twice')
    rounds.push(prepare(files, join(path, 'again'), { ...delivery, suffix: `${delivery.suffix}_again` }))
  const steps = delivery.order === 'one by one' ? rounds.flat().map((file) => [file]) : rounds
  if (delivery.by === 'drop') for (const paths of steps) await drop(lake, { paths })
  else await watched(lake, dataset, steps)
  return await publicRows(lake, dataset)
}

async function watched(lake: OpenLake, dataset: string, steps: readonly string[][]): Promise<void> {
  const stop = new AbortController()
  const errors: Error[] = []
  const watching = watch(lake, { signal: stop.signal, onError: (error) => errors.push(error) })
  const raw = join(lake.folder, 'raw', dataset)
  mkdirSync(raw, { recursive: true })
  try {
    for (const paths of steps) {
      const names = paths.map((file) => basename(file))
      await Promise.all(paths.map((file, n) => put[n % put.length]?.(file, join(raw, basename(file)))))
      await allAnswered(lake, dataset, names)
    }
  } finally {
    stop.abort()
    await watching
  }
  if (errors[0]) throw errors[0]
}

/** Waits until the log answers for the files as they are now; of one still being written it may have seen a part before. */
async function allAnswered(lake: OpenLake, dataset: string, names: readonly string[]): Promise<void> {
  const limit = Date.now() + 60_000
  const { store, datasets } = lake.fx
  for (;;) {
    const state = await readState(store, dataset)
    const open: string[] = []
    for (const name of names) {
      const info = await store.head(`raw/${dataset}/${name}`)
      const table = info && routeKey(datasets, info.key)
      if (!table || !state.sources[sourceOf(info, table.name).id]) open.push(name)
    }
    if (open.length === 0 && !state.unfinished) return
    if (Date.now() > limit) throw new Error(`the log answers for all files but ${open.join(', ')}`)
    await sleep(50)
  }
}

/** How other programs put files into a folder. */
const put: ((from: string, to: string) => void | Promise<void>)[] = [
  (from, to) => writeFileSync(to, readFileSync(from)),
  (from, to) => renameSync(from, to),
  async (from, to) => {
    const content = readFileSync(from)
    const file = openSync(to, 'w')
    const part = Math.ceil(content.length / 4)
    for (let at = 0; at < content.length; at += part) {
      writeSync(file, content, at, Math.min(part, content.length - at))
      await sleep(150)
    }
    closeSync(file)
  },
]

/** Six files of the shop with repeats, bad and blank rows and awkward cells in each; no key in two of them. */
export function shopFiles(path: string): string[] {
  mkdirSync(path, { recursive: true })
  const random = createRandom(11, 'shop')
  const countries = ['BR', '"PT, Lisboa"', '"São\nTomé"', '"a ""quoted"" land"', '', '日本', '"BR\r\n"']
  const files: string[] = []
  for (const half of [0, 1])
    files.push(
      csv(path, `customers_${half}.csv`, 'customer_id,country', [
        ...Array.from({ length: 30 }, (_, n) => [`c${half}-${n % 25}`, countries[below(random, countries.length)]]),
        ['', 'BR'],
      ]),
    )
  for (const quarter of [0, 1, 2, 3]) {
    const all: unknown[][] = Array.from({ length: 40 }, (_, n) => [
      `o${quarter}-${n % 36}`,
      `c${below(random, 2)}-${below(random, 28)}`,
      `2024-0${1 + below(random, 6)}-${10 + below(random, 18)} 1${below(random, 10)}:00:00`,
      n % 13 === 5 ? '-1' : `${below(random, 900)}.${10 + below(random, 90)}`,
    ])
    all.splice(7, 0, ['', '', '', ''], ['half'])
    files.push(orders(path, `orders_${quarter}.csv`, all))
  }
  return files
}
