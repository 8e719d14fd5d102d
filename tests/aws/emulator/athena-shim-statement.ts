/** One Athena statement as Trino takes it. */
export interface Translated {
  /** As Athena's API tells it. */
  type: 'DDL' | 'DML' | 'UTILITY'
  substatement: string
  sql: string
  /** Session properties of Trino. */
  session: Record<string, string>
  /** Where a `create table as` says that its files go. */
  externalLocation?: string
}

const createTableAs =
  /^create\s+table\s+(?<table>(?:if\s+not\s+exists\s+)?\S+)\s+(?:with\s*\((?<properties>(?:'(?:[^']|'')*'|[^'()])*)\)\s*)?as\s+(?<select>[\s\S]+)$/i

/** Properties of Athena's `create table as` that Trino's lacks or calls otherwise. */
const dropped = /^(?:is_external|table_type|compression_level)$/
const compression = /^(?:write_|parquet_|orc_)?compression$/

/**
 * Athena's text for Trino: the text itself, but for the properties of `create table as` and `show databases`.
 *
 * @param folder URI where a table's files go for which the text names no place
 */
export function translate(text: string, folder: string): Translated {
  const sql = text.trim().replace(/;$/, '').trim()
  const created = createTableAs.exec(sql)?.groups
  if (created) return translateCreate(created, folder)
  if (/^show\s+(?:databases|schemas)$/i.test(sql)) return utility('SHOW_DATABASES', 'SHOW SCHEMAS')
  const [word = ''] = /^\w+/.exec(sql) ?? []
  if (/^(?:show|describe|desc|explain)$/i.test(word)) return utility(word.toUpperCase(), sql)
  if (/^(?:create|drop|alter|call)$/i.test(word))
    return { type: 'DDL', substatement: word.toUpperCase(), sql, session: {} }
  const substatement = /^insert$/i.test(word) ? 'INSERT' : 'SELECT'
  return { type: 'DML', substatement, sql, session: {} }
}

const utility = (substatement: string, sql: string): Translated => ({
  type: 'UTILITY',
  substatement,
  sql,
  session: {},
})

function translateCreate(created: Record<string, string | undefined>, folder: string): Translated {
  const { table, properties = '', select } = created
  const session: Record<string, string> = {}
  const kept: string[] = []
  let externalLocation: string | undefined
  for (const [, name = '', value = ''] of properties.matchAll(
    /(\w+)\s*=\s*(ARRAY\s*\[[^\]]*\]|'(?:[^']|'')*'|[^,\s]+)/gi,
  )) {
    const key = name.toLowerCase()
    if (compression.test(key)) session['awsdatacatalog.compression_codec'] = value.replaceAll("'", '').toUpperCase()
    else if (!dropped.test(key)) kept.push(`${key} = ${value}`)
    if (key === 'external_location') externalLocation = value.slice(1, -1).replaceAll("''", "'")
  }
  if (externalLocation === undefined) kept.push(`external_location = '${folder.replaceAll("'", "''")}'`)
  return {
    type: 'DML',
    substatement: 'CREATE_TABLE_AS_SELECT',
    sql: `CREATE TABLE ${table} WITH (${kept.join(', ')}) AS ${select}`,
    session,
    ...(externalLocation === undefined ? {} : { externalLocation }),
  }
}
