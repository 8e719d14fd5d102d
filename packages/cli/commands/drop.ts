import { drop } from '@droplake/local/drop'
import { UsageError } from '@droplake/local/usage-error'
import { command } from '../command.ts'
import { exit } from '../exit-codes.ts'
import { finishing } from '../interrupts.ts'
import { exitCodeOf, showDrop } from '../show-drop.ts'
import { many } from '../text.ts'
import { withLake } from '../with-lake.ts'

export default command({
  name: 'drop',
  usage: 'PATH…',
  description: 'Puts files, or all files of a folder, under raw/ and waits for the runs that they start.',
  examples: [
    'drop exports/',
    'drop exports/olist_orders_dataset.csv.gz --json',
    'drop march.csv --dataset olist --table orders',
  ],
  args: {
    path: { type: 'positional', required: false, description: 'a file or a folder; any number of them' },
    table: {
      type: 'string',
      valueHint: 'NAME',
      description: 'the table, for a file whose name no contract knows; needs --dataset',
    },
    wait: { type: 'boolean', default: true, negativeDescription: 'only puts the files there; droplake run takes them' },
    force: { type: 'boolean', description: 'takes known bytes again' },
  },
  positionals: Number.POSITIVE_INFINITY,
  async run(session, args) {
    const paths = args._
    if (paths.length === 0) throw new UsageError('drop: no PATH given; name files or folders: droplake drop exports/')
    const { dataset } = session
    session.interrupts.soften(finishing)
    const result = await withLake(session, {}, (lake) =>
      drop(lake, {
        paths,
        ...(dataset === undefined ? {} : { dataset }),
        ...(args.table === undefined ? {} : { table: args.table }),
        force: args.force ?? false,
        wait: args.wait,
        onWait: (holder) => session.note(`waiting for run ${holder} of another process`),
      }),
    )
    if (!args.wait) {
      session.answer(
        result,
        () => `${many(result.objects.length, 'file')} put under raw/; ${session.hint('run')} takes what is pending`,
      )
      return exit.done
    }
    session.answer(result, () => showDrop(result, session, session.terminal.style))
    return exitCodeOf(result)
  },
})
