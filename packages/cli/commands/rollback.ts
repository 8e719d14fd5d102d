import { datasetOfModel, rollback, versionsOf } from '@droplake/local/rollback'
import { UsageError } from '@droplake/local/usage-error'
import type { Place } from '@droplake/pipeline/place'
import { RollbackRefused, type RolledBack } from '@droplake/pipeline/rollback'
import type { rollbackStage } from '@droplake/stage/rollback'
import type { Stage } from '@droplake/stage/stage'
import { command } from '../command.ts'
import { exit } from '../exit-codes.ts'
import { rollbackJson, showRollback, showVersions, versionsJson } from '../show-rollback.ts'
import { chosenDatasets, withExistingLake } from '../with-lake.ts'

export default command({
  name: 'rollback',
  onStage: true,
  usage: 'MODEL',
  description:
    'Shows readers an earlier version of a model again. It stays there, however its inputs change, until its SQL is another one or it is let go; models that read it are built from it.',
  examples: [
    'rollback mart_category_performance',
    'rollback mart_category_performance --list',
    'rollback mart_category_performance --to 20260301T120000000Z-1a2b3c4d',
    'rollback mart_category_performance --release',
    'rollback mart_category_performance --stage prod',
  ],
  args: {
    model: { type: 'positional', required: true, description: 'the model, as droplake status lists it' },
    to: {
      type: 'string',
      valueHint: 'RUN',
      description: 'the run that published the wanted version; default the one before the version that readers see',
    },
    list: { type: 'boolean', description: 'only shows the versions there are' },
    release: { type: 'boolean', description: 'moves nothing; the next run builds the model anew' },
  },
  async run(session, args) {
    const { to, list = false, release = false } = args
    if ([to !== undefined, list, release].filter(Boolean).length > 1)
      throw new UsageError('rollback: --to, --list and --release exclude each other; give one of them')
    const model = args.model.replace(/^curated\./, '')
    const { style } = session.terminal
    return withExistingLake(session, async (lake: Place) => {
      const dataset = await datasetOfModel(lake, model, await chosenDatasets(session, lake))
      if (list) {
        const found = { dataset, model, ...(await versionsOf(lake, { dataset, model })) }
        session.answer(versionsJson(found), () => showVersions(found, session.hint, style))
        return exit.done
      }
      const asked = { dataset, model, release, ...(to === undefined ? {} : { to }) }
      const answer = await (isStage(lake) ? rollbackThere(lake, asked) : rollback(lake, asked)).catch(refuse)
      session.answer(rollbackJson(answer), () => showRollback(answer, session, style))
      return 'heldBy' in answer ? exit.failed : exit.done
    })
  },
})

const isStage = (place: Place): place is Stage => place.remote !== undefined

async function rollbackThere(stage: Stage, asked: Parameters<typeof rollbackStage>[1]): Promise<RolledBack> {
  const { rollbackStage } = await import('@droplake/stage/rollback')
  return rollbackStage(stage, asked)
}

/** What cannot be done as it was asked for is a mistake of who asked. */
function refuse(error: unknown): never {
  throw error instanceof RollbackRefused ? new UsageError(error.message, { cause: error }) : error
}
