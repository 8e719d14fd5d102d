import { join } from 'node:path'
import { readState } from '@droplake/pipeline/log'
import type { Admitted } from '@droplake/services/admit/admit'
import { watch as watchFolder } from 'chokidar'
import { announceRested } from './announce-rested.ts'
import type { Lake } from './lake.ts'

const passMs = 600_000
const restMs = 1_000

/**
 * Rings for every file that appears under `raw/`, whoever puts it there, until `stop` fires; the run under way then ends
 * first. A file of another program is taken when it has rested for a second. Every ten minutes it looks for what is left
 * undone.
 */
export async function watch(
  lake: Lake,
  options: { signal: AbortSignal; onFile?: (key: string) => void; onError?: (error: Error) => void },
): Promise<void> {
  const { signal, onFile = () => {}, onError = () => {} } = options
  const raw = join(lake.folder, 'raw')
  const ring = (path: string) => {
    const key = `raw/${path.slice(raw.length + 1)}`
    if (key.split('/').some((part) => part.startsWith('.'))) return
    onFile(key)
    const { admitted, ended } = lake.start({ detail: { bucket: { name: lake.folder }, object: { key } } })
    void ended.then(({ error }) => error && onError(error))
    void admitted.then((answer) => takeOver(answer as Admitted | undefined)).catch(onError)
  }
  /** A file waits for the run that holds its dataset; where that one's process is dead, another run begins. */
  const takeOver = async (answer: Admitted | undefined) => {
    if (answer?.outcome !== 'coalesced' || !answer.dataset) return
    const { unfinished } = await readState(lake.fx.store, answer.dataset)
    if (!unfinished || (await lake.fx.executions.alive(unfinished.holder))) return
    const { error } = await lake.start({ dataset: answer.dataset, reason: 'pass' }).ended
    if (error) onError(error)
  }
  const pass = async () => {
    for (const dataset of Object.keys(lake.fx.datasets)) {
      await announceRested(lake, dataset)
      const { error } = await lake.start({ dataset, reason: 'pass' }).ended
      if (error) onError(error)
    }
  }

  const watcher = watchFolder(raw, {
    ignoreInitial: true,
    awaitWriteFinish: { stabilityThreshold: restMs, pollInterval: 100 },
  })
  watcher.on('add', ring).on('change', ring)
  watcher.on('error', (error) => onError(error instanceof Error ? error : new Error(String(error))))
  await new Promise<void>((ready) => watcher.once('ready', ready))
  await pass()
  const timer = setInterval(() => void pass().catch(onError), passMs)
  try {
    if (!signal.aborted)
      await new Promise<void>((stop) => signal.addEventListener('abort', () => stop(), { once: true }))
  } finally {
    clearInterval(timer)
    await watcher.close()
    await lake.quiet()
  }
}
