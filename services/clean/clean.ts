import { hashCells } from '@droplake/columnar/key-hash'
import { readCsv } from '@droplake/columnar/read-csv'
import { Unreadable } from '@droplake/columnar/unreadable'
import { partitionValue } from '@droplake/contracts/partition'
import type { Table } from '@droplake/contracts/table'
import { ObjectNotFound } from '@droplake/lake/object-store'
import { type DataEffects, datasetOf, type RunInput, tableOf } from '@droplake/pipeline/effects'
import { counted, noIo } from '@droplake/pipeline/io'
import { keys } from '@droplake/pipeline/keys'
import { type Source, sourceName } from '@droplake/pipeline/markers'
import type { Plan } from '@droplake/pipeline/plan'
import { publicError } from '@droplake/pipeline/public-text'
import { once, readRecord } from '@droplake/pipeline/records'
import { identity } from '@droplake/pipeline/staged'
import { type CleanedSource, type CleanRecord, fewWarnings } from '@droplake/pipeline/step-records'
import { type CsvPart, openSlice, openWhole } from './csv-source.ts'
import { createQuarantine, type Quarantine } from './quarantine.ts'
import { createStaging, type Staging } from './staging.ts'

export interface CleanInput extends RunInput {
  table: string
  item: number
}

/**
 * Reads one item: bytes to typed columns, bad rows to quarantine. Decides nothing about rows of other items, so items may
 * run in any order, at the same time and again.
 */
export async function clean(fx: DataEffects, input: CleanInput): Promise<{ item: number }> {
  const { dataset, run, table: name, item } = input
  await once<CleanRecord>(fx.store, keys.cleanDone(run, name, item), async () => {
    const io = noIo()
    const store = counted(fx.store, io)
    const plan = await readRecord<Plan>(store, keys.plan(run))
    const table = tableOf(fx, dataset, name)
    const siblings = Object.values(datasetOf(fx, dataset).tables)
    const work = plan.tables[name]?.items[item]
    if (!work) throw new Error(`clean: the plan of ${run} has no item ${item} of ${name}`)
    const staging = await createStaging(store, table, keys.staged(run, name, item))
    const quarantine = createQuarantine(store, keys.quarantine(dataset, name, run, item))
    try {
      const sources: CleanedSource[] = []
      for (const index of work.sources) {
        const source = plan.sources[index] as Source
        const open = () =>
          work.slice
            ? openSlice(store, plan, { table, siblings, settings: fx.settings, source: index, slice: work.slice })
            : openWhole(store, table, { source, siblings, settings: fx.settings })
        sources.push(await cleanSource({ table, source, index, open, staging, quarantine }))
      }
      const staged = await staging.close()
      const rejects = await quarantine.close()
      return { sources, staged, ...(rejects ? { quarantine: rejects } : {}), io }
    } catch (error) {
      await staging.abort()
      await quarantine.abort()
      throw error
    }
  })
  return { item }
}

interface Work {
  table: Table
  source: Source
  index: number
  open: () => Promise<CsvPart | undefined>
  staging: Staging
  quarantine: Quarantine
}

async function cleanSource(work: Work): Promise<CleanedSource> {
  const found: CleanedSource = {
    source: work.index,
    records: 0,
    rows: 0,
    blank: 0,
    quarantined: 0,
    reasons: {},
    warnings: [],
    groups: [],
  }
  try {
    const part = await work.open()
    if (part) await readPart(work, part, found)
  } catch (error) {
    if (error instanceof Unreadable) found.unreadable = publicError(error).message
    else if (error instanceof ObjectNotFound)
      found.gone = `${sourceName(work.source)}: it was replaced or deleted before it was read; what is there now is a file by itself`
    else throw error
  }
  found.groups = await work.staging.endSource()
  return found
}

async function readPart({ table, source, staging, quarantine }: Work, part: CsvPart, found: CleanedSource) {
  const { profile, row, last } = part
  found.sha256 = profile.sha256
  found.shape = profile.shape
  if (part.first) found.warnings = fewWarnings([...(source.note ? [source.note] : []), ...profile.warnings])
  const names = Object.keys(table.columns)
  const keyed = identity(table).map((name) => names.indexOf(name))
  const partitioned = table.partition ? names.indexOf(table.partition.of) : -1
  const kind = table.partition && table.columns[table.partition.of]?.type.kind
  for await (const batch of readCsv(table, profile, part.chunks, { row, last })) {
    const keyColumns = keyed.map((column) => batch.columns[column] ?? [])
    for (let i = 0; i < batch.rows; i++) {
      const partition = partitionValue(table.partition, kind, batch.columns[partitioned]?.[i] ?? null)
      const extra = [BigInt(batch.rowNumbers[i] ?? 0), hashCells(keyColumns, i), batch.repaired[i] === 1]
      staging.add(partition, batch.columns, i, extra)
    }
    for (const reject of batch.rejected) {
      await quarantine.add(source, reject, { encoding: profile.encoding, offset: part.offset })
      const reason = reject.column === null ? reject.reason : `${reject.reason} in ${reject.column}`
      found.reasons[reason] = (found.reasons[reason] ?? 0) + 1
    }
    found.records += batch.records
    found.rows += batch.rows
    found.blank += batch.blank
    found.quarantined += batch.rejected.length
    await staging.relieve()
  }
}
