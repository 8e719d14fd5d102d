import { expect, test } from 'vitest'
import { openShop, temporaryFolder } from '../e2e/shop.ts'
import { openPausable } from '../kill/pausable.ts'
import { baseLake, linkLake } from '../kill/scenario.ts'
import { dropAndGo, sleepAt, wakeAfterTakeover, wakeWithinTakeover } from '../kill/woken.ts'
import { randomOf } from '../simulation/schedule.ts'

/** Every service but the ones that only tell; the models service by its actions. */
const most = 5

async function waitingLake(path: string): Promise<void> {
  await baseLake(path)
  await dropAndGo(path)
}

/** How many operations each step makes in an undisturbed run. */
async function operationsOf(base: string): Promise<Map<string, number>> {
  using folder = temporaryFolder()
  linkLake(base, folder.path)
  const { lake, start, operations } = await openPausable(folder.path)
  await start({ dataset: 'shop', reason: 'run' }).ended
  await lake.close()
  return new Map([...operations].filter(([step]) => step !== '').map(([step, all]) => [step, all.length]))
}

test('an execution that is asleep before any operation of a service changes nothing when it wakes after a takeover', async () => {
  using base = temporaryFolder()
  await waitingLake(base.path)
  let tried = 0
  for (const [step, count] of await operationsOf(base.path)) {
    if (['admit', 'notify', 'statement'].includes(step)) continue
    const stride = Math.ceil(count / most)
    for (let at = count; at > 0; at -= stride) {
      using folder = temporaryFolder()
      linkLake(base.path, folder.path)
      const sleeper = await sleepAt(folder.path, { step, at })
      expect(await wakeAfterTakeover(folder.path, [sleeper]), `${step} ${at} of ${count}`).toEqual([])
      tried++
    }
  }
  expect(tried).toBeGreaterThan(30)
})

test('an execution that wakes at a random moment of the takeover does it no harm', async () => {
  using base = temporaryFolder()
  await waitingLake(base.path)
  const counts = await operationsOf(base.path)
  const all = [...counts.values()].reduce((sum, count) => sum + count, 0)
  const random = randomOf(7)
  for (let round = 0; round < 25; round++) {
    const steps = [...counts.keys()].filter((step) => !['admit', 'notify', 'statement'].includes(step))
    const step = steps[Math.floor(random() * steps.length)] ?? ''
    const at = 1 + Math.floor(random() * (counts.get(step) ?? 1))
    const wakeAt = 1 + Math.floor(random() * all)
    using folder = temporaryFolder()
    linkLake(base.path, folder.path)
    const sleeper = await sleepAt(folder.path, { step, at })
    const problems = await wakeWithinTakeover(folder.path, sleeper, wakeAt)
    expect(problems, `${step} ${at}, woken at ${wakeAt}`).toEqual([])
  }
})

test('files of a sleeper that a sweep has deleted are not missed when it wakes', async () => {
  const { sweep } = await import('@droplake/local/sweep')
  using base = temporaryFolder()
  await waitingLake(base.path)
  for (const step of ['dedupe', 'enrich', 'ingest', 'models audit', 'publish', 'finish']) {
    using folder = temporaryFolder()
    linkLake(base.path, folder.path)
    const sleeper = await sleepAt(folder.path, { step, at: 2 })
    const problems = await wakeAfterTakeover(folder.path, [sleeper], async () => {
      const lake = await openShop(folder.path)
      await sweep(lake, { keep: 1, graceMs: 0 })
      await lake.close()
    })
    expect(problems, step).toEqual([])
  }
})
