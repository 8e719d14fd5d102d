import type { Dataset } from '@droplake/contracts/dataset'
import type { TableSpec } from '@droplake/contracts/table'
import { fileCatalog } from '@droplake/lake/file-catalog'
import { memoryNotifier } from '@droplake/lake/memory-notifier'
import { memoryStore } from '@droplake/lake/memory-store'
import type { Alert } from '@droplake/lake/notifier'
import type { ObjectStore } from '@droplake/lake/object-store'
import type { Model } from '@droplake/models/model'
import { defaultSettings, type Effects, type Settings } from '../effects.ts'
import type { Holder, LakeState } from '../lake-state.ts'
import { readState } from '../log.ts'
import { type Answer, fakeEngine } from './fake-engine.ts'

/** Executions are alive unless a test buries them; time stands still unless a test moves it. */
export interface TestLake {
  store: ObjectStore
  fx: Effects
  alerts: Alert[]
  time: { now: number }
  /** Executions that will never write again. */
  dead: Set<string>
  /** Statements that the engine was given. */
  statements: string[]
  /** The session's database of each. */
  databases: (string | undefined)[]
  state(): Promise<LakeState>
}

export interface TestLakeOptions {
  tables: Record<string, TableSpec>
  models?: Model[]
  settings?: Partial<Settings>
  /** Answers of the engine; undefined leaves the usual one. */
  answer?: Answer
  wrapStore?: (store: ObjectStore) => ObjectStore
}

export const holderOf = (execution: string): Holder => ({ kind: 'step-functions', execution })

/** The dataset `d` whose raw folder is `d`. */
export function datasetWith(tables: Record<string, TableSpec>): Dataset {
  const named = Object.entries(tables).map(([name, spec]) => [name, { ...spec, name, dataset: 'd' }])
  return { name: 'd', description: '', rawFolders: ['d'], settleSeconds: 0, tables: Object.fromEntries(named) }
}

/** A lake in memory with the dataset `d`. */
export function testLake(options: TestLakeOptions): TestLake {
  const { tables, models = [], settings, answer = () => undefined, wrapStore = (store) => store } = options
  const time = { now: Date.UTC(2024, 0, 1) }
  const clock = { now: () => time.now }
  const store = wrapStore(memoryStore({ clock }))
  const catalog = fileCatalog(store)
  const notifier = memoryNotifier()
  const dead = new Set<string>()
  const statements: string[] = []
  const databases: (string | undefined)[] = []
  const fx: Effects = {
    store,
    catalog,
    clock,
    notifier,
    engine: fakeEngine({ store, catalog, statements, databases, answer }),
    datasets: { d: datasetWith(tables) },
    settings: { ...defaultSettings, settleSeconds: 0, ...settings },
    executions: { holder: holderOf, alive: async ({ execution }) => !dead.has(execution) },
    models: async () => models,
  }
  return { store, fx, alerts: notifier.alerts, time, dead, statements, databases, state: () => readState(store, 'd') }
}

/** The same objects behind another value, as another process would see them: nothing is remembered of them. */
export const freshProcess = (store: ObjectStore): ObjectStore => ({ ...store })
