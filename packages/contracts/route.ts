import type { Dataset } from './dataset.ts'
import type { Table } from './table.ts'

const compressed = /\.(gz|zip|zst)$/i

/** The key's last part without a compression ending. */
function fileName(key: string): string {
  return (key.split('/').at(-1) ?? '').replace(compressed, '')
}

/** `olist_orders_dataset*.csv` as a regular expression over a file name without compression ending. */
function matcher(pattern: string): RegExp {
  const escaped = pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')
  return new RegExp(`^${escaped}$`, 'i')
}

/** The table whose file pattern fits a file name, wherever the file lies; undefined when none or several do. */
export function routeFile(datasets: Record<string, Dataset>, name: string): Table | undefined {
  const fits = Object.values(datasets)
    .flatMap((dataset) => Object.values(dataset.tables))
    .filter((table) => matcher(table.files).test(fileName(name)))
  return fits.length === 1 ? fits[0] : undefined
}

/**
 * The table that a raw object belongs to: `raw/<folder>/<table>/…` names it, else the file name decides among the
 * folder's dataset's tables. Undefined: no contract knows it.
 */
export function routeKey(datasets: Record<string, Dataset>, key: string): Table | undefined {
  const [zone, folder, ...rest] = key.split('/')
  if (zone !== 'raw' || rest.length === 0) return undefined
  const dataset = Object.values(datasets).find((candidate) => candidate.rawFolders.includes(folder ?? ''))
  if (!dataset) return undefined
  const name = rest.length > 1 ? (rest[0] ?? '') : ''
  const named = Object.hasOwn(dataset.tables, name) ? dataset.tables[name] : undefined
  return named ?? routeFile({ [dataset.name]: dataset }, key)
}
