import { text } from '@droplake/contracts/column'
import type { Dataset } from '@droplake/contracts/dataset'
import { defineTable } from '@droplake/contracts/table'
import { fileCatalog } from '@droplake/lake/file-catalog'
import { memoryStore } from '@droplake/lake/memory-store'
import type { Alert } from '@droplake/lake/notifier'
import type { ObjectStore } from '@droplake/lake/object-store'
import type { QueryEngine } from '@droplake/lake/query-engine'
import { dataHandlers, handlers } from '@droplake/local/handlers'
import { execute } from '@droplake/local/interpreter'
import type { Model } from '@droplake/models/model'
import { announce } from '@droplake/pipeline/announce'
import { defaultSettings, type Effects } from '@droplake/pipeline/effects'
import { keys } from '@droplake/pipeline/keys'
import type { StoredEntry } from '@droplake/pipeline/lake-state'
import { entries } from '@droplake/pipeline/log'
import type { Plan } from '@droplake/pipeline/plan'
import { once, readRecord } from '@droplake/pipeline/records'
import type { AcceptRecord, CleanRecord, DedupeRecord } from '@droplake/pipeline/step-records'
import { type Actor, createSchedule, randomOf, scheduledStore } from './schedule.ts'

/** A dataset of one table and one model; every source is one row, and a data file is one source. */
const spec = defineTable({
  description: 'sources',
  files: 't*.csv',
  columns: { id: text.required() },
  key: ['id'],
  dedupe: 'latest',
  kind: 'snapshot',
})
const dataset: Dataset = {
  name: 'd',
  description: 'one table',
  rawFolders: ['d'],
  settleSeconds: 0,
  tables: { t: { ...spec, name: 't', dataset: 'd' } },
}
const model: Model = {
  dataset: 'd',
  name: 'm',
  description: 'all sources',
  grain: 'source',
  materialization: 'table',
  audits: [],
  columns: [],
  select: 'select id from cleaned.t',
  references: [{ zone: 'cleaned', name: 't', start: 15, end: 24, aliased: false }],
  inputs: [{ zone: 'cleaned', name: 't' }],
  sqlHash: 'h',
}

export interface Outcome {
  problems: string[]
  operations: number
  runs: number
}

/**
 * Plays one schedule: executions of the real definition with the real deciding services over a shared store, some of them
 * declared dead at a random moment while they go on; then undisturbed passes. Only the reading of bytes is left out.
 */
export async function simulate(
  seed: number,
  options: { sources: number; executions: number; deaths: number },
): Promise<Outcome> {
  const random = randomOf(seed)
  const shared = memoryStore({ clock: { now: tick() } })
  const schedule = createSchedule(random)
  const problems: string[] = []
  const alerts: Alert[] = []
  const actors = new Map<string, Actor>()
  const running = new Set<Promise<unknown>>()
  let faults = true
  let deaths = options.deaths
  let operations = 0
  let wakes = 0

  const start = (input: unknown) => {
    if (++wakes > 60) {
      problems.push('hot loop')
      return
    }
    const actor: Actor = { name: `e${wakes}`, dead: false, stopped: false }
    const store = scheduledStore(shared, { actor, turn: schedule.turn, lost: () => faults && random() < 0.15 })
    const fx = effectsOf(store, { actors, alerts, actor })
    const all = { ...handlers(fx), ...dataHandlers(fx), ...bytesLeftOut(fx) }
    const execution = execute(input, {
      invoke: (service, event) => all[service](event),
      query: async (sql) => void (await fx.engine.run(sql)),
      startExecution: start,
      crawl: async () => {},
    })
    actors.set(execution.id, actor)
    running.add(execution.ended)
    void execution.ended.then(({ error }) => {
      running.delete(execution.ended)
      actor.dead = true
      if (!faults && error) problems.push(`a pass failed: ${error.message}`)
    })
  }

  for (let n = 0; n < options.sources; n++) await shared.put(`raw/d/t${n}.csv`, Buffer.from(String(n)))
  let events = 0
  const next = () => {
    const n = events++
    start({ detail: { bucket: { name: 'b' }, object: { key: `raw/d/t${n % options.sources}.csv` } } })
  }
  next()
  const watch = readers(shared, problems)
  await schedule.play(
    () => running.size === 0 && events >= options.executions,
    async (count) => {
      operations = count
      if (events < options.executions && (running.size === 0 || random() < 0.03)) next()
      if (count % 7 === 0) await watch()
      if (deaths > 0 && random() < 0.01) {
        const alive = [...actors.values()].filter(({ dead }) => !dead)
        const victim = alive[Math.floor(random() * alive.length)]
        if (!victim) return
        deaths--
        victim.dead = true
        // Half of the dead are really gone; the others are zombies that do not know.
        victim.stopped = random() < 0.5
        start({ dataset: 'd', reason: 'pass' })
      }
    },
  )
  await watch()
  if (options.deaths === 0 && options.executions >= options.sources)
    problems.push(...(await atRest(shared, options.sources)).map((problem) => `without a pass: ${problem}`))
  faults = false
  for (const actor of actors.values()) actor.dead = true
  running.clear()
  const quiet: Effects = effectsOf(shared, { actors, alerts, actor: { name: 'rest', dead: false, stopped: false } })
  for (let pass = 0; pass < 4; pass++) {
    await announce(quiet, 'd')
    start({ dataset: 'd', reason: 'pass' })
    await schedule.play(() => running.size === 0)
  }
  await watch()
  return { problems: [...problems, ...(await atRest(shared, options.sources))], operations, runs: wakes }
}

