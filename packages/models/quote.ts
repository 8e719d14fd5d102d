/** An identifier as Athena and DuckDB read it, whatever it holds. */
export const quoteName = (name: string): string => `"${name.replaceAll('"', '""')}"`

/** A string literal as Athena and DuckDB read it. */
export const quoteText = (text: string): string => `'${text.replaceAll("'", "''")}'`

/** `"database"."name"` */
export const qualifiedName = (database: string, name: string): string => `${quoteName(database)}.${quoteName(name)}`
