import type { Catalog } from '@droplake/lake/catalog'
import type { ObjectStore } from '@droplake/lake/object-store'
import type { QueryEngine, Value } from '@droplake/lake/query-engine'

/** Rows of a statement, or an error; undefined leaves it to the fake engine. */
export type Answer = (sql: string) => Value[][] | Error | undefined

/**
 * An engine without SQL. A CREATE TABLE of the dataset `d` leaves one file of one row for each partition that it names and registers
 * them; a count answers one row; anything else answers zeros, which are rules that hold.
 */
export function fakeEngine(of: {
  store: ObjectStore
  catalog: Catalog
  statements: string[]
  /** The session's database of each statement. */
  databases: (string | undefined)[]
  answer: Answer
}): QueryEngine {
  const { store, catalog, statements, databases, answer } = of
  const create = async (sql: string, table: string, location: string) => {
    const folder = location.slice(store.locate('').length)
    const column = /partitioned_by = ARRAY\['(\w+)'\]/.exec(sql)?.[1]
    const values = column ? [...(/ in \((.*)\)$/.exec(sql)?.[1] ?? '').matchAll(/'([^']+)'/g)].map(([, v]) => v) : ['']
    const partitions = []
    for (const value of values) {
      const at = value ? `${folder}${column}=${value}/` : folder
      await store.put(`${at}part-0`, Buffer.from(sql))
      partitions.push({ value: value ?? '', location: at, files: [`${at}part-0`], rows: 1 })
    }
    const columns = [{ name: 'a', type: { kind: 'int' as const } }]
    const partitioned = column ? { partitionColumn: column } : {}
    await catalog.register('d', { database: 'd_build', name: table, columns, partitions, ...partitioned })
  }
  return {
    async run(sql, { database } = {}) {
      statements.push(sql)
      databases.push(database)
      const given = answer(sql)
      if (given instanceof Error) throw given
      if (given) return { columns: [], rows: given }
      const created = /CREATE TABLE "d_build"\."(\w+)" WITH .*external_location = '([^']+)'/.exec(sql)
      if (created?.[1] && created[2]) {
        await create(sql, created[1], created[2])
        return { columns: [], rows: [] }
      }
      const built = /as part, count\(\*\) as row_count from "d_build"\."(\w+)"/.exec(sql)
      if (built) {
        const table = (await catalog.show('d'))?.tables.find(({ name }) => name === built[1])
        return { columns: [], rows: table?.partitions.map(({ value, rows }) => [value, rows]) ?? [] }
      }
      return { columns: [], rows: [sql.includes('row_count') ? [1] : Array(50).fill(0)] }
    },
    close: async () => {},
  }
}