const tick = () => {
  let now = 1_700_000_000_000
  return () => now++
}

function effectsOf(store: ObjectStore, of: { actors: Map<string, Actor>; alerts: Alert[]; actor: Actor }): Effects {
  const catalog = fileCatalog(store)
  return {
    store,
    catalog,
    engine: fakeEngine(store, catalog),
    datasets: { d: dataset },
    settings: { ...defaultSettings, settleSeconds: 0 },
    notifier: { notify: async (alert) => void of.alerts.push(alert) },
    clock: { now: () => Date.now() },
    executions: {
      holder: (execution) => ({ kind: 'step-functions', execution }),
      alive: async (holder) => !(of.actors.get(holder.execution)?.dead ?? false),
    },
    models: async () => [model],
  }
}

/** Writes down, instead of rows, the files that the catalog shows at the moment of the statement. */
function fakeEngine(store: ObjectStore, catalog: Effects['catalog']): QueryEngine {
  return {
    async run(sql) {
      const create = /CREATE TABLE "d_build"\."(\w+)" WITH .*external_location = '([^']+)'/.exec(sql)
      if (create) {
        const shown = await catalog.show('d')
        const table = shown?.tables.find(({ database, name }) => database === 'd_cleaned' && name === 't')
        const files = table?.partitions.flatMap((partition) => partition.files) ?? []
        const location = String(create[2]).slice(store.locate('').length)
        const key = `${location}part-0`
        await store.put(key, Buffer.from(JSON.stringify(files)))
        const partitions = [{ value: '', location, files: [key], rows: files.length }]
        await catalog.register('d', { database: 'd_build', name: String(create[1]), columns: [], partitions })
        return { columns: [], rows: [] }
      }
      if (sql.includes('as part, count(*)')) return { columns: [], rows: [['', 1]] }
      return { columns: [], rows: [sql.includes('row_count') ? [1] : Array(20).fill(0)] }
    },
    close: async () => {},
  }
}

