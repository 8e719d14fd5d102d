import { type Dataset, faultsOf } from '@droplake/contracts/dataset'
import { choices } from '@droplake/contracts/did-you-mean'
import { consoleNotifier } from '@droplake/lake/console-notifier'
import { fanOut } from '@droplake/lake/fan-out'
import { fileNotifier } from '@droplake/lake/file-notifier'
import type { Alert, Notifier } from '@droplake/lake/notifier'
import type { ExecutionEvent } from '@droplake/local/interpreter'
import type { Lake } from '@droplake/local/lake'
import { UsageError } from '@droplake/local/usage-error'
import { keys } from '@droplake/pipeline/keys'
import { checkLogFormat } from '@droplake/pipeline/log'
import { findRecord } from '@droplake/pipeline/records'
import type { CleanRecord } from '@droplake/pipeline/step-records'
import { lineView, liveView, type View } from './live-view.ts'
import type { Session } from './session.ts'
import { readable } from './text.ts'

export interface LakeOptions {
  /** `all`: every alert is shown. `unreported`: those that a run's printed report does not tell anyway. */
  alerts?: 'all' | 'unreported'
  /** For a question asked by hand, which may be large. */
  queryMemoryMb?: number
  onEvent?: (event: ExecutionEvent) => void
  onAlert?: (alert: Alert) => void
  /** Default true: contracts that cannot be loaded are named on standard error. */
  showFaults?: boolean
  /** Also a lake that no other command would touch. */
  anyFormat?: true
}

const reported: Alert['attributes']['kind'][] = ['published', 'held', 'failed', 'set_aside', 'unroutable']

/** Opens the laptop's lake with a view of its runs, and closes it whatever happens. The folder is created. */
export async function withFolder<T>(
  session: Session,
  options: LakeOptions,
  use: (lake: Lake) => Promise<T>,
): Promise<T> {
  const { openLake } = await import('@droplake/local/lake')
  const { lakeFolder, terminal, workers } = session
  const view = viewOf(session)
  const shown = consoleNotifier(terminal.note, { color: terminal.noteStyle.red('') !== '' })
  const onConsole: Notifier = {
    async notify(alert) {
      options.onAlert?.(alert)
      const { kind, severity } = alert.attributes
      if (session.quiet && severity === 'info') return
      if (options.alerts === 'all' || !reported.includes(kind)) await shown.notify(alert)
    },
  }
  let opened: Lake | undefined
  try {
    const lake = await openLake({
      folder: lakeFolder,
      notifier: fanOut([fileNotifier(lakeFolder), onConsole]),
      ...(workers === undefined ? {} : { workers }),
      ...(options.queryMemoryMb === undefined ? {} : { queryMemoryMb: options.queryMemoryMb }),
      ...(session.debug ? { onError: (whole: string) => terminal.note(whole) } : {}),
      onEvent: (event) => {
        view.onEvent(event)
        options.onEvent?.(event)
        if (view.onRead && opened) void tellRead(opened, event, view.onRead)
      },
    })
    opened = lake
    if (options.showFaults ?? true) showFaults(session, lake.fx.datasets)
    try {
      checkDataset(session, lake.fx.datasets)
      if (!options.anyFormat) await checkLogFormat(lake.fx.store, Object.keys(lake.fx.datasets))
      return await use(lake)
    } finally {
      await lake.close()
    }
  } finally {
    view.close()
  }
}

/** Tells the view what an item of Clean has read, once its record is there. A view that knows less is no failure. */
async function tellRead({ fx }: Lake, event: ExecutionEvent, tell: NonNullable<View['onRead']>): Promise<void> {
  if (event.type !== 'MapIterationSucceeded' || event.state !== 'Clean') return
  const { run, table } = (event.input ?? {}) as { run?: string; table?: string }
  // The Map's input is the range from 0, so an item is its index.
  if (run === undefined || table === undefined || event.index === undefined) return
  const record = await findRecord<CleanRecord>(fx.store, keys.cleanDone(run, table, event.index)).catch(() => undefined)
  const rows = record?.sources.reduce((sum, source) => sum + source.rows, 0) ?? 0
  if (record) tell(event.execution, { rows, bytes: record.io.bytesRead })
}

/** Throws `UsageError` where the dataset that was named does not exist, also for a command that works on all of them. */
export function checkDataset({ dataset }: Pick<Session, 'dataset'>, datasets: Record<string, Dataset>): void {
  if (dataset === undefined || Object.hasOwn(datasets, dataset)) return
  throw new UsageError(`no dataset ${dataset}${choices(dataset, Object.keys(datasets))}`)
}

/** One line for each contract that cannot be loaded, whatever the command: what it does may be less than what was asked. */
export function showFaults({ terminal }: Pick<Session, 'terminal'>, datasets: Record<string, Dataset>): void {
  for (const { message } of faultsOf(datasets))
    terminal.note(`${terminal.noteStyle.red('broken contract:')} ${readable(message)}`)
}

function viewOf({ quiet, terminal }: Session): View {
  if (quiet) return { onEvent() {}, close() {} }
  return terminal.interactive ? liveView(terminal) : lineView((line) => terminal.note(line))
}
