import type { GlueClient, Table } from '@aws-sdk/client-glue'
import type { CatalogState, CatalogTable, CatalogView } from './catalog.ts'
import { change, deleteTable, findTable, isGlue, listTables, type TableAt } from './glue-calls.ts'
import { bringPartitions } from './glue-partitions.ts'
import { sameTable } from './glue-same.ts'
import { type Place, parameter, partitionInput, seqOf, tableInput } from './glue-tables.ts'
import { markerInput, markerName, viewInput } from './glue-views.ts'

export const zones = ['cleaned', 'enriched', 'build', 'curated'] as const
export const databaseOf = ({ databasePrefix, dataset }: Place, zone: (typeof zones)[number] | 'raw') =>
  `${databasePrefix}${dataset}_${zone}`

/** Every table and view of a dataset, by `database.name`. */
export async function look(client: GlueClient, place: Place): Promise<Map<string, Table>> {
  const lists = await Promise.all(zones.map((zone) => listTables(client, databaseOf(place, zone))))
  return new Map(lists.flat().map((table) => [`${table.DatabaseName}.${table.Name}`, table]))
}

export const markerAt = (place: Place): TableAt => ({ database: databaseOf(place, 'build'), name: markerName })

/** Thrown inside when a later entry is followed by now. */
class Superseded extends Error {
  override readonly name = 'Superseded'
}

/**
 * Brings Glue to a state. A view of the build database, the marker, tells the entry that is followed, and moves first: it is
 * changed by compare-and-swap, which databases do not have, and the stack does not know of it and so never puts it back.
 * Whoever finds a later entry there stops. So does every table and view for itself; only what no version guards
 * (partitions, creations, deletions) asks the caller, and the marker, before each step.
 */
export async function follow(
  client: GlueClient,
  place: Place,
  options: { state: CatalogState; still: (() => Promise<void>) | undefined },
): Promise<void> {
  const { seq } = options.state
  const before = await claim(client, place, seq)
  if (before > seq) return
  const still = async () => {
    await options.still?.()
    if (seqOf(await findTable(client, markerAt(place))) !== seq) throw new Superseded()
  }
  try {
    await move(client, place, { state: options.state, still, moved: before < seq })
  } catch (error) {
    // What a later state took away meanwhile is no trouble of ours.
    const isMoot = isGlue(error) && seqOf(await findTable(client, markerAt(place))) > seq
    if (!isMoot && !(error instanceof Superseded)) throw error
  }
}

async function move(
  client: GlueClient,
  place: Place,
  { state, still, moved }: { state: CatalogState; still: () => Promise<void>; moved: boolean },
): Promise<void> {
  const { seq, tables, views } = state
  let found = await look(client, place)
  const seen = ({ database, name }: TableAt) => found.get(`${database}.${name}`)
  for (const table of tables) await followTable(client, place, { table, seq, seen: seen(table), still })
  for (const view of views) await followView(client, place, { view, seen: seen(view), still })

  // Whoever followed an earlier entry may have created something between its last look at the marker and ours.
  if (moved) found = await look(client, place)
  const named = new Set([markerAt(place), ...tables, ...views].map(({ database, name }) => `${database}.${name}`))
  for (const [name, table] of found) {
    if (named.has(name) || seqOf(table) < 0) continue
    await still()
    await deleteTable(client, { database: table.DatabaseName ?? '', name: table.Name ?? '' })
  }
}

/** Moves the marker, never back. Returns where it was. */
async function claim(client: GlueClient, place: Place, seq: number): Promise<number> {
  const marker = markerAt(place)
  const decide = (current: Table | undefined) =>
    seqOf(current) < seq ? markerInput(marker.database, seq, place) : undefined
  return seqOf(await change(client, marker, { decide }))
}

async function followTable(
  client: GlueClient,
  place: Place,
  on: { table: CatalogTable; seq: number; seen: Table | undefined; still: () => Promise<void> },
): Promise<void> {
  const { table, seq, seen, still } = on
  const input = tableInput(table, place, seq)
  const before = await change(client, table, {
    seen,
    still,
    decide(current) {
      if (seqOf(current) > seq) return undefined
      return current && seqOf(current) >= 0 && sameTable(current, input) ? undefined : input
    },
  })
  if (seqOf(before) > seq || table.partitionColumn === undefined) return
  const wanted = table.partitions.map((partition) => partitionInput(table, partition, place))
  await bringPartitions(client, table, { wanted, still })
}

async function followView(
  client: GlueClient,
  place: Place,
  { view, seen, still }: { view: CatalogView; seen: Table | undefined; still: () => Promise<void> },
): Promise<void> {
  const target = `${view.target.database}.${view.target.name}`
  if (seqOf(seen) === view.seq && seen?.Parameters?.[parameter.target] === target) return
  const shown = await findTable(client, view.target)
  if (!shown) await still()
  if (!shown) throw new Error(`catalog: ${view.database}.${view.name} shows ${target}, which is absent`)
  const input = viewInput(view, shown, place)
  const decide = (current: Table | undefined) =>
    seqOf(current) > view.seq || (current && sameTable(current, input)) ? undefined : input
  await change(client, view, { seen, decide, still })
}
