import type { Cell } from '@droplake/contracts/column'
import type { ObjectStore } from '@droplake/lake/object-store'
import { accept } from '@droplake/services/accept/accept'
import { clean } from '@droplake/services/clean/clean'
import { dedupe } from '@droplake/services/dedupe/dedupe'
import { enrich } from '@droplake/services/enrich/enrich'
import { finish } from '@droplake/services/finish/finish'
import { indexFile } from '@droplake/services/index/index-file'
import { ingest } from '@droplake/services/ingest/ingest'
import { plan } from '@droplake/services/plan/plan'
import { begin } from '../begin.ts'
import { type FailedCall, recordFailure, type TableStep } from '../failures.ts'
import { keys } from '../keys.ts'
import type { DataFile, PartitionVersion } from '../lake-state.ts'
import { ring, type Source, sourceOf } from '../markers.ts'
import { publicError } from '../public-text.ts'
import { readRecord } from '../records.ts'
import type { Report } from '../report.ts'
import { cleanedColumns, quarantineColumns } from '../staged.ts'
import { storedColumns } from '../stored-rows.ts'
import { holderOf, type TestLake } from './test-lake.ts'

/** Puts a file of a table under `raw/d/` and rings for it, a second after everything before. */
export async function ringFor(
  lake: TestLake,
  at: { name: string; table: string; bytes: string | Uint8Array; nonce?: string },
): Promise<Source> {
  lake.time.now += 1000
  const key = `raw/d/${at.name}`
  const { version } = await lake.store.put(key, Buffer.from(at.bytes))
  const info = await lake.store.head(key, version)
  if (!info) throw new Error(`${key} is gone`)
  const source = sourceOf(info, at.table, at.nonce)
  await ring(lake.store, 'd', source)
  return source
}

/** Begins a run and plans it. */
export async function planRun(lake: TestLake, run: string) {
  lake.time.now += 1000
  const { begun } = await begin(lake.fx, 'd', { run, holder: holderOf(run) })
  if (!begun) throw new Error(`${run} could not begin`)
  return plan(lake.fx, { dataset: 'd', run })
}

/** The steps of every table up to Dedupe, as the state machine calls them: an item that fails stops no other. */
export async function runTables(lake: TestLake, run: string, planned: Awaited<ReturnType<typeof planRun>>) {
  const upTo = (last: number) => Array.from({ length: last + 1 }, (_, n) => n)
  for (const { table, lastItem, lastLarge } of planned.tables) {
    const input = { dataset: 'd', run, table }
    const noting = <T>(step: TableStep, item: number, work: Promise<T>) => noted(lake, { run, step, table, item }, work)
    for (const large of upTo(lastLarge)) await noting('Index', large, indexFile(lake.fx, { ...input, large }))
    for (const item of upTo(lastItem)) await noting('Clean', item, clean(lake.fx, { ...input, item }))
    const accepted = await noting('Accept', 0, accept(lake.fx, input))
    for (const unit of upTo(accepted?.lastUnit ?? -1)) await noting('Dedupe', unit, dedupe(lake.fx, { ...input, unit }))
  }
}

/** What a call answers; undefined where it fails, and then the failure is noted as the state machine does it. */
async function noted<T>(lake: TestLake, of: { run: string } & FailedCall, work: Promise<T>): Promise<T | undefined> {
  try {
    return await work
  } catch (thrown) {
    const { name, message } = publicError(thrown)
    await recordFailure(lake.store, of.run, of, { Error: name, Cause: message })
    return undefined
  }
}

/** Enrichment, after every table. */
export async function runEnrichment(lake: TestLake, run: string) {
  const answer = await enrich(lake.fx, { dataset: 'd', run, action: 'plan' })
  const last = 'lastUnit' in answer ? answer.lastUnit : -1
  for (let unit = 0; unit <= last; unit++)
    await noted(lake, { run, step: 'Enrich', item: unit }, enrich(lake.fx, { dataset: 'd', run, unit }))
}

/** A run from its begin to its end, without the models. */
export async function wholeRun(lake: TestLake, run: string): Promise<Report> {
  const planned = await planRun(lake, run)
  await runTables(lake, run, planned)
  await runEnrichment(lake, run)
  await ingest(lake.fx, { dataset: 'd', run })
  await finish(lake.fx, { dataset: 'd', run })
  return readRecord<Report>(lake.store, keys.report(run))
}

type Row = Record<string, Cell>

async function rowsIn(store: ObjectStore, file: { key: string; bytes: number }, names: string[]): Promise<Row[]> {
  const rows: Row[] = []
  for await (const cells of storedColumns(store, file, names))
    for (let i = 0; i < (cells[0]?.length ?? 0); i++)
      rows.push(Object.fromEntries(names.map((name, c) => [name, cells[c]?.[i] ?? null])))
  return rows
}

export async function versionsOf(lake: TestLake, table: string): Promise<Record<string, PartitionVersion>> {
  return (await lake.state()).tables[table]?.partitions ?? {}
}

export const filesOf = async (lake: TestLake, table: string): Promise<DataFile[]> =>
  Object.values(await versionsOf(lake, table)).flatMap(({ files }) => files)

/** Every row of a table as the log has it, with its partition; `names` in place of the contract's columns. */
export async function storedRows(lake: TestLake, table: string, names?: string[]): Promise<(Row & { in: string })[]> {
  const contract = lake.fx.datasets.d?.tables[table]
  if (!contract) throw new Error(`no table ${table}`)
  const all = Object.keys(cleanedColumns(contract))
  const wanted = names ?? all.filter((name) => !name.startsWith('_'))
  const rows = []
  for (const [value, { files }] of Object.entries(await versionsOf(lake, table)))
    for (const file of files) for (const row of await rowsIn(lake.store, file, wanted)) rows.push({ ...row, in: value })
  return rows
}

/** Every row of a quarantine file. */
export async function quarantinedRows(store: ObjectStore, key: string): Promise<Row[]> {
  const { length } = await store.read(key)
  return rowsIn(store, { key, bytes: length }, Object.keys(quarantineColumns))
}
