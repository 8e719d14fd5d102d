import { ContractError, type Path, type Problem } from './check.ts'
import { type ColumnType, sqlType } from './column.ts'
import type { Dataset } from './dataset.ts'
import { didYouMean } from './did-you-mean.ts'
import type { Columns, Table } from './table.ts'

/** Columns of the enriched table: the cleaned table's, then what its lookups take. Throws when they contradict the dataset. */
export function enrichedColumns(dataset: Pick<Dataset, 'name' | 'tables'>, table: Table): Columns {
  const { columns, problems } = join(dataset, table)
  if (problems.length > 0) throw new ContractError(`${dataset.name}.${table.name}`, problems)
  return columns
}

/** What is wrong with a table's lookups, seen from the tables that they look up. */
export const checkLookups = (dataset: Pick<Dataset, 'name' | 'tables'>, table: Table): Problem[] =>
  join(dataset, table).problems

/** How the enriched table is partitioned. */
export const enrichedPartition = (table: Table) => table.enrich?.partition ?? table.partition

function join(dataset: Pick<Dataset, 'name' | 'tables'>, table: Table): { columns: Columns; problems: Problem[] } {
  const columns: Columns = { ...table.columns }
  const problems: Problem[] = []
  const has = (of: object, name: string) => Object.hasOwn(of, name)
  const hint = (name: string, of: object) =>
    didYouMean(name, Object.keys(of), `; there are ${Object.keys(of).join(', ')}`)
  for (const [n, { table: name, on, take }] of (table.enrich?.lookups ?? []).entries()) {
    const at: Path = ['enrich', 'lookups', n]
    const wrong = (path: Path, text: string) => problems.push({ path: [...at, ...path], text })
    const other = has(dataset.tables, name) ? dataset.tables[name] : undefined
    if (!other) {
      wrong(['table'], `it looks up ${name}, which is no table of ${dataset.name}${hint(name, dataset.tables)}`)
      continue
    }
    const isKey = [...Object.values(on)].sort().join() === [...other.key].sort().join()
    if (other.key.length === 0) wrong(['table'], `it looks up ${name}, which has no key to be found by`)
    else if (!isKey)
      wrong(
        ['on'],
        `the lookup of ${name} must be by its key ${other.key.join(', ')}, got ${Object.values(on).join(', ') || 'nothing'}`,
      )
    for (const [own, theirs] of Object.entries(on)) {
      if (!has(columns, own))
        wrong(['on', own], `the lookup of ${name} is by ${own}, which is no column yet${hint(own, columns)}`)
      else if (isKey && has(other.columns, theirs)) {
        const [a, b] = [columns[own]!.type, other.columns[theirs]!.type]
        if (!areComparable(a, b))
          wrong(
            ['on', own],
            `${own} is ${sqlType(a)} and ${name}.${theirs} is ${sqlType(b)}, so no row would be found; give both one type`,
          )
      }
    }
    for (const [column, theirs] of Object.entries(take)) {
      const found = has(other.columns, theirs) ? other.columns[theirs] : undefined
      if (!found) wrong(['take', column], `${name} has no column ${theirs}${hint(theirs, other.columns)}`)
      else if (has(columns, column))
        wrong(['take', column], `${column} is a column already; take it under another name`)
      else
        columns[column] = {
          type: found.type,
          required: false,
          ...(found.description ? { description: found.description } : {}),
          ...(found.personal ? { personal: true } : {}),
        }
    }
  }
  const of = table.enrich?.partition?.of
  if (of !== undefined && problems.length === 0) {
    const kind = has(columns, of) ? columns[of]?.type.kind : undefined
    if (kind !== 'timestamp' && kind !== 'date')
      problems.push({
        path: ['enrich', 'partition', 'of'],
        text: `the enriched table is partitioned by ${of}, which is no timestamp or date${kind ? '' : hint(of, columns)}`,
      })
  }
  return { columns, problems }
}

/** Cells of both are one value in memory where they are one value. */
const areComparable = (a: ColumnType, b: ColumnType) =>
  a.kind === b.kind && (a.kind !== 'decimal' || b.kind !== 'decimal' || a.scale === b.scale)
