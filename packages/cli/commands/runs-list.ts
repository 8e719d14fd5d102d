import { wholeNumber } from '../arguments.ts'
import { command } from '../command.ts'
import { exit } from '../exit-codes.ts'
import { readRuns } from '../read-runs.ts'
import { showRuns } from '../show-runs.ts'
import { chosenDatasets, lakeExists, withLake } from '../with-lake.ts'

export default command({
  name: 'runs list',
  description: 'The history of runs, newest first.',
  examples: ['runs', 'runs --limit 5', 'runs list --dataset olist --json'],
  args: { limit: { type: 'string', valueHint: 'N', default: '20', description: 'at most this many; default 20' } },
  async run(session, args) {
    const limit = wholeNumber('limit', args.limit, { min: 1 })
    const runs = lakeExists(session)
      ? await withLake(session, {}, async (lake) => {
          const all = await Promise.all((await chosenDatasets(session, lake)).map((name) => readRuns(lake, name)))
          return all.flat().sort((a, b) => (a.startedAt < b.startedAt ? 1 : -1))
        })
      : []
    const shown = runs.slice(0, limit)
    session.answer(shown, () => showRuns(shown, { of: runs.length, style: session.terminal.style }))
    return exit.done
  },
})
