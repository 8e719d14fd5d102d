import type { ExecutionEvent } from '@droplake/local/interpreter'
import { expect, it } from 'vitest'
import { drawRun } from './live-view.ts'
import { createProgress } from './progress.ts'
import { createStyle } from './style.ts'

const run = { dataset: 'olist', run: 'r1' }
const tables = { ...run, plan: { tables: [{ table: 'orders' }, { table: 'sellers' }] } }
const clean = { ...run, table: 'orders', items: [0, 1, 2] }
const event = (type: string, state: string, rest: Partial<ExecutionEvent> = {}): ExecutionEvent => ({
  execution: 'e1',
  type,
  state,
  ...rest,
})

const upToClean = [
  event('StateExited', 'Admit', { output: { outcome: 'begun', ...run } }),
  event('StateEntered', 'Plan', { input: run }),
  event('StateExited', 'Plan', { input: run }),
  event('StateEntered', 'Tables', { input: tables }),
  event('StateEntered', 'Clean', { input: clean, index: 0 }),
  event('MapIterationSucceeded', 'Clean', { input: clean, index: 2 }),
  event('MapIterationFailed', 'Clean', { input: clean, index: 0 }),
]

it('draws states with their time, and items done of each table at work', () => {
  const progress = createProgress()
  upToClean.forEach((each, n) => void progress.take(each, n * 1000))
  progress.add('e1', { rows: 1200, bytes: 8_000_000 })
  const [shown] = progress.runs()
  expect(drawRun(shown!, createStyle(false), 7000)).toEqual([
    'olist  r1  7.0 s',
    '✓ Plan                1.0 s  ',
    '▸ Tables              4.0 s  0/2  1,200 rows, 2.0 MB/s',
    '    orders  Clean 2/3',
  ])
  progress.take(event('MapIterationSucceeded', 'Tables', { input: tables, index: 0 }), 7000)
  expect(drawRun(shown!, createStyle(false), 8000).at(-1)).toBe('    orders  done')
})

it('shows nothing of an execution that began no run, and of a run that ended', () => {
  const progress = createProgress()
  progress.take(event('StateExited', 'Admit', { output: { outcome: 'coalesced', dataset: 'olist' } }), 0)
  expect(progress.runs()).toEqual([])
  for (const each of upToClean) progress.take(each, 0)
  progress.take({ execution: 'e1', type: 'ExecutionFailed' }, 0)
  expect(progress.runs()).toEqual([])
})
