import { drop } from '@droplake/local/drop'
import { UsageError } from '@droplake/local/usage-error'
import { command } from '../command.ts'
import { exit } from '../exit-codes.ts'
import type { Session } from '../session.ts'
import { exitCodeOf, showDrop, showLeftOut } from '../show-drop.ts'
import { bytes, many } from '../text.ts'
import { softenInterrupts, waiting, withLake } from '../with-lake.ts'

export default command({
  name: 'drop',
  onStage: true,
  usage: 'PATH…',
  description: 'Puts files, or all files of a folder, under raw/ and waits for the runs that they start.',
  examples: [
    'drop exports/',
    'drop exports/olist_orders_dataset.csv.gz --json',
    'drop march.csv --dataset olist --table orders',
    'drop exports/ --stage prod',
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
    softenInterrupts(session)
    const result = await withLake(session, {}, (lake) =>
      drop(lake, {
        paths,
        ...(dataset === undefined ? {} : { dataset }),
        ...(args.table === undefined ? {} : { table: args.table }),
        force: args.force ?? false,
        wait: args.wait,
        ...waiting(session),
        onPassedOver: (names) =>
          session.note(`passed over ${many(names, 'hidden name')}, as every folder may hold them`),
        ...(session.stage ? uploadNotes(session) : {}),
      }),
    )
    const isInterrupted = session.interrupts.signal.aborted && result.runs.length === 0
    if (!args.wait || isInterrupted) {
      const put = `${many(result.objects.length, 'file')} put under raw/`
      const next = session.stage && isInterrupted ? '' : `; ${then(session)}`
      session.answer(result, () => [...showLeftOut(result, session.terminal.style), put + next].join('\n'))
      return isInterrupted ? exit.interrupted : exitCodeOf(result)
    }
    session.answer(result, () => showDrop(result, session, session.terminal.style))
    return exitCodeOf(result)
  },
})

/** Uploads take their time, and an event of the bucket may be late. */
const uploadNotes = ({ note }: Session) => ({
  onFile: ({ key, size }: { key: string; size: number }) => note(`putting ${key} (${bytes(size)})`),
  onLate: (files: number) =>
    note(
      `the bucket has not announced ${many(files, 'file')} yet; starting a run that takes ${files === 1 ? 'it' : 'them'}`,
    ),
})

const then = ({ stage, hint }: Session) =>
  stage
    ? `the stage takes them by itself; ${hint('status')} shows how far it is`
    : `${hint('run')} takes what is pending`
