import { drop } from '@droplake/local/drop'
import { expect, test } from 'vitest'
import { openShop, temporaryFolder } from '../e2e/shop.ts'
import { pictureOf } from './examine.ts'
import { isWrite } from './intercepted-store.ts'
import { baseLake, linkLake, secondDrop, thirdDrop } from './scenario.ts'
import { dropAndGo, type Sleeper, sleepAt, wakeAfterTakeover, wakeWithinTakeover } from './woken.ts'

const steps = ['clean', 'dedupe', 'accept', 'ingest', 'catalog', 'models audit', 'publish', 'finish']

test('executions asleep in every service, each taken over by the next, change nothing when they wake', async () => {
  using base = temporaryFolder()
  using path = temporaryFolder()
  using calm = temporaryFolder()
  await baseLake(base.path)
  linkLake(base.path, path.path)
  linkLake(base.path, calm.path)
  await dropAndGo(path.path)
  const sleepers: Sleeper[] = []
  for (const step of steps) sleepers.push(await sleepAt(path.path, { step, at: 1, counts: isWrite }))
  expect(await wakeAfterTakeover(path.path, sleepers)).toEqual([])

  const undisturbed = await openShop(calm.path)
  await drop(undisturbed, { paths: secondDrop(calm.path) })
  await drop(undisturbed, { paths: thirdDrop(calm.path) })
  const disturbed = await openShop(path.path)
  expect(await pictureOf(disturbed)).toEqual(await pictureOf(undisturbed))
  await undisturbed.close()
  await disturbed.close()
})

for (const [step, at] of [
  ['ingest', 30],
  ['publish', 90],
] as const)
  test(`an execution that wakes in ${step} while another takes over does it no harm`, async () => {
    using base = temporaryFolder()
    await baseLake(base.path)
    await dropAndGo(base.path)
    expect(await wakeWithinTakeover(base.path, await sleepAt(base.path, { step, at: 1, counts: isWrite }), at)).toEqual(
      [],
    )
  })
