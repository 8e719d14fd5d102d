import {
  type AthenaClient,
  type ColumnInfo,
  paginateGetQueryResults,
  type QueryExecution,
  type Row,
} from '@aws-sdk/client-athena'
import { columnType, readValue } from './athena-engine-values.ts'
import type { QueryResult } from './query-engine.ts'

/** All rows of a statement that succeeded. */
export async function readResults(
  client: AthenaClient,
  execution: QueryExecution,
  signal: AbortSignal | undefined,
): Promise<QueryResult> {
  const bytesScanned = execution.Statistics?.DataScannedInBytes
  const scanned = bytesScanned === undefined ? {} : { bytesScanned }
  if (!givesRows(execution)) return { columns: [], rows: [], ...scanned }
  let columns: ColumnInfo[] = []
  const rows: QueryResult['rows'] = []
  const query = { QueryExecutionId: execution.QueryExecutionId }
  for await (const { ResultSet } of paginateGetQueryResults({ client, pageSize: 1_000 }, query)) {
    signal?.throwIfAborted()
    const first = columns.length === 0
    columns = ResultSet?.ResultSetMetadata?.ColumnInfo ?? columns
    const data = ResultSet?.Rows ?? []
    const isHeader = first && execution.StatementType === 'DML' && isNames(data[0], columns)
    for (const row of isHeader ? data.slice(1) : data) {
      const cells = cellsOf(row, execution)
      rows.push(columns.map(({ Type = '' }, i) => readValue(Type, cells[i])))
    }
  }
  return { columns: columns.map((column) => ({ name: column.Name ?? '', type: columnType(column) })), rows, ...scanned }
}

/** What writes rows counts them and gives none. */
const givesRows = ({ SubstatementType }: QueryExecution) =>
  SubstatementType !== 'CREATE_TABLE_AS_SELECT' && SubstatementType !== 'INSERT'

/** Lists of names are padded, and `describe` puts its cells into one. */
function cellsOf({ Data = [] }: Row, { StatementType }: QueryExecution): (string | undefined)[] {
  const cells = Data.map(({ VarCharValue }) => VarCharValue)
  if (StatementType === 'DML') return cells
  return cells.flatMap((text) => text?.split('\t').map((part) => part.trim()))
}

/** Results of a select begin with a row of the columns' names. */
const isNames = (row: Row | undefined, columns: readonly ColumnInfo[]) =>
  row !== undefined && columns.every(({ Name }, i) => row.Data?.[i]?.VarCharValue === Name)
