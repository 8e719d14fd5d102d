import type { ExecutionEvent } from '@droplake/local/interpreter'
import { createProgress, type Items, type RunProgress } from './progress.ts'
import type { Style } from './style.ts'
import type { Terminal } from './terminal.ts'
import { count, duration, many } from './text.ts'

export interface View {
  onEvent(event: ExecutionEvent): void
  /** What an item of Clean has read. */
  onRead?(execution: string, read: { rows: number; bytes: number }): void
  close(): void
}

const redrawMs = 100

/** Shows the states of every run under way at the bottom of the terminal. */
export function liveView(terminal: Terminal): View {
  const progress = createProgress()
  const draw = () => {
    const now = Date.now()
    terminal.block(progress.runs().flatMap((run) => drawRun(run, terminal.noteStyle, now)))
  }
  const timer = setInterval(draw, redrawMs)
  timer.unref()
  return {
    onEvent(event) {
      const change = progress.take(event, Date.now())
      if (change?.kind === 'ended') draw()
    },
    onRead: progress.add,
    close() {
      clearInterval(timer)
      terminal.block([])
    },
  }
}

/** A line for each state; the tables' own lines while they are at work. */
export function drawRun(run: RunProgress, style: Style, now: number): string[] {
  const lines = [`${style.bold(run.dataset)}  ${style.dim(run.run)}  ${duration(now - run.startedAt)}`]
  for (const { name, startedAt, endedAt, items } of run.states) {
    const ms = (endedAt ?? now) - startedAt
    const speed = name === 'Tables' && run.rows > 0 ? `  ${speedOf(run, ms)}` : ''
    const mark = endedAt === undefined ? style.cyan('▸') : style.green('✓')
    lines.push(`${mark} ${name.padEnd(16)} ${duration(ms).padStart(8)}  ${share(items)}${speed}`)
    if (name === 'Tables' && endedAt === undefined) lines.push(...drawTables(run, style))
  }
  return lines
}

function drawTables({ tables }: RunProgress, style: Style): string[] {
  const width = Math.max(0, ...Object.keys(tables).map((name) => name.length))
  return Object.entries(tables).map(([name, { steps, ended }]) => {
    const parts = Object.entries(steps).map(([step, items]) => `${step} ${share(items)}`)
    return `    ${name.padEnd(width)}  ${ended ? style.dim('done') : parts.join('  ')}`
  })
}

const speedOf = ({ rows, bytes }: RunProgress, ms: number) =>
  `${count(rows)} rows, ${(bytes / 1000 / Math.max(1, ms)).toFixed(1)} MB/s`

const share = (items: Items | undefined) => (items ? `${items.done}/${items.total}` : '')

/** One line for each state that begins, where nothing can be rewritten. */
export function lineView(note: (line: string) => void): View {
  const progress = createProgress()
  return {
    onEvent(event) {
      const change = progress.take(event, Date.now())
      if (change?.kind === 'state') {
        const { run, state, items } = change
        note(
          `${run.dataset}: ${state}${items ? `, ${items.total} ${state === 'Tables' ? 'tables' : state === 'Enrich' ? 'units' : 'models'}` : ''}`,
        )
      }
      if (change?.kind === 'step')
        note(`${change.run.dataset}: ${change.table}: ${change.step}, ${many(change.items.total, 'item')}`)
    },
    close() {},
  }
}
