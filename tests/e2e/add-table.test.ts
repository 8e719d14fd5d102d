import { cpSync, existsSync, mkdirSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { drop } from '@droplake/local/drop'
import { contractsFolder, sqlFolder } from '@droplake/local/load-datasets'
import { expect, test } from 'vitest'
import { openOlist, row } from './olist.ts'
import { csv, onlyRun, rows, temporaryFolder } from './shop.ts'

const walkthrough = (name: string) => join(import.meta.dirname, 'walkthrough', name)

/** A copy of the contracts package and of the SQL files, as a checkout has them. */
function copyCheckout(path: string) {
  const contracts = join(path, 'packages', 'contracts')
  cpSync(dirname(contractsFolder), contracts, { recursive: true })
  cpSync(sqlFolder, join(path, 'sql'), { recursive: true })
  const modules = join(import.meta.dirname, '..', '..', 'node_modules')
  if (!existsSync(modules)) throw new Error(`no ${modules}; run npm ci`)
  mkdirSync(join(path, 'node_modules'))
  symlinkSync(join(modules, '@droplake'), join(path, 'node_modules', '@droplake'))
  return { datasets: join(contracts, 'datasets'), sql: join(path, 'sql') }
}

test.each([0, 1])(
  'one contract file and one SQL file add a table that can be dropped and queried, with %i workers',
  async (workers) => {
    using folder = temporaryFolder()
    const { path } = folder
    const { datasets, sql } = copyCheckout(path)
    cpSync(walkthrough('returns.ts'), join(datasets, 'olist', 'returns.ts'))
    cpSync(walkthrough('mart_returns.sql'), join(sql, 'olist', 'mart_returns.sql'))

    await using lake = await openOlist(path, { datasetFolders: [datasets], sqlFolders: [sql], workers })
    const file = csv(path, 'returns_2018.csv', 'return_id,order_id,returned_at,reason,refund', [
      ['r1', 'o1', '2018-03-01 10:00:00', 'Damaged', '10.50'],
      ['r2', 'o2', '2018-04-01 10:00:00', 'changed mind', '20'],
      ['r3', 'o3', '2018-04-02 10:00:00', 'damaged', '1.25'],
      ['r4', 'o4', '2018-04-02 10:00:00', 'bored', '1'],
      ['r1', 'o1', '2018-03-01 10:00:00', 'Damaged', '10.50'],
    ])
    const { objects, runs } = await drop(lake, { paths: [file] })
    expect(objects).toEqual([
      { key: 'raw/olist/returns_2018.csv', dataset: 'olist', table: 'returns', outcome: 'admitted' },
    ])
    expect(onlyRun(runs).tables.returns).toMatchObject({ rowsIn: 5, kept: 3, duplicate: 1, quarantined: 1, blank: 0 })
    expect(await rows(lake, 'select reason, returns, refunds from olist_curated.mart_returns order by reason')).toEqual(
      [
        ['changed mind', 1, '20.00'],
        ['damaged', 2, '11.75'],
      ],
    )
    expect(await row(lake, `select count(*) from olist_cleaned.returns where return_month = '2018-04'`)).toEqual([2])
  },
)
