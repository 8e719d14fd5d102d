import { setTimeout as sleep } from 'node:timers/promises'
import type { ListedObject } from '@droplake/lake/object-store'
import { announce } from '@droplake/pipeline/announce'
import type { Place } from '@droplake/pipeline/place'

const restMs = 1_000

/**
 * Enqueues what nobody has enqueued. A file that changed just now may still be written by another program: it is looked at
 * once more, and what changes on is left for a later look, so that nothing waits for it.
 */
export async function announceRested(lake: Pick<Place, 'fx'>, dataset: string): Promise<ListedObject[]> {
  const { restless: rested } = await announce(lake.fx, dataset, { restMs })
  if (rested.length === 0) return []
  await sleep(restMs)
  return (await announce(lake.fx, dataset, { restMs, rested })).restless
}
