import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { consoleNotifier } from './console-notifier.ts'
import { fanOut } from './fan-out.ts'
import { fileNotifier } from './file-notifier.ts'
import { memoryNotifier } from './memory-notifier.ts'
import type { Alert } from './notifier.ts'

const alert: Alert = {
  subject: 'olist: 2 sources set aside',
  text: 'orders.csv: not a CSV file\nnext: droplake drop --force',
  attributes: { kind: 'set_aside', dataset: 'olist', severity: 'warning' },
}

describe('alerts on the console', () => {
  const print = async (given: Alert, color?: boolean) => {
    const lines: string[] = []
    await consoleNotifier((line) => lines.push(line), color === undefined ? {} : { color }).notify(given)
    return lines
  }

  it('are a line with severity and dataset, then the indented text', async () => {
    expect(await print(alert, false)).toEqual([
      'warning olist: olist: 2 sources set aside',
      '  orders.csv: not a CSV file',
      '  next: droplake drop --force',
    ])
  })

  it('are coloured unless told otherwise', async () => {
    expect((await print(alert))[0]).toContain('\u001b[33m')
  })

  it('cannot steer the terminal by what a file name holds', async () => {
    const lines = await print({ ...alert, subject: 'a\u001b[2Jb\rc', text: 'x\u001b]0;title\u0007y' }, false)
    for (const line of lines) expect(line).not.toMatch(/\p{Cc}/u)
  })
})

describe('alerts in a file', () => {
  it('carry the time and all that the alert says', async () => {
    const root = await mkdtemp(join(tmpdir(), 'lake-'))
    try {
      await fileNotifier(root, { clock: { now: () => 1_514_862_245_678 } }).notify(alert)
      const line = await readFile(join(root, 'ops/alerts.ndjson'), 'utf8')
      expect(JSON.parse(line)).toEqual({ at: '2018-01-02T03:04:05.678Z', ...alert })
      expect(line.endsWith('\n')).toBe(true)
    } finally {
      await rm(root, { recursive: true })
    }
  })
})

describe('several notifiers', () => {
  it('all get the alert when one of them fails, and its failure is thrown', async () => {
    const first = memoryNotifier()
    const last = memoryNotifier()
    const broken = { notify: () => Promise.reject(new Error('no network')) }
    await expect(fanOut([first, broken, last]).notify(alert)).rejects.toThrow('no network')
    expect([first.alerts, last.alerts]).toEqual([[alert], [alert]])
    await expect(fanOut([broken, broken]).notify(alert)).rejects.toThrow(/2 of 2 failed/)
  })
})
