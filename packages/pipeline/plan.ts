import { isPacked } from '@droplake/columnar/decompress'
import type { Settings } from './effects.ts'
import { type Attempt, arrivalOf, type Source } from './markers.ts'

/** A piece of Clean's work: whole small files, or one slice of a large plain one. */
export interface Item {
  /** Indexes into the plan's sources. */
  sources: number[]
  slice?: { number: number; of: number }
}

export interface TablePlan {
  items: Item[]
  /** Sources that Index looks through first, because they are read in slices. */
  large: number[]
}

/** All that makes a run's writes repeatable. */
export interface Plan {
  run: string
  dataset: string
  /** Begin of the run, UTC milliseconds: `_ingested_at` of its rows. */
  startedAt: number
  /** Log entry whose state the run builds on. */
  seq: number
  /** In the order in which they are decided. */
  sources: Source[]
  tables: Record<string, TablePlan>
  /** Tables whose stored files cannot be read as their contract has it, with the reason: their sources wait. */
  refused: Record<string, string>
  /** Sources that are set aside without another try, by id, with the reason. */
  hopeless: Record<string, string>
  /** Ids of all markers that were there; any other is a reason for another run. */
  seen: string[]
  /** Those of them that had no room: a reason for another run if this one decided about any. */
  noRoom: string[]
}

/** Items of one table and run: the most that one Map is given. */
export const mostItems = 1000

/** Slices of one source: so that another one, and what failed before, still fit beside it. */
const mostSlices = 500

type Pending = Source & { attempts: Attempt[] }

type Ranked = Pick<Source, 'arrival' | 'lastModified' | 'key' | 'place' | 'id'>

/** Earlier arrivals first; uploads of the same second are ordered by name, members of an archive by their place in it, so that the order never depends on a listing. */
export function inOrder(a: Ranked, b: Ranked): number {
  return arrivalOf(a) - arrivalOf(b) || compare(a.key, b.key) || (a.place ?? 0) - (b.place ?? 0) || compare(a.id, b.id)
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)

/**
 * Packs sources, in order, into items. Pure. A source that failed before gets an item of its own, so that it takes no
 * other down; what does not fit into `mostItems` is left out and stays pending.
 */
export function packItems(pending: readonly Pending[], settings: Settings): Pick<Plan, 'sources' | 'tables'> {
  const sources: Source[] = []
  const tables: Record<string, TablePlan> = {}
  const open = new Map<string, { item: Item; bytes: number }>()
  for (const { attempts, ...source } of isolated(pending).sort(inOrder)) {
    const table = tables[source.table] ?? { items: [], large: [] }
    const slices = slicesOf(source, settings)
    if (table.items.length + slices > mostItems) continue
    tables[source.table] = table
    const index = sources.push(source) - 1
    if (slices > 1) {
      table.large.push(index)
      for (let number = 0; number < slices; number++)
        table.items.push({ sources: [index], slice: { number, of: slices } })
      continue
    }
    const pack = open.get(source.table)
    if (
      attempts.length === 0 &&
      pack &&
      pack.bytes + source.bytes <= settings.packBytes &&
      pack.item.sources.length < settings.packFiles
    ) {
      pack.item.sources.push(index)
      pack.bytes += source.bytes
      continue
    }
    const item: Item = { sources: [index] }
    table.items.push(item)
    if (attempts.length === 0) open.set(source.table, { item, bytes: source.bytes })
  }
  return { sources, tables }
}

/**
 * Sources of which one may have failed a whole table, or the whole run, are planned in ever smaller groups until the one at
 * fault is alone; the others of that table, or of the run, wait meanwhile.
 */
function isolated(pending: readonly Pending[]): Pending[] {
  const suspected = few(
    pending.filter((source) => suspicion(source, 'run') > 0),
    'run',
  )
  if (suspected.length > 0) return suspected
  return [...new Set(pending.map(({ table }) => table))].flatMap((table) => {
    const own = pending.filter((source) => source.table === table)
    const suspects = few(
      own.filter((source) => suspicion(source, 'table') > 0),
      'table',
    )
    return suspects.length > 0 ? suspects : own
  })
}

const suspicion = ({ attempts }: Pending, of: 'table' | 'run') =>
  attempts.filter(({ own, whole }) => own && whole?.of === of).length

/** An eighth of those that failed once, then one at a time. */
function few(suspects: readonly Pending[], of: 'table' | 'run'): Pending[] {
  const most = Math.max(0, ...suspects.map((source) => suspicion(source, of)))
  const group = suspects.filter((source) => suspicion(source, of) === most).sort(inOrder)
  return group.slice(0, most === 1 ? Math.ceil(group.length / 8) : 1)
}

/** A slice's size for this source: as set, or larger where the source would make too many. */
export function sliceBytesOf(source: Source, settings: Settings): number {
  return Math.max(settings.sliceBytes, Math.ceil(source.bytes / mostSlices))
}

function slicesOf(source: Source, settings: Settings): number {
  const isWhole = source.member !== undefined || isPacked(source.key)
  return isWhole ? 1 : Math.max(1, Math.ceil(source.bytes / sliceBytesOf(source, settings)))
}
