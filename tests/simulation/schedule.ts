import type { ObjectStore } from '@droplake/lake/object-store'

/** mulberry32: small, seeded, good enough to pick schedules. */
export function randomOf(seed: number) {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

/** Something that takes its turns at the object store: an execution, or a whole process. */
export interface Actor {
  name: string
  /** Others believe that it will never write again. It may all the same: a zombie. */
  dead: boolean
  /** It will in fact not go on. */
  stopped: boolean
}

interface Waiting {
  actor: Actor
  go: () => void
}

/** Lets one store operation of one actor happen at a time, in an order that the seed decides. */
export function createSchedule(random: () => number) {
  const waiting: Waiting[] = []
  let operations = 0

  const turn = (actor: Actor) => new Promise<void>((go) => waiting.push({ actor, go }))

  /** Takes turns until `done` says so, or until nobody wants one any more. `between` may kill actors. */
  const play = async (done: () => boolean, between: (operations: number) => Promise<void> = async () => {}) => {
    let quiet = 0
    while (!done() && quiet < 50) {
      await new Promise((next) => setImmediate(next))
      const ready = waiting.filter(({ actor }) => !actor.stopped)
      if (ready.length === 0) {
        await between(operations)
        quiet++
        if (quiet > 5) await new Promise((next) => setTimeout(next, 1))
        continue
      }
      quiet = 0
      // Bursts of one actor find more than fair turns do.
      const lucky =
        random() < 0.5 ? ready[random() < 0.5 ? 0 : ready.length - 1] : ready[Math.floor(random() * ready.length)]
      waiting.splice(waiting.indexOf(lucky as Waiting), 1)
      operations++
      await between(operations)
      if (lucky && !lucky.actor.stopped) lucky.go()
      else if (lucky) waiting.push(lucky)
    }
  }
  return { turn, play }
}

/** The store as one actor sees it: each operation waits for its turn, and a conditional create's reply may be lost and be asked again. */
export function scheduledStore(
  store: ObjectStore,
  options: { actor: Actor; turn: (actor: Actor) => Promise<void>; lost: () => boolean },
): ObjectStore {
  const { actor, turn, lost } = options
  return {
    datesUploads: store.datesUploads,
    async head(...of) {
      await turn(actor)
      return store.head(...of)
    },
    async read(...of) {
      await turn(actor)
      return store.read(...of)
    },
    async put(key, bytes, conditions) {
      await turn(actor)
      const info = await store.put(key, bytes, conditions)
      if (!conditions?.ifAbsent || !lost()) return info
      await turn(actor)
      return store.put(key, bytes, conditions)
    },
    async writer(key) {
      await turn(actor)
      return store.writer(key)
    },
    async copy(...of) {
      await turn(actor)
      return store.copy(...of)
    },
    async *list(...of) {
      await turn(actor)
      yield* store.list(...of)
    },
    async *replaced(...of) {
      await turn(actor)
      yield* store.replaced(...of)
    },
    async delete(...of) {
      await turn(actor)
      return store.delete(...of)
    },
    locate: (key) => store.locate(key),
  }
}
