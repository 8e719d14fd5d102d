import type { Table } from '@droplake/contracts/table'
import { type DataEffects, type RunInput, tableOf } from '@droplake/pipeline/effects'
import { explain, findFailure, isItsOwn } from '@droplake/pipeline/failures'
import { keys } from '@droplake/pipeline/keys'
import type { TableState } from '@droplake/pipeline/lake-state'
import { holding } from '@droplake/pipeline/log'
import { pendingSources, recordAttempt, sourceName } from '@droplake/pipeline/markers'
import type { Plan } from '@droplake/pipeline/plan'
import { findRecord, once, readRecord } from '@droplake/pipeline/records'
import {
  type AcceptRecord,
  type CleanedSource,
  type CleanRecord,
  type DedupeUnit,
  lastItemOf,
  type StagedGroup,
} from '@droplake/pipeline/step-records'
import { createDecider, type Found } from './decide.ts'
import { findMovers, mayMove, type StagedFile } from './movers.ts'

export interface AcceptInput extends RunInput {
  table: string
}

/** Which sources count, and which partitions they touch. A source counts as a whole or not at all. */
export async function accept(fx: DataEffects, input: AcceptInput): Promise<{ lastUnit: number }> {
  const { dataset, run, table: name } = input
  const state = await holding(fx.store, dataset, run)
  const accepted = await once<AcceptRecord>(fx.store, keys.accept(run, name), async () => {
    const table = tableOf(fx, dataset, name)
    const plan = await readRecord<Plan>(fx.store, keys.plan(run))
    const items = await Promise.all(
      (plan.tables[name]?.items ?? []).map((_, item) =>
        findRecord<CleanRecord>(fx.store, keys.cleanDone(run, name, item)),
      ),
    )
    const sources = await decideSources(fx, input, { plan, items, decide: createDecider(table, state) })
    const taken = new Set(sources.filter(({ outcome }) => outcome === 'taken').map(({ source }) => source))
    const staged = items.flatMap((record): StagedFile[] =>
      record ? [{ file: record.staged, groups: groupsOf(record.sources, taken) }] : [],
    )
    const stored = state.tables[name]
    const movers = mayMove(table) && taken.size > 0 ? await findMovers(fx.store, table, { staged, stored }) : {}
    const groups = staged.flatMap((file) => file.groups)
    return { sources, units: unitsOf(table, { groups, stored, movers, bucketRows: fx.settings.bucketRows }), movers }
  })
  return { lastUnit: lastItemOf(accepted.units) }
}

const groupsOf = (sources: readonly CleanedSource[], taken: ReadonlySet<number>) =>
  sources.filter(({ source }) => taken.has(source)).flatMap((source) => source.groups)

async function decideSources(
  fx: DataEffects,
  { dataset, run, table }: AcceptInput,
  from: { plan: Plan; items: (CleanRecord | undefined)[]; decide: ReturnType<typeof createDecider> },
): Promise<AcceptRecord['sources']> {
  const { plan, items, decide } = from
  const earlier = new Map((await pendingSources(fx.store, dataset)).map((source) => [source.id, source.attempts]))
  const decisions: AcceptRecord['sources'] = []
  for (const [index, source] of plan.sources.entries()) {
    if (source.table !== table || plan.hopeless[source.id]) continue
    const own = (plan.tables[table]?.items ?? []).flatMap((item, n) => (item.sources.includes(index) ? [n] : []))
    const failed = own.find((item) => !items[item])
    const attempts = earlier.get(source.id) ?? []
    let failure = ''
    if (failed !== undefined) {
      const found = await findFailure(fx.store, run, { step: 'Clean', table, item: failed })
      failure = explain(found, { step: 'Clean', of: sourceName(source) })
      const attempt = { run, error: failure, own: isItsOwn(found.name) }
      await recordAttempt(fx.store, dataset, source.id, attempt)
      if (!attempts.some((known) => known.run === run)) attempts.push(attempt)
    }
    const found = failed === undefined ? summarise(items, own, index) : undefined
    decisions.push({ source: index, ...decide(source, found, failure, attempts) })
  }
  return decisions
}

function summarise(items: readonly (CleanRecord | undefined)[], own: readonly number[], index: number): Found {
  const found: Found = { records: 0, rows: 0, reasons: {} }
  for (const item of own)
    for (const part of items[item]?.sources ?? []) {
      if (part.source !== index) continue
      found.records += part.records
      found.rows += part.rows
      for (const [reason, rows] of Object.entries(part.reasons))
        found.reasons[reason] = (found.reasons[reason] ?? 0) + rows
      if (part.unreadable) found.unreadable = part.unreadable
      if (part.gone) found.gone = part.gone
      if (part.sha256) found.sha256 = part.sha256
    }
  return found
}

function unitsOf(
  table: Table,
  from: {
    groups: readonly StagedGroup[]
    stored: TableState | undefined
    movers: AcceptRecord['movers']
    bucketRows: number
  },
): DedupeUnit[] {
  const rows = new Map<string, number>()
  for (const group of from.groups) rows.set(group.partition, (rows.get(group.partition) ?? 0) + group.rows)
  for (const partition of Object.values(from.movers).flat()) rows.set(partition, rows.get(partition) ?? 0)
  return [...rows]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([partition, staged]) => {
      const version = from.stored?.partitions[partition]
      let buckets = version?.buckets ?? 1
      while (table.dedupe !== 'none' && buckets * from.bucketRows < staged + (version?.rows ?? 0)) buckets *= 2
      return Array.from({ length: buckets }, (_, bucket) => ({ partition, bucket, buckets }))
    })
}
