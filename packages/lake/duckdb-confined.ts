import { DuckDBInstance, type DuckDBScalarFunction } from '@duckdb/node-api'
import { escapeGlob, quoteText } from './private-views.ts'

/**
 * An in-memory DuckDB, in UTC, that can open nothing but what is named here (and its own temporary files): whatever SQL it
 * is given, it reads no other file, reaches no network, loads no extension, and its configuration cannot be changed.
 *
 * @param settings DuckDB's, by name
 * @param folders readable and writable, with all below them
 * @param files readable
 * @param functions in JavaScript, of texts
 * @param setup statements to run before the configuration is locked
 */
export async function confinedDuckdb({
  settings,
  folders = [],
  files = [],
  functions = [],
  setup = [],
}: {
  settings: Record<string, string>
  folders?: readonly string[]
  files?: readonly string[]
  functions?: readonly DuckDBScalarFunction[]
  setup?: readonly string[]
}): Promise<DuckDBInstance> {
  const instance = await DuckDBInstance.create(':memory:', {
    ...settings,
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  })
  const connection = await instance.connect()
  try {
    for (const each of functions) connection.registerScalarFunction(each)
    await connection.run(
      [
        ...setup,
        `set global timezone = 'UTC'`,
        `set global allowed_directories = ${listText(folders)}`,
        `set global allowed_paths = ${listText(files)}`,
        'set global enable_external_access = false',
        'set global lock_configuration = true',
      ].join('; '),
    )
  } catch (error) {
    instance.closeSync()
    throw error
  } finally {
    connection.closeSync()
  }
  return instance
}

/** A path is compared before its pattern is resolved: one with `[` in it is asked for in its escaped spelling. */
const listText = (paths: readonly string[]): string =>
  `[${[...new Set(paths.flatMap((path) => [path, escapeGlob(path)]))].map(quoteText).join(', ')}]::varchar[]`
