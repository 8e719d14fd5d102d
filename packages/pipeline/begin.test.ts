import { memoryStore } from '@droplake/lake/memory-store'
import type { ObjectStore } from '@droplake/lake/object-store'
import { expect, test } from 'vitest'
import { begin } from './begin.ts'
import { append, entries, readState } from './log.ts'
import { freshProcess, holderOf } from './testing/test-lake.ts'

function open(store: ObjectStore = memoryStore()) {
  const dead = new Set<string>()
  const asked: string[] = []
  return {
    store,
    dead,
    asked,
    clock: { now: () => 1_700_000_000_000 },
    executions: {
      alive: async ({ execution }: { execution: string }) => {
        asked.push(execution)
        return !dead.has(execution)
      },
    },
  }
}
type Fx = ReturnType<typeof open>

const beginAs = (fx: Fx, run: string, more: { purpose?: 'sweep'; takeOver?: boolean } = {}) =>
  begin(fx, 'd', { run, holder: holderOf(run), ...more })
const end = async (fx: Fx, run: string) =>
  append(fx, await readState(fx.store, 'd'), { kind: 'end', run, status: 'published' })
const kinds = async (store: ObjectStore) => {
  const found: string[] = []
  for await (const { kind, run } of entries(store, 'd')) found.push(`${kind} ${run}`)
  return found
}

test('of twenty that begin at once from as many processes, one holds and the others say which', async () => {
  const store = memoryStore()
  const answers = await Promise.allSettled(
    Array.from({ length: 20 }, (_, n) => beginAs(open(freshProcess(store)), `r${n}`)),
  )
  const settled = answers.map((answer) => (answer.status === 'fulfilled' ? answer.value : answer.reason))
  const winners = settled.filter(({ begun }) => begun)
  expect(winners).toHaveLength(1)
  const holder = winners[0].state.unfinished.run
  expect(settled.filter(({ begun }) => begun === false).map(({ heldBy }) => heldBy)).toEqual(Array(19).fill(holder))
  expect(await kinds(store)).toEqual([`begin ${holder}`])
})

test('of twenty that take over from a dead run at once, one does', async () => {
  const store = memoryStore()
  await beginAs(open(store), 'dead')
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, n) => {
      const fx = open(freshProcess(store))
      fx.dead.add('dead')
      return beginAs(fx, `r${n}`)
    }),
  )
  expect(answers.filter(({ begun }) => begun)).toHaveLength(1)
  const { unfinished, abandoned } = await readState(freshProcess(store), 'd')
  expect(unfinished?.takenOver).toEqual({ run: 'dead', seq: 1 })
  expect(abandoned).toBe(1)
  expect(await kinds(store)).toHaveLength(2)
})

test('a run that lives is not taken over, unless the user insists', async () => {
  const fx = open()
  await beginAs(fx, 'first')
  expect(await beginAs(fx, 'second')).toEqual({ begun: false, heldBy: 'first' })
  expect(fx.asked).toEqual(['first'])
  expect(await beginAs(fx, 'second', { takeOver: true })).toMatchObject({ begun: true })
  expect((await readState(fx.store, 'd')).unfinished).toMatchObject({ run: 'second', takenOver: { run: 'first' } })
})

test('a run may begin after one that ended, and takes nothing over', async () => {
  const fx = open()
  await beginAs(fx, 'first')
  await end(fx, 'first')
  const answer = await beginAs(fx, 'second')
  expect(answer).toMatchObject({ begun: true, state: { seq: 3, abandoned: 0, unfinished: { run: 'second' } } })
  expect((await readState(fx.store, 'd')).unfinished?.takenOver).toBeUndefined()
})

test('a begin that is repeated by the same run finds the run that it began', async () => {
  const fx = open()
  const first = await beginAs(fx, 'r1')
  const again = await beginAs(open(freshProcess(fx.store)), 'r1')
  expect(again).toEqual(first)
  expect(await kinds(fx.store)).toEqual(['begin r1'])
})

test('two begins of the same run at once are one', async () => {
  const store = memoryStore()
  const answers = await Promise.all([
    beginAs(open(freshProcess(store)), 'r1'),
    beginAs(open(freshProcess(store)), 'r1'),
  ])
  expect(answers.map(({ begun }) => begun)).toEqual([true, true])
  expect(await kinds(store)).toEqual(['begin r1'])
})

test('a begin that wakes after its run ended does not begin it again', async () => {
  const fx = open()
  await beginAs(fx, 'r1')
  await end(fx, 'r1')
  await beginAs(open(freshProcess(fx.store)), 'r1')
  expect(await kinds(fx.store)).toEqual(['begin r1', 'end r1'])
})

test('a sweep holds the dataset as a run does, and is remembered as a sweep', async () => {
  const fx = open()
  await beginAs(fx, 's1', { purpose: 'sweep' })
  expect(await beginAs(fx, 'r1')).toEqual({ begun: false, heldBy: 's1' })
  expect(await end(fx, 's1')).toMatchObject({ ended: [{ run: 's1', purpose: 'sweep' }] })
})
