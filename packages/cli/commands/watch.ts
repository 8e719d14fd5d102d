import { findReport } from '@droplake/local/reports'
import { watch } from '@droplake/local/watch'
import type { Report } from '@droplake/pipeline/report'
import { command } from '../command.ts'
import { exit } from '../exit-codes.ts'
import { showError } from '../show-error.ts'
import { many, readable } from '../text.ts'
import { withFolder } from '../with-folder.ts'

export default command({
  name: 'watch',
  description:
    'Runs whenever a file appears under raw/, by whoever put it there, until Ctrl-C; the current run ends first.',
  examples: ['watch', 'watch --lake /data/lake --quiet'],
  async run(session) {
    const { interrupts, lakeFolder, note, terminal } = session
    interrupts.soften('stopping after the current run; Ctrl-C again stops at once, and the next run recovers')
    const begun = new Set<string>()
    const runs: Report[] = []
    /** Failed runs, whose alert was shown, and whose execution's error is still to come. */
    let told = 0
    await withFolder(
      session,
      {
        alerts: 'all',
        onEvent: ({ type, state, output }) => {
          const { run } = (output ?? {}) as { run?: string }
          if (type === 'StateExited' && state === 'Admit' && run) begun.add(run)
          if (type === 'StateEntered' && state === 'Run Failed') told += 1
        },
      },
      async (lake) => {
        note(`watching ${lakeFolder}/raw; Ctrl-C stops`)
        await watch(lake, {
          signal: interrupts.signal,
          onFile: (key) => note(`${readable(key)} appeared`),
          onGrowing: (keys) => note(`still being written, taken later: ${readable(keys.join(', '))}`),
          onError: (error) => {
            if (told > 0) told -= 1
            else showError(terminal, error, session.debug)
          },
        })
        for (const run of begun) {
          const report = await findReport(lake, run)
          if (report) runs.push(report)
        }
      },
    )
    session.answer({ objects: [], runs }, () => `${many(runs.length, 'run')} while watching`)
    return exit.done
  },
})