/** Clean, Accept and Dedupe without bytes: a source is one row, and the file that holds it is named after it. */
function bytesLeftOut(fx: Effects) {
  type Event = { run: string; table: string; item: number; unit: number }
  const at = (event: unknown) => event as Event
  const planOf = (run: string) => readRecord<Plan>(fx.store, keys.plan(run))
  const io = { bytesRead: 0, bytesWritten: 0, requests: 0 }
  return {
    async clean(event: unknown) {
      const { run, item } = at(event)
      await once<CleanRecord>(fx.store, keys.cleanDone(run, 't', item), async () => {
        const plan = await planOf(run)
        const sources = (plan.tables.t?.items[item]?.sources ?? []).map((source) => ({
          source,
          sha256: String(plan.sources[source]?.id),
          records: 1,
          rows: 1,
          blank: 0,
          quarantined: 0,
          reasons: {},
          warnings: [],
          groups: [{ partition: '', rowGroup: 0, rows: 1 }],
        }))
        return { sources, staged: { key: 'none', bytes: 0 }, io }
      })
      return { item }
    },
    async dedupe(event: unknown) {
      const { run, unit } = at(event)
      await once<DedupeRecord>(fx.store, keys.dedupeDone(run, 't', unit), async () => {
        const plan = await planOf(run)
        const accepted = await readRecord<AcceptRecord>(fx.store, keys.accept(run, 't'))
        const taken = accepted.sources.filter(({ outcome }) => outcome === 'taken').map(({ source }) => source)
        const before = await filesAt(fx.store, plan.seq)
        const fresh = taken.map((source) => `cleaned/d/t/${plan.sources[source]?.id}`)
        const files = [...before, ...fresh].map((key) => ({ key, bucket: 0, rows: 1, bytes: 1 }))
        const counts = { kept: fresh.length, duplicate: 0, repaired: 0, replaced: 0 }
        return { units: [{ unit: { partition: '', bucket: 0, buckets: 1 }, changed: true, files, ...counts }], io }
      })
      return { unit }
    },
  }
}

/** Files of the table as of a log entry. */
async function filesAt(store: ObjectStore, seq: number): Promise<string[]> {
  let files: string[] = []
  for await (const entry of entries(store, 'd'))
    if (entry.seq <= seq && entry.kind === 'ingest' && entry.tables.t)
      files = (entry.tables.t.partitions['']?.files ?? []).map(({ key }) => key)
  return files
}

/** What the public view shows: the files that its version was built from. */
async function shownSources(store: ObjectStore): Promise<string[] | undefined> {
  const state = await fileCatalog(store).show('d')
  const target = state?.views.find(({ name }) => name === 'm')?.target
  if (!target) return undefined
  const table = state?.tables.find(({ database, name }) => database === target.database && name === target.name)
  const file = table?.partitions[0]?.files[0]
  if (!file) throw new Error('the view shows a table without files')
  return JSON.parse(Buffer.from(await store.read(file)).toString()) as string[]
}

/** A reader that looks again and again: it must never see rows go. Call what it returns to look once more. */
function readers(store: ObjectStore, problems: string[]) {
  let last: string[] = []
  return async () => {
    const shown = (await shownSources(store)) ?? []
    const lost = last.filter((file) => !shown.includes(file))
    if (lost.length > 0) problems.push(`a reader saw ${lost.join(', ')} go`)
    last = shown
  }
}

async function atRest(store: ObjectStore, sources: number): Promise<string[]> {
  const problems: string[] = []
  const log: StoredEntry[] = []
  for await (const entry of entries(store, 'd')) log.push(entry)
  const taken = log.flatMap((entry) => (entry.kind === 'ingest' ? entry.sources.map(({ key }) => key) : []))
  if (new Set(taken).size !== taken.length) problems.push(`taken twice: ${taken.join(', ')}`)
  if (new Set(taken).size !== sources) problems.push(`taken: ${[...new Set(taken)].join(', ')} of ${sources}`)
  const shown = (await shownSources(store)) ?? []
  if (new Set(shown).size !== shown.length) problems.push('doubled in public')
  if (shown.length !== sources) problems.push(`public: ${shown.length} of ${sources} sources`)
  for await (const { key } of store.list(keys.pending('d'))) problems.push(`left behind: ${key}`)
  const open = log.filter(({ kind }) => kind === 'begin').length - log.filter(({ kind }) => kind === 'end').length
  if (log.at(-1)?.kind !== 'end') problems.push(`the log ends with ${log.at(-1)?.kind}, ${open} runs open`)
  return problems
}
