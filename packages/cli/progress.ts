import type { ExecutionEvent } from '@droplake/local/interpreter'

/** Items of a Map: done of how many. */
export interface Items {
  done: number
  total: number
}

export interface TableProgress {
  /** Of `Index`, `Clean` and `Dedupe`, as far as they began. */
  steps: Record<string, Items>
  ended: boolean
}

/** One run as its events tell it. Times are in UTC milliseconds. */
export interface RunProgress {
  dataset: string
  run: string
  startedAt: number
  /** States of the run as a whole, in the order in which they began. */
  states: { name: string; startedAt: number; endedAt?: number; items?: Items }[]
  tables: Record<string, TableProgress>
  /** What Clean has read so far. */
  rows: number
  bytes: number
}

/** What an event changed: a state or a table's step that began, or anything else worth drawing. */
export type Change =
  | { kind: 'state'; run: RunProgress; state: string; items?: Items }
  | { kind: 'step'; run: RunProgress; table: string; step: string; items: Items }
  | { kind: 'items' | 'ended'; run: RunProgress }

export interface Progress {
  take(event: ExecutionEvent, now: number): Change | undefined
  /** Counts what an item of Clean has read; its record tells, not its event. */
  add(execution: string, read: { rows: number; bytes: number }): void
  /** Runs under way. */
  runs(): RunProgress[]
}

const runStates = new Set([
  'Settle',
  'Plan',
  'Tables',
  'Enrich',
  'Ingest',
  'Catalog',
  'Quality',
  'Model Layers',
  'Publish',
  'End Run',
  'End Failed Run',
  'Notify',
])
/** Maps of a table, and where their input holds the items. */
const tableSteps: Record<string, string> = { Index: 'large', Clean: 'items', Dedupe: 'units' }

const lengthOf = (value: unknown) => (Array.isArray(value) ? value.length : 0)

/** Folds the interpreter's events into what a person wants to see. An execution counts from when its run has begun. */
export function createProgress(): Progress {
  const runs = new Map<string, RunProgress>()

  function begin({ execution, output }: ExecutionEvent, now: number): void {
    const { outcome, dataset, run } = (output ?? {}) as { outcome?: string; dataset?: string; run?: string }
    if (outcome === 'begun' && dataset && run)
      runs.set(execution, { dataset, run, startedAt: now, states: [], tables: {}, rows: 0, bytes: 0 })
  }

  function entered(run: RunProgress, { state = '', input }: ExecutionEvent, now: number): Change | undefined {
    const data = (input ?? {}) as Input
    const itemsKey = tableSteps[state]
    if (itemsKey !== undefined && data.table) {
      const items = { done: 0, total: lengthOf(data[itemsKey]) }
      const table = run.tables[data.table] ?? { steps: {}, ended: false }
      table.steps[state] = items
      run.tables[data.table] = table
      return { kind: 'step', run, table: data.table, step: state, items }
    }
    if (!runStates.has(state)) return undefined
    const total = totalOf(state, data)
    const items = total === undefined ? undefined : { done: 0, total }
    run.states.push({ name: state, startedAt: now, ...(items ? { items } : {}) })
    return { kind: 'state', run, state, ...(items ? { items } : {}) }
  }

  function exited(run: RunProgress, name: string, now: number): Change | undefined {
    const state = run.states.findLast((each) => each.name === name && each.endedAt === undefined)
    if (!state) return undefined
    state.endedAt = now
    return { kind: 'items', run }
  }

  function iterated(run: RunProgress, { state = '', input, index = -1 }: ExecutionEvent): Change | undefined {
    const { table = '', plan } = (input ?? {}) as Input
    const items =
      state in tableSteps
        ? run.tables[table]?.steps[state]
        : run.states.findLast(({ name }) => name === (state === 'Models' ? 'Model Layers' : state))?.items
    // A layer is no item: its models are.
    if (!items || state === 'Model Layers') return undefined
    items.done += 1
    if (state === 'Tables') {
      const ended = run.tables[plan?.tables?.[index]?.table ?? '']
      if (ended) ended.ended = true
    }
    return { kind: 'items', run }
  }

  return {
    take(event, now) {
      if (event.type === 'StateExited' && event.state === 'Admit') begin(event, now)
      const run = runs.get(event.execution)
      if (!run) return undefined
      switch (event.type) {
        case 'StateEntered':
          return entered(run, event, now)
        case 'StateExited':
        case 'StateCaught':
          return exited(run, event.state ?? '', now)
        case 'MapIterationSucceeded':
        case 'MapIterationFailed':
          return iterated(run, event)
        case 'ExecutionSucceeded':
        case 'ExecutionFailed':
        case 'ExecutionAborted':
        case 'ExecutionTimeout':
          runs.delete(event.execution)
          return { kind: 'ended', run }
        default:
          return undefined
      }
    },
    add(execution, { rows, bytes }) {
      const run = runs.get(execution)
      if (!run) return
      run.rows += rows
      run.bytes += bytes
    },
    runs: () => [...runs.values()],
  }
}

interface Input {
  table?: string
  plan?: { tables?: { table: string }[] }
  models?: { layers?: unknown[] }
  units?: unknown
  [key: string]: unknown
}

function totalOf(state: string, { plan, models, units }: Input): number | undefined {
  if (state === 'Tables') return lengthOf(plan?.tables)
  if (state === 'Enrich') return lengthOf(units)
  if (state === 'Model Layers') return models?.layers?.reduce<number>((sum, layer) => sum + lengthOf(layer), 0) ?? 0
  return undefined
}
