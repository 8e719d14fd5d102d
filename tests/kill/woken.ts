import { isDeepStrictEqual } from 'node:util'
import { drop } from '@droplake/local/drop'
import type { Execution } from '@droplake/local/interpreter'
import { runPending } from '@droplake/local/run'
import { announce } from '@droplake/pipeline/announce'
import { openShop } from '../e2e/shop.ts'
import { logOf, pictureOf, problemsAtRest } from './examine.ts'
import { openPausable, type Pausable, type Pause } from './pausable.ts'
import { secondDrop, thirdDrop } from './scenario.ts'

export interface Sleeper extends Pausable {
  pause: Pause
  execution: Execution
}

/** Runs a lake's pending files as far as the pause, taking over from whoever holds them. */
export async function sleepAt(path: string, pause: Pause): Promise<Sleeper> {
  const pausable = await openPausable(path, { pause })
  const execution = pausable.start({ dataset: 'shop', reason: 'run', takeOver: true })
  const first = await Promise.race([pausable.paused, execution.ended.then(() => 'ended' as const)])
  if (first === 'ended') throw new Error(`nothing paused at operation ${pause.at} of ${pause.step}`)
  return { ...pausable, pause, execution }
}

/**
 * Wakes an execution and lets it come to its end: one that others went on from must end fenced or failed. Whoever ends
 * otherwise must have held the dataset to the end, by the log.
 */
export async function wakeUp({ wake, execution, lake, pause }: Sleeper): Promise<string[]> {
  wake()
  const { output, error } = await execution.ended
  const { run, finish } = (output ?? {}) as { run?: string; finish?: { status: string } }
  const held = (await logOf(lake)).some((entry) => entry.kind === 'end' && entry.run === run)
  await lake.close()
  return error || held || finish?.status === 'fenced'
    ? []
    : [`woken in ${pause.step} ${pause.at}, it ended as ${finish?.status}`]
}

/** Puts the second drop there and rings for it, without a run. */
export async function dropAndGo(path: string): Promise<void> {
  const lake = await openShop(path)
  await drop(lake, { paths: secondDrop(path), wait: false })
  await announce(lake.fx, 'shop')
  await lake.close()
}

/**
 * Lets another lake take over from the sleepers, publish, and take one more drop; then, after what happens `meanwhile`,
 * wakes them one after the other.
 * Returns what changed by that, and what is wrong in the end.
 */
export async function wakeAfterTakeover(
  path: string,
  sleepers: readonly Sleeper[],
  meanwhile: () => Promise<void> = async () => {},
): Promise<string[]> {
  const lake = await openShop(path)
  await runPending(lake, 'shop', { takeOver: true })
  await drop(lake, { paths: thirdDrop(path) })
  await meanwhile()
  const problems: string[] = []
  const look = async () => ({ ...(await pictureOf(lake)), log: await logOf(lake) })
  const before = await look()
  for (const sleeper of sleepers) {
    problems.push(...(await wakeUp(sleeper)))
    const now = await look()
    for (const part of ['shown', 'working', 'log'] as const)
      if (!isDeepStrictEqual(now[part], before[part]))
        problems.push(`waking ${sleeper.pause.step} ${sleeper.pause.at} changed what is ${part}`)
  }
  await runPending(lake, 'shop')
  const after = await look()
  if (!isDeepStrictEqual(after.shown, before.shown)) problems.push('the next run shows other rows')
  problems.push(...(await problemsAtRest(lake)))
  await lake.close()
  return problems
}

/** As `wakeAfterTakeover`, but the sleeper wakes, and comes to its end, before the taker's `at`-th operation. */
export async function wakeWithinTakeover(path: string, sleeper: Sleeper, at: number): Promise<string[]> {
  const problems: string[] = []
  let operations = 0
  const taker = await openPausable(path, {
    async before() {
      if (++operations === at) problems.push(...(await wakeUp(sleeper)))
    },
  })
  const { error } = await taker.start({ dataset: 'shop', reason: 'run', takeOver: true }).ended
  if (error) problems.push(`the taker failed: ${error.message}`)
  if (operations < at) problems.push(...(await wakeUp(sleeper)))
  await taker.lake.close()
  const lake = await openShop(path)
  await drop(lake, { paths: thirdDrop(path) })
  await runPending(lake, 'shop')
  problems.push(...(await problemsAtRest(lake)))
  await lake.close()
  return problems
}
