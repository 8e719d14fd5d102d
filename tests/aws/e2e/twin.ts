import { mkdirSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { QueryEngine, Value } from '@droplake/lake/query-engine'
import { drop } from '@droplake/local/drop'
import { openOlist } from '../../e2e/olist.ts'

/** Rows of every cleaned table and every model, in an order of their own; lineage differs by run and is left out. */
export async function contents(
  engine: QueryEngine,
  of: { databasePrefix: string; tables: readonly string[]; models: readonly string[] },
): Promise<Record<string, { columns: string[]; rows: Value[][] }>> {
  const names = [
    ...of.tables.map((name) => `olist_cleaned.${name}`),
    ...of.models.map((name) => `olist_curated.${name}`),
  ]
  const found: Awaited<ReturnType<typeof contents>> = {}
  for (const name of names) {
    const { columns, rows } = await engine.run(`select * from ${of.databasePrefix}${name}`)
    const kept = columns.flatMap((column, n) => (column.name.startsWith('_') ? [] : [n]))
    const cut = rows.map((row) => kept.map((n) => row[n] ?? null))
    found[name] = {
      columns: kept.map((n) => `${columns[n]?.name} ${columns[n]?.type}`),
      rows: cut
        .map((row) => JSON.stringify(row))
        .sort()
        .map((row) => JSON.parse(row)),
    }
  }
  return found
}

/** The laptop's lake that is given the same files. */
export async function openTwin(folder: string) {
  const lake = await openOlist(folder)
  return {
    ...lake,
    async take(files: Record<string, Uint8Array>) {
      const home = join(folder, 'files', String(Math.random()))
      mkdirSync(home, { recursive: true })
      for (const [key, bytes] of Object.entries(files)) writeFileSync(join(home, basename(key)), bytes)
      return drop(lake, { paths: [home] })
    },
    contents: async () =>
      contents(lake.fx.engine, {
        databasePrefix: '',
        tables: Object.keys(lake.fx.datasets.olist?.tables ?? {}),
        models: (await lake.fx.models('olist')).map(({ name }) => name),
      }),
  }
}
