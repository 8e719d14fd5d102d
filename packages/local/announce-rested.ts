import type { LeftOut } from '@droplake/lake/object-store'
import { announce, notifyLeftOut } from '@droplake/pipeline/announce'
import type { Place } from '@droplake/pipeline/place'
import { rest, type WaitOptions } from './settled.ts'

const restMs = 1_000

export interface RestOptions extends Pick<WaitOptions, 'signal'> {
  /** Called with files that another program may still be writing, before one more look at them. */
  onRest?: (keys: string[]) => void
  /** Called with files that changed between the two looks: a later look takes them. */
  onGrowing?: (keys: string[]) => void
  /** Called with what no run will take, once for each name. */
  onLeftOut?: (leftOut: LeftOut[]) => void
}

/**
 * Enqueues what nobody has enqueued. A file that changed just now may still be written by another program: it is looked at
 * once more, and what changes on is left for a later look, so that no file waits for another.
 */
export async function announceRested(
  lake: Pick<Place, 'fx'>,
  dataset: string,
  options: RestOptions = {},
): Promise<void> {
  const { signal, onRest, onGrowing, onLeftOut } = options
  const look = async (rested: Awaited<ReturnType<typeof announce>>['restless']) => {
    const found = await announce(lake.fx, dataset, { restMs, rested })
    const fresh = await notifyLeftOut(lake.fx, dataset, found.unroutable)
    if (fresh.length > 0) onLeftOut?.(fresh)
    return found.restless
  }
  const keysOf = (files: Awaited<ReturnType<typeof look>>) => files.map(({ key }) => key)
  const restless = await look([])
  if (restless.length === 0) return
  onRest?.(keysOf(restless))
  await rest(restMs, signal)
  if (signal?.aborted) return
  const growing = await look(restless)
  if (growing.length > 0) onGrowing?.(keysOf(growing))
}
