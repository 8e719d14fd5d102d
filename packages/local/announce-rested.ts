import { setTimeout as sleep } from 'node:timers/promises'
import { announce } from '@droplake/pipeline/announce'
import type { Place } from '@droplake/pipeline/place'

const restMs = 1_000

/** Rings for what nobody rang for; a file that another program may still be writing is waited for. Returns the sources' ids. */
export async function announceRested(lake: Pick<Place, 'fx'>, dataset: string): Promise<string[]> {
  const sources: string[] = []
  for (;;) {
    const { rung, restless } = await announce(lake.fx, dataset, { restMs })
    sources.push(...rung.map(({ id }) => id))
    if (restless === 0) return sources
    await sleep(restMs / 4)
  }
}
