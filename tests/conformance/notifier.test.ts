import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { consoleNotifier } from '@droplake/lake/console-notifier'
import { fanOut } from '@droplake/lake/fan-out'
import { fileNotifier } from '@droplake/lake/file-notifier'
import { memoryNotifier } from '@droplake/lake/memory-notifier'
import { describeNotifier } from './notifier.ts'

describeNotifier('memory', async () => {
  const notifier = memoryNotifier()
  return { notifier, received: async () => notifier.alerts.map((alert) => `${alert.subject}\n${alert.text}`) }
})

describeNotifier('the console', async () => {
  const lines: string[] = []
  return { notifier: consoleNotifier((line) => lines.push(line)), received: async () => byAlert(lines) }
})

describeNotifier('a file', async () => {
  const root = await mkdtemp(join(tmpdir(), 'lake-'))
  return {
    notifier: fileNotifier(root),
    received: async () => {
      const lines = (await readFile(join(root, 'ops/alerts.ndjson'), 'utf8')).trimEnd().split('\n')
      return lines.map((line) => JSON.parse(line)).map(({ subject, text }) => `${subject}\n${text}`)
    },
    close: () => rm(root, { recursive: true }),
  }
})

describeNotifier('several at once', async () => {
  const lines: string[] = []
  const memory = memoryNotifier()
  const notifier = fanOut([memory, consoleNotifier((line) => lines.push(line), { color: false })])
  return { notifier, received: async () => byAlert(lines) }
})

/** A line that is not indented begins an alert. */
function byAlert(lines: readonly string[]): string[] {
  return lines.reduce<string[]>((alerts, line) => {
    if (line.startsWith('  ')) alerts.push(`${alerts.pop()}\n${line}`)
    else alerts.push(line)
    return alerts
  }, [])
}
