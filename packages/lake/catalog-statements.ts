import { sqlType } from '@droplake/contracts/column'
import type { CatalogState, CatalogTable } from './catalog.ts'
import { quoteName, quoteText } from './private-views.ts'
import type { QueryResult, Value } from './query-engine.ts'
import { findTable, type Snapshot } from './statement-tables.ts'

const name = '"?([a-z0-9_]+)"?'
const databases = /^show\s+(?:databases|schemas)$/i
const tables = new RegExp(`^show\\s+(?:tables|views)\\s+(?:in|from)\\s+${name}$`, 'i')
const columns = new RegExp(`^(?:describe|desc|show\\s+columns\\s+(?:in|from))\\s+${name}\\.${name}$`, 'i')

/** Answers `show databases`, `show tables in d` and `describe d.t` from the catalog; undefined for other statements. */
export async function answerFromCatalog(sql: string, snapshot: Snapshot): Promise<QueryResult | undefined> {
  const statement = sql.trim().replace(/;$/, '').trim()
  if (databases.test(statement)) {
    const found = (await snapshot.states()).flatMap(namesOf).map((each) => each.database)
    return result(
      ['database_name'],
      [...new Set(found)].sort().map((each) => [each]),
    )
  }
  const [, database] = tables.exec(statement) ?? []
  if (database !== undefined) {
    const found = (await snapshot.states()).flatMap(namesOf).filter((each) => each.database === database.toLowerCase())
    return result(
      ['tab_name'],
      found.map((each) => [each.name]),
    )
  }
  const [, schema, table] = columns.exec(statement) ?? []
  if (schema === undefined || table === undefined) return undefined
  const found = await findTable(snapshot, { database: schema.toLowerCase(), name: table.toLowerCase() })
  return result(
    ['col_name', 'data_type', 'comment'],
    columnsOf(found).map((each) => [each.name, each.type, each.description]),
  )
}

/** `information_schema.tables` and `.columns` of all datasets, under a schema of ours in the database in use. */
export async function informationSchema(snapshot: Snapshot): Promise<string[]> {
  const states = await snapshot.states()
  const shown = states.flatMap(namesOf)
  const rows = await Promise.all(
    shown.map(async (each) => columnsOf(await findTable(snapshot, each)).map((column, i) => ({ ...each, column, i }))),
  )
  return [
    'create schema "_information_schema"',
    table(
      'tables',
      ['table_catalog', 'table_schema', 'table_name', 'table_type'],
      shown.map((each) => ['awsdatacatalog', each.database, each.name, each.type]),
    ),
    table(
      'columns',
      ['table_catalog', 'table_schema', 'table_name', 'column_name', 'ordinal_position', 'data_type'],
      rows
        .flat()
        .map(({ database, name: of, column, i }) => ['awsdatacatalog', database, of, column.name, i + 1, column.type]),
    ),
    table(
      'schemata',
      ['catalog_name', 'schema_name'],
      [...new Set(shown.map((each) => each.database))].map((each) => ['awsdatacatalog', each]),
    ),
  ]
}

function namesOf(state: CatalogState): { database: string; name: string; type: string }[] {
  return [
    ...state.tables.map(({ database, name }) => ({ database, name, type: 'BASE TABLE' })),
    ...state.views.map(({ database, name }) => ({ database, name, type: 'VIEW' })),
  ].sort((a, b) => (a.name < b.name ? -1 : 1))
}

function columnsOf(of: CatalogTable): { name: string; type: string; description: string }[] {
  const own = of.columns.map(({ name, type, description = '' }) => ({ name, type: sqlType(type), description }))
  return of.partitionColumn === undefined
    ? own
    : [...own, { name: of.partitionColumn, type: 'varchar', description: 'partition' }]
}

const result = (names: string[], rows: Value[][]): QueryResult => ({
  columns: names.map((each) => ({ name: each, type: 'varchar' })),
  rows,
})

function table(of: string, names: string[], rows: (string | number)[][]): string {
  const literal = (value: string | number) => (typeof value === 'number' ? String(value) : quoteText(value))
  const values = rows.map((row) => `(${row.map(literal).join(', ')})`)
  const head = `create view "_information_schema".${quoteName(of)}(${names.map(quoteName).join(', ')}) as`
  if (values.length === 0) return `${head} select ${names.map(() => "''").join(', ')} where false`
  return `${head} select * from (values ${values.join(', ')})`
}
