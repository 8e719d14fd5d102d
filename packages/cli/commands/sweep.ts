import type { SweptDataset } from '@droplake/stage/sweep'
import { wholeNumber } from '../arguments.ts'
import { command } from '../command.ts'
import { exit } from '../exit-codes.ts'
import type { Session } from '../session.ts'
import { bytes, many, readable } from '../text.ts'
import { withFolder } from '../with-folder.ts'
import { chosenDatasets, mustExist } from '../with-lake.ts'
import { leaveOnInterrupt, withStage } from '../with-stage.ts'

interface Asked {
  keep?: number
  graceMs?: number
}

export default command({
  name: 'sweep',
  onStage: true,
  description: 'Deletes files that no reader can reach any more. What was dropped under raw/ always stays.',
  examples: ['sweep', 'sweep --dataset olist --keep 50', 'sweep --stage prod'],
  args: {
    keep: { type: 'string', valueHint: 'N', description: 'log entries whose files stay; default 10' },
    grace: {
      type: 'string',
      valueHint: 'SECONDS',
      description: 'a file stays for so long after it was superseded; default 3600, on a stage 86400',
    },
  },
  async run(session, args) {
    const keep = wholeNumber('keep', args.keep)
    const grace = wholeNumber('grace', args.grace)
    const asked: Asked = {
      ...(keep === undefined ? {} : { keep }),
      ...(grace === undefined ? {} : { graceMs: grace * 1000 }),
    }
    const swept = await (session.stage ? sweepThere(session, asked) : sweepHere(session, asked))
    if (!swept) return exit.interrupted
    session.answer(swept, () => swept.map(describe).join('\n') || 'nothing to sweep')
    return swept.some((one) => 'heldBy' in one || 'error' in one) ? exit.failed : exit.done
  },
})

async function sweepHere(session: Session, asked: Asked): Promise<SweptDataset[]> {
  mustExist(session)
  const { sweep } = await import('@droplake/local/sweep')
  return withFolder(session, {}, async (lake) => {
    if (session.dataset !== undefined) await chosenDatasets(session, lake)
    return sweep(lake, { ...asked, ...(session.dataset === undefined ? {} : { dataset: session.dataset }) })
  })
}

/** Undefined when the wait was broken off; the sweep goes on. */
function sweepThere(session: Session, asked: Asked): Promise<SweptDataset[] | undefined> {
  const { interrupts, note, stage } = session
  return withStage(stage!, async (place) => {
    const { sweepStage } = await import('@droplake/stage/sweep')
    const datasets = await chosenDatasets(session, place)
    leaveOnInterrupt(session)
    note(`sweeping ${datasets.join(', ')}`)
    const left = Promise.withResolvers<undefined>()
    interrupts.signal.addEventListener('abort', () => left.resolve(undefined))
    return Promise.race([sweepStage(place, { ...asked, datasets }), left.promise])
  })
}

function describe(one: SweptDataset): string {
  if ('heldBy' in one)
    return `${one.dataset}  left alone: run ${one.heldBy} is under way; sweep again when it has ended`
  if ('error' in one) return `${one.dataset}  not swept: ${readable(one.error)}; its logs say why`
  return `${one.dataset}  ${many(one.deleted, 'file')} deleted (${bytes(one.bytes)}), ${many(one.kept, 'file')} kept`
}
