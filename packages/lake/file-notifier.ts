import { mkdir, open } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type Clock, systemClock } from './clock.ts'
import type { Notifier } from './notifier.ts'

/**
 * Appends each alert to `ops/alerts.ndjson` under the lake's folder: one line `{"at": ISO time, subject, text, attributes}`,
 * in one write, so that several processes may append at once.
 */
export function fileNotifier(root: string, options: { clock?: Clock } = {}): Notifier {
  const clock = options.clock ?? systemClock
  const file = join(root, 'ops', 'alerts.ndjson')
  return {
    async notify(alert) {
      const line = Buffer.from(`${JSON.stringify({ at: new Date(clock.now()).toISOString(), ...alert })}\n`)
      await mkdir(dirname(file), { recursive: true })
      const handle = await open(file, 'a')
      try {
        const { bytesWritten } = await handle.write(line)
        if (bytesWritten < line.length)
          throw new Error(`notifier: ${file} took ${bytesWritten} of ${line.length} bytes; free some space`)
      } finally {
        await handle.close()
      }
    },
  }
}
