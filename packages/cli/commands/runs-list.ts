import { wholeNumber } from '../arguments.ts'
import { command } from '../command.ts'
import { exit } from '../exit-codes.ts'
import { readRuns, withSums } from '../read-runs.ts'
import { showRuns } from '../show-runs.ts'
import { chosenDatasets, ifThereIsALake } from '../with-lake.ts'

const defaultLimit = 20

export default command({
  name: 'runs list',
  onStage: true,
  description: 'The history of runs, newest first.',
  examples: ['runs', 'runs --limit 5', 'runs list --dataset olist --json', 'runs --stage prod'],
  args: { limit: { type: 'string', valueHint: 'N', description: `at most this many; default ${defaultLimit}` } },
  async run(session, args) {
    const limit = wholeNumber('limit', args.limit, { min: 1 }) ?? defaultLimit
    const { shown, more } = await ifThereIsALake(
      session,
      async (place) => {
        const datasets = await chosenDatasets(session, place)
        const all = (await Promise.all(datasets.map((name) => readRuns(place, name, limit + 1)))).flat()
        const newest = all.sort((a, b) => (a.startedAt < b.startedAt ? 1 : -1)).slice(0, limit)
        return { shown: await withSums(place, newest), more: all.length > limit }
      },
      { shown: [], more: false },
    )
    session.answer(shown, () => showRuns(shown, { more, style: session.terminal.style }))
    return exit.done
  },
})
