import { sweep } from '@droplake/local/sweep'
import { wholeNumber } from '../arguments.ts'
import { command } from '../command.ts'
import { exit } from '../exit-codes.ts'
import { bytes, many } from '../text.ts'
import { chosenDatasets, withExistingLake } from '../with-lake.ts'

export default command({
  name: 'sweep',
  description: 'Deletes files that no reader can reach any more. What was dropped under raw/ always stays.',
  examples: ['sweep', 'sweep --dataset olist --keep 50'],
  args: {
    keep: { type: 'string', valueHint: 'N', description: 'log entries whose files stay; default 10' },
    grace: {
      type: 'string',
      valueHint: 'SECONDS',
      description: 'a file stays for so long after it was superseded; default 3600',
    },
  },
  async run(session, args) {
    const keep = wholeNumber('keep', args.keep)
    const grace = wholeNumber('grace', args.grace)
    const swept = await withExistingLake(session, async (lake) => {
      if (session.dataset !== undefined) await chosenDatasets(session, lake)
      return sweep(lake, {
        ...(session.dataset === undefined ? {} : { dataset: session.dataset }),
        ...(keep === undefined ? {} : { keep }),
        ...(grace === undefined ? {} : { graceMs: grace * 1000 }),
      })
    })
    session.answer(swept, () =>
      swept.length === 0
        ? 'nothing to sweep'
        : swept
            .map((one) =>
              'heldBy' in one
                ? `${one.dataset}  left alone: run ${one.heldBy} is under way; sweep again when it has ended`
                : `${one.dataset}  ${many(one.deleted, 'file')} deleted (${bytes(one.bytes)}), ${many(one.kept, 'file')} kept`,
            )
            .join('\n'),
    )
    return swept.some((one) => 'heldBy' in one) ? exit.failed : exit.done
  },
})
