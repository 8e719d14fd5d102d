import { join } from 'node:path'
import { type Column, sqlType } from '@droplake/contracts/column'
import { builtIn } from '@droplake/contracts/registry'
import { lineage, type Table } from '@droplake/contracts/table'
import { layers } from '../dag.ts'
import { loadModels, loadQueries } from '../load-models.ts'
import type { Model, ResolveName } from '../model.ts'
import { qualifiedName, quoteName, quoteText } from '../quote.ts'
import { renderSelect } from '../render.ts'
import { type Duck, openDuck, toDuck } from './duckdb.ts'

/** Cells as SQL prints them: '2018-01-05 10:00:00', '19.90', 3, null. */
export type GivenRow = Record<string, string | number | boolean | null>
export type TextRow = Record<string, string | null>

export const sqlFolder = (dataset: string) => join(import.meta.dirname, '../../../sql', dataset)

/** Names as the SQL files write them, quoted. */
export const plainNames: ResolveName = (zone, name) => qualifiedName(zone, name)

/** A DuckDB that holds a dataset's cleaned tables, and its models once they are built. */
export interface ModelLake {
  duck: Duck
  models: Model[]
  /** Builds every model over the cleaned tables. */
  build(): Promise<void>
  /** Rows of a select in Athena's dialect, every cell as text. */
  rows(sql: string): Promise<TextRow[]>
  /** Rows of a saved query, in its order. */
  query(name: string): Promise<TextRow[]>
}

/**
 * Cleaned tables made from the contracts, with the given rows: derived and partition columns are computed, required
 * columns that a row leaves out hold a filler, others null. Lineage columns are there.
 */
export async function openModelLake(dataset: string, given: Record<string, GivenRow[]>): Promise<ModelLake> {
  const duck = await openDuck()
  const models = await loadModels(sqlFolder(dataset))
  const tables = builtIn[dataset]!.tables
  await duck.run('create schema cleaned')
  await duck.run('create schema curated')
  for (const name of Object.keys(given)) if (!tables[name]) throw new Error(`no table ${name}`)
  for (const table of Object.values(tables)) await fill(duck, table, given[table.name] ?? [])

  const rows = async (sql: string) => {
    const names = (await duck.run(`describe ${toDuck(sql)}`)).map(([name]) => String(name))
    const texts = names.map((name) => `cast(${quoteName(name)} as varchar)`)
    const cells = await duck.run(`select ${texts.join(', ')} from (${toDuck(sql)})`)
    return cells.map((row) => Object.fromEntries(names.map((name, index) => [name, row[index] as string | null])))
  }
  return {
    duck,
    models,
    rows,
    async build() {
      for (const name of layers(models).flat()) {
        const model = models.find((candidate) => candidate.name === name)!
        await duck.athena(`create table ${qualifiedName('curated', name)} as ${renderSelect(model, plainNames)}`)
      }
    },
    async query(name) {
      const query = (await loadQueries(sqlFolder(dataset))).find((candidate) => candidate.name === name)
      if (!query) throw new Error(`no saved query ${name}`)
      return rows(renderSelect(query, plainNames))
    },
  }
}

/** The columns of a cleaned table as its files and partitions give them. */
export function cleanedColumns(table: Table): [string, Column][] {
  const partition: [string, Column][] = table.partition
    ? [[table.partition.name, { type: { kind: 'text' }, required: true }]]
    : []
  return [...Object.entries<Column>(table.columns), ...Object.entries<Column>(lineage), ...partition]
}

async function fill(duck: Duck, table: Table, rows: readonly GivenRow[]): Promise<void> {
  const columns = cleanedColumns(table)
  const declared = columns.map(([name, column]) => `${quoteName(name)} ${sqlType(column.type)}`)
  await duck.run(`create table cleaned.${quoteName(table.name)} (${declared.join(', ')})`)
  for (const row of rows) {
    for (const name of Object.keys(row))
      if (!table.columns[name]) throw new Error(`${table.name} has no column ${name}`)
    const cells = columns.map(([name, column]) => literal(cellOf(table, row, name, column), column))
    await duck.run(`insert into cleaned.${quoteName(table.name)} values (${cells.join(', ')})`)
  }
}

function cellOf(table: Table, row: GivenRow, name: string, column: Column): GivenRow[string] {
  if (row[name] !== undefined) return row[name]
  const value = (from: string) => cellOf(table, row, from, table.columns[from]!)
  if (column.derived) return String(value(column.derived.from)).slice(0, 'YYYY-MM-DD'.length)
  if (table.partition?.name === name)
    return String(value(table.partition.of)).slice(0, table.partition.by === 'month' ? 7 : 10)
  return column.required ? filler[column.type.kind] : null
}

const filler: Record<Column['type']['kind'], string | number | boolean> = {
  text: 'x',
  int: 1,
  bigint: 1,
  double: 1,
  decimal: 1,
  timestamp: '2018-01-15 12:00:00',
  date: '2018-01-15',
  boolean: true,
}

const literal = (value: GivenRow[string], column: Column) =>
  value === null ? 'null' : `cast(${quoteText(String(value))} as ${sqlType(column.type)})`
