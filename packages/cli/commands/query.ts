import { UsageError } from '@droplake/local/usage-error'
import type { Place } from '@droplake/pipeline/place'
import { command } from '../command.ts'
import { exit } from '../exit-codes.ts'
import { showRows, toCsv, toJson } from '../show-rows.ts'
import { oneReadingStatement } from '../sql-text.ts'
import { datasetOfNames, withNames } from '../table-names.ts'
import { bytes } from '../text.ts'
import { chosenDatasets, withExistingLake } from '../with-lake.ts'

const queryMemoryMb = 1024

export default command({
  name: 'query',
  onStage: true,
  usage: '[SQL]',
  description: "Asks the lake in SQL, in Athena's dialect. It reads, and changes nothing.",
  examples: [
    'query "select * from olist_curated.fact_orders limit 5"',
    'query "select count(*) from curated.fact_orders" --dataset olist --json',
    'query --saved olist/top-categories-by-revenue',
    'query "show tables in olist_curated"',
    'query --saved olist/top-categories-by-revenue --stage prod',
  ],
  args: {
    sql: { type: 'positional', required: false, description: 'one statement, in quotes' },
    saved: {
      type: 'string',
      valueHint: 'NAME',
      description: 'a saved query: olist/top-categories-by-revenue, or its last part',
    },
    format: { type: 'enum', options: ['table', 'csv', 'json'], description: 'of the answer: table, csv or json' },
  },
  async run(session, args) {
    const { saved, sql } = args
    if ((sql === undefined) === (saved === undefined))
      throw new UsageError('query: give either SQL, in quotes, or a saved query with --saved NAME')
    if (session.json && args.format !== undefined && args.format !== 'json')
      throw new UsageError(`query: --json and --format ${args.format} contradict each other; leave one out`)
    const checked = sql === undefined ? undefined : oneReadingStatement(sql)
    const { signal } = session.interrupts
    // Athena would go on, and bill, after the process is gone.
    if (session.stage) session.interrupts.soften('stopping the query')
    const ask = async (lake: Place) => {
      if (checked !== undefined) return withNames(lake, checked, await datasetOfNames(session, lake))
      const { savedQuery } = await import('../saved-queries.ts')
      const datasets =
        session.dataset === undefined ? Object.keys(lake.fx.datasets) : await chosenDatasets(session, lake)
      return (await savedQuery(saved!, { datasets, settings: lake.fx.settings, contracts: lake.fx.datasets })).sql
    }
    const result = await withExistingLake(
      session,
      async (lake) => {
        try {
          return await lake.fx.engine.run(await ask(lake), session.stage ? { signal } : {})
        } catch (error) {
          if (signal.aborted) return undefined
          throw error
        }
      },
      { queryMemoryMb },
    )
    if (!result) return exit.interrupted
    if (result.bytesScanned !== undefined) session.note(`${bytes(result.bytesScanned)} scanned`)
    const format = session.json ? 'json' : (args.format ?? 'table')
    const show = { table: showRows, csv: toCsv, json: toJson }[format as 'table' | 'csv' | 'json']
    session.terminal.out(show(result, session.terminal.style))
    return exit.done
  },
})
