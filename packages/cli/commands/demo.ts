import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { generateOlistWithClickstream } from '@droplake/generator/registry'
import type { Alert } from '@droplake/lake/notifier'
import type { QueryResult } from '@droplake/lake/query-engine'
import { drop } from '@droplake/local/drop'
import { defaultSettings } from '@droplake/pipeline/effects'
import { share, wholeNumber } from '../arguments.ts'
import { command } from '../command.ts'
import { exit } from '../exit-codes.ts'
import { defaultSeed } from '../generate-options.ts'
import { finishing } from '../interrupts.ts'
import { savedQuery } from '../saved-queries.ts'
import { type Demo, showDemo, shownQuery } from '../show-demo.ts'
import { exitCodeOf } from '../show-drop.ts'
import { count, many } from '../text.ts'
import { withFolder } from '../with-folder.ts'
import { waiting } from '../with-lake.ts'

const defaultOrders = 2_000
const defaultDefects = 0.01

export default command({
  name: 'demo',
  description: 'A first look: generates the ten Olist files, drops them, and shows what came out and what to try next.',
  examples: ['demo', 'demo --orders 20000 --seed 7'],
  args: {
    orders: { type: 'string', valueHint: 'N', description: `orders to generate; default ${defaultOrders}` },
    seed: { type: 'string', valueHint: 'S', description: `the same seed gives the same files; default ${defaultSeed}` },
    defects: {
      type: 'string',
      valueHint: 'RATE',
      description: `share of rows with a defect; default ${defaultDefects}`,
    },
  },
  async run(session, args) {
    const orders = wholeNumber('orders', args.orders, { min: 1 }) ?? defaultOrders
    const seed = wholeNumber('seed', args.seed) ?? defaultSeed
    const defects = share('defects', args.defects) ?? defaultDefects
    session.interrupts.soften('stopping when the files are generated; Ctrl-C again stops at once')
    const folder = await mkdtemp(join(tmpdir(), 'droplake-demo-'))
    const alerts: Alert[] = []
    try {
      session.note(`generating ${many(orders, 'order')} from seed ${seed}`)
      const tally = await generateOlistWithClickstream(folder, { orders, seed, defects })
      if (session.interrupts.signal.aborted) return exit.interrupted
      session.interrupts.soften(finishing)
      const generated = Object.values(tally).reduce((sum, { rows }) => sum + rows, 0)
      session.note(
        `dropping ${many(Object.keys(tally).length, 'file')} with ${count(generated)} rows into ${session.lakeFolder}`,
      )
      const { result, answer } = await withFolder(session, { onAlert: (alert) => alerts.push(alert) }, async (lake) => {
        const dropped = await drop(lake, {
          paths: [folder],
          ...waiting(session),
        })
        const told = session.json || exitCodeOf(dropped) !== 0 ? undefined : await ask(lake.fx.engine.run)
        return { result: dropped, answer: told }
      })
      session.answer(result, () => showDemo({ result, alerts, answer, seed }, session, session.terminal.style))
      return exitCodeOf(result)
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  },
})

async function ask(run: (sql: string) => Promise<QueryResult>): Promise<Demo['answer']> {
  const { query, sql } = await savedQuery(shownQuery, { datasets: ['olist'], settings: defaultSettings })
  return { description: query.description, rows: await run(sql) }
}
