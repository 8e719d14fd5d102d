import type { Notifier } from '@droplake/lake/notifier'
import type { LakeOptions } from '@droplake/local/lake'
import { type Intercept, interceptedStore, isWrite } from './intercepted-store.ts'

/** A process that ends at its `at`-th write, counted from 1. */
export interface Death {
  at: number
  /** `done`: the write happened and nobody was told; `undone`: it did not happen. */
  write: 'done' | 'undone'
  /** Default: the process dies. Otherwise only this one write fails, and the process goes on. */
  survived?: boolean
}

export class ProcessDied extends Error {
  override readonly name = 'InternalError'
}

/**
 * What a lake is opened with so that it dies at one of its writes: of the store, or of a statement that creates a table.
 * From then on nothing that it asks for is answered any more, and what was under way is not either.
 */
export function mortal(death?: Death) {
  const written: string[] = []
  let dead = false

  const check = () => {
    if (dead) throw new ProcessDied('the process is dead')
  }
  const around = async <T>(name: string, go: () => Promise<T>): Promise<T> => {
    check()
    const hit = written.push(name) === death?.at
    const fail = () => {
      dead = !death?.survived
      throw new ProcessDied(`the process died at write ${death?.at}, ${name}, ${death?.write}`)
    }
    if (hit && death.write === 'undone') fail()
    const result = await go()
    if (hit) fail()
    check()
    return result
  }
  const intercept: Intercept = async (operation, go) => {
    if (isWrite(operation)) return around(`${operation.kind} ${operation.key}`, go)
    check()
    const result = await go()
    check()
    return result
  }
  const notifier: Notifier = {
    async notify() {
      check()
    },
  }
  return {
    notifier,
    wrapStore: (store) => interceptedStore(store, intercept),
    wrapQuery: (run) => (sql) => around(`statement ${/^[^(]*/.exec(sql)?.[0].trim()}`, () => run(sql)),
    /** Every write so far, in order. */
    written,
    reached: () => written.length >= (death?.at ?? 1),
  } satisfies Pick<LakeOptions, 'notifier' | 'wrapStore' | 'wrapQuery'> & Record<string, unknown>
}
