import type { Column, Table, TableInput } from '@aws-sdk/client-glue'
import type { CatalogView } from './catalog.ts'
import { type Place, parameter, seqOf } from './glue-tables.ts'
import { trinoType } from './glue-types.ts'
import { quoteName } from './private-views.ts'

/**
 * A view as Athena writes it. Its columns stand there twice: in Hive's types for Glue, and inside the definition in
 * Trino's, which must be those of the select or Athena calls the view stale.
 *
 * @param target as Glue holds it
 */
export function viewInput(view: CatalogView, target: Table, place: Place): TableInput {
  const columns = [...(target.StorageDescriptor?.Columns ?? []), ...(target.PartitionKeys ?? [])]
  const from = [view.target.database, view.target.name].map(quoteName).join('.')
  return definition(
    { database: view.database, name: view.name, select: `SELECT * FROM ${from}`, columns },
    {
      [parameter.dataset]: place.dataset,
      [parameter.seq]: String(view.seq),
      [parameter.target]: `${view.target.database}.${view.target.name}`,
    },
  )
}

/** The view that a table of Glue is; undefined for what is none of droplake's. */
export function catalogView(table: Table): CatalogView | undefined {
  const [database, name] = table.Parameters?.[parameter.target]?.split('.') ?? []
  if (table.TableType !== 'VIRTUAL_VIEW' || !database || !name) return undefined
  return {
    database: table.DatabaseName ?? '',
    name: table.Name ?? '',
    target: { database, name },
    seq: seqOf(table),
  }
}

/** `select * from <build>.followed_entry` tells the log entry that the catalog follows. */
export const markerName = 'followed_entry'

export function markerInput(build: string, seq: number, place: Place): TableInput {
  const columns = [{ Name: 'seq', Type: 'bigint', Comment: 'log entry that the catalog follows' }]
  return definition(
    { database: build, name: markerName, select: `SELECT CAST(${seq} AS bigint) AS "seq"`, columns },
    { [parameter.dataset]: place.dataset, [parameter.seq]: String(seq) },
  )
}

function definition(
  { database, name, select, columns }: { database: string; name: string; select: string; columns: Column[] },
  parameters: Record<string, string>,
): TableInput {
  const view = {
    originalSql: select,
    catalog: 'awsdatacatalog',
    schema: database,
    columns: columns.map(({ Name, Type = '' }) => ({ name: Name, type: trinoType(Type) })),
  }
  return {
    Name: name,
    // Athena's own views have it; Trino shows none without.
    Owner: 'hadoop',
    TableType: 'VIRTUAL_VIEW',
    Parameters: { presto_view: 'true', comment: 'Presto View', ...parameters },
    PartitionKeys: [],
    StorageDescriptor: {
      Columns: columns.map(({ Name, Type, Comment }) => ({ Name, Type, ...(Comment ? { Comment } : {}) })),
      Location: '',
      SerdeInfo: {},
    },
    ViewOriginalText: `/* Presto View: ${Buffer.from(JSON.stringify(view)).toString('base64')} */`,
    ViewExpandedText: '/* Presto View */',
  }
}
