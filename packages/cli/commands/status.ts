import { command } from '../command.ts'
import { exit } from '../exit-codes.ts'
import { readStatusAnyway } from '../read-status.ts'
import { showStatus } from '../show-status.ts'
import { chosenDatasets, ifThereIsALake } from '../with-lake.ts'

export default command({
  name: 'status',
  onStage: true,
  description: 'Datasets of the lake: rows and freshness of their tables, what is pending, the last run.',
  examples: ['status', 'status --dataset olist --json', 'status --stage prod'],
  async run(session) {
    const { lakeFolder, stage, terminal } = session
    const { lake, datasets } = await ifThereIsALake(
      session,
      async (place) => {
        const names = await chosenDatasets(session, place)
        const read = await Promise.all(names.map((name) => readStatusAnyway(place, name)))
        return { lake: place.remote ? `s3://${place.remote.bucket}` : lakeFolder, datasets: read }
      },
      { lake: lakeFolder, datasets: [] },
    )
    const status = { lake, ...(stage ? { stage: stage.name } : {}), datasets }
    session.answer(status, () => showStatus(status, session, terminal.style))
    return datasets.some(({ damaged }) => damaged) ? exit.failed : exit.done
  },
})
