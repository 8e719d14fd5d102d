import { basename, join } from 'node:path'
import { readState } from '@droplake/pipeline/log'
import type { Admitted } from '@droplake/services/admit/admit'
import { watch as watchFolder } from 'chokidar'
import { announceRested, type RestOptions } from './announce-rested.ts'
import type { Lake } from './lake.ts'
import { rest } from './settled.ts'

const passMs = 600_000
const restMs = 1_000
/** After so long without a word that it is ready the watcher counts as ready. */
const readyMs = 30_000

export interface WatchOptions extends Pick<RestOptions, 'onGrowing' | 'onLeftOut'> {
  signal: AbortSignal
  onFile?: (key: string) => void
  onError?: (error: Error) => void
}

/**
 * Rings for every file that appears under `raw/`, whoever puts it there, until `stop` fires; the run under way then ends
 * first. A file of another program is taken when it has rested for a second. Every ten minutes it looks for what is left
 * undone.
 */
export async function watch(lake: Lake, options: WatchOptions): Promise<void> {
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
  const passOf = async (dataset: string) => {
    await announceRested(lake, dataset, options)
    if (signal.aborted) return
    const { error } = await lake.start({ dataset, reason: 'pass' }).ended
    if (error) onError(error)
  }
  let passing: Promise<void> | undefined
  const pass = async () => {
    // What is odd in one dataset keeps no other from its pass.
    for (const dataset of Object.keys(lake.fx.datasets)) if (!signal.aborted) await passOf(dataset).catch(onError)
    passing = undefined
  }
  const passOnce = () => {
    passing ??= pass()
    return passing
  }

  const watcher = watchFolder(raw, {
    ignoreInitial: true,
    // A link may lead out of the lake, or round in a circle; the pass reports what cannot be read.
    followSymlinks: false,
    ignorePermissionErrors: true,
    ignored: (path) => basename(path).startsWith('.') && path !== raw,
    awaitWriteFinish: { stabilityThreshold: restMs, pollInterval: 100 },
  })
  watcher.on('add', ring).on('change', ring)
  watcher.on('error', (error) => onError(error instanceof Error ? error : new Error(String(error))))
  const stopped = new Promise<void>((stop) => {
    if (signal.aborted) stop()
    signal.addEventListener('abort', () => stop(), { once: true })
  })
  const timer = setInterval(() => void passOnce(), passMs)
  try {
    await Promise.race([new Promise<void>((ready) => watcher.once('ready', ready)), rest(readyMs, signal)])
    await passOnce()
    await stopped
  } finally {
    clearInterval(timer)
    await watcher.close()
    await lake.quiet()
  }
}
