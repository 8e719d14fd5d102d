import { text } from '@droplake/contracts/column'
import { testLake } from '@droplake/pipeline/testing/test-lake'
import { ringFor, wholeRun } from '@droplake/pipeline/testing/test-run'
import { describe, expect, it } from 'vitest'
import { checkArguments } from './arguments.ts'
import { commands } from './commands.ts'
import { findCommand } from './find-command.ts'
import { quarantineFilter } from './quarantine-filter.ts'
import { existingRun } from './read-runs.ts'
import { savedQuery } from './saved-queries.ts'
import { chosenDatasets } from './with-lake.ts'

describe('a misspelled command or option', () => {
  it.each([
    [['qurey'], 'no command qurey; did you mean query? there are demo, generate'],
    [['quarantine', 'lits'], 'quarantine: no command lits; did you mean list? there are list, show'],
    [['Status'], 'no command Status; did you mean status? there are'],
  ])('%j', async (args, message) => {
    await expect(findCommand(commands, args)).rejects.toThrow(message)
  })

  it.each([
    [['quarantine', 'list', '--tabel', 'orders'], 'no option --tabel; did you mean --table? there are'],
    [['status', '--datset', 'olist'], 'no option --datset; did you mean --dataset? there are'],
    [['drop', '--no-wiat', 'x'], 'no option --no-wiat; did you mean --no-wait? there are'],
    [['query', '--format', 'jsno', 'select 1'], '--format takes table, csv, json, got jsno; did you mean json?'],
  ])('%j', async (args, message) => {
    const { command, argv } = await findCommand(commands, args)
    expect(() => checkArguments(command, argv)).toThrow(message)
  })
})

describe('a misspelled name of something in the lake', () => {
  const table = { description: '', files: 'orders*.csv', columns: { id: text.required() }, key: ['id'] }
  const open = () => testLake({ tables: { orders: { ...table, dedupe: 'latest', kind: 'snapshot' } } })

  it('of a table, a reason or a run is not taken for one without rejected rows', async () => {
    const lake = open()
    await ringFor(lake, { name: 'orders.csv', table: 'orders', bytes: 'id\n1\n' })
    await wholeRun(lake, 'R-1')
    const filter = (args: Parameters<typeof quarantineFilter>[2]) => quarantineFilter(lake, ['d'], args)
    expect(await filter({ run: 'R-1', table: 'orders', reason: 'required' })).toEqual({
      run: 'R-1',
      table: 'orders',
      reason: 'required',
    })
    for (const [args, message] of [
      [{ table: 'order' }, 'no table order; did you mean orders? there are orders'],
      [{ table: '__proto__' }, 'no table __proto__; there are orders'],
      [{ reason: 'requird' }, 'no reason requird; did you mean required? there are required, not_accepted'],
      [{ run: 'R-2' }, 'no run "R-2"; did you mean R-1? droplake runs lists the runs there are'],
      [{ run: '../R-1' }, 'no run "../R-1"'],
    ] as const)
      await expect(filter(args)).rejects.toThrow(message)
    expect(await existingRun(lake, ['d'], 'R-1')).toBe('d')
  })

  it('of a table that is out of service is its name all the same', async () => {
    const lake = open()
    lake.fx.datasets.d!.outOfService = { 'cleaned.returns': 'why' }
    expect(await quarantineFilter(lake, ['d'], { table: 'returns' })).toEqual({ table: 'returns' })
  })

  it('of a dataset or a saved query', async () => {
    const lake = open()
    await expect(chosenDatasets({ dataset: 'dd' }, lake)).rejects.toThrow('no dataset dd; there are d')
    const of = { datasets: ['olist'], settings: lake.fx.settings }
    for (const name of ['olist/funnel-analisys', 'funnel-analysi', 'Funnel_Analysis'])
      await expect(savedQuery(name, of)).rejects.toThrow(`no saved query ${name}; did you mean olist/funnel-analysis?`)
  })
})
