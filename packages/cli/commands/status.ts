import { command } from '../command.ts'
import { exit } from '../exit-codes.ts'
import { readStatus } from '../read-status.ts'
import { showStatus } from '../show-status.ts'
import { chosenDatasets, lakeExists, withLake } from '../with-lake.ts'

export default command({
  name: 'status',
  description: 'Datasets of the lake: rows and freshness of their tables, what is pending, the last run.',
  examples: ['status', 'status --dataset olist --json'],
  async run(session) {
    const { lakeFolder, terminal } = session
    const datasets = lakeExists(session)
      ? await withLake(session, {}, async (lake) => {
          const names = await chosenDatasets(session, lake)
          return Promise.all(names.map((name) => readStatus(lake, name)))
        })
      : []
    const status = { lake: lakeFolder, datasets }
    session.answer(status, () => showStatus(status, session, terminal.style))
    return exit.done
  },
})
