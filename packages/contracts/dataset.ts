import {
  anyText,
  ContractError,
  checkOptions,
  dateOrders,
  decimalSigns,
  isObject,
  oneOf,
  type Problem,
  type Shape,
  shown,
  texts,
  wholeNumber,
} from './check.ts'
import type { DateOrder, DecimalSign, Table } from './table.ts'

export interface DatasetSpec {
  description: string
  /** Folders under `raw/` whose objects belong to this dataset. Default: the dataset's name. */
  rawFolders?: readonly string[]
  /** Seconds that a run waits after it began, so that files dropped together run together. */
  settleSeconds: number
  /** When the crawler reads the raw files: when a file has columns that none before it had, in every run, or never. Default: on-change. */
  crawl?: 'on-change' | 'always' | 'never'
  /** Of all tables that say nothing else; see `TableSpec`. */
  dateOrder?: DateOrder
  decimalSign?: DecimalSign
}

/** What is wrong with a contract file. */
export interface Fault {
  dataset: string
  /** Absent: of the dataset as a whole. */
  table?: string
  /** `packages/contracts/datasets/olist/returns.ts`, with the line where it is known, and what to do. */
  message: string
}

/** One source system: its settings and its tables by name. */
export interface Dataset extends DatasetSpec {
  name: string
  rawFolders: readonly string[]
  tables: Record<string, Table>
  /** What is wrong with its files; absent where all of them are good. A raw file that no table takes may belong to one of them. */
  faults?: readonly Fault[]
  /**
   * `cleaned.returns`, `enriched.order_items` → why: tables that are there, and out of service until their contract, or one
   * that they look up, can be loaded again. They are not among `tables`, or are there without their enrichment.
   */
  outOfService?: Readonly<Record<string, string>>
}

/** Names of all tables of a dataset, also of those that are out of service; sorted. */
export function tableNamesOf({ tables, outOfService = {} }: Pick<Dataset, 'tables' | 'outOfService'>): string[] {
  const lost = Object.keys(outOfService).map((full) => full.slice(full.indexOf('.') + 1))
  return [...new Set([...Object.keys(tables), ...lost])].sort()
}

export const faultsOf = (datasets: Record<string, Dataset>): Fault[] =>
  Object.values(datasets).flatMap(({ faults = [] }) => faults)

const datasetOptions: Record<keyof DatasetSpec, Shape> = {
  description: anyText,
  rawFolders: texts,
  settleSeconds: wholeNumber(0, 3600),
  crawl: oneOf('on-change', 'always', 'never'),
  dateOrder: dateOrders,
  decimalSign: decimalSigns,
}

/** What is wrong with a dataset's settings by themselves. */
export function checkDataset(spec: unknown): Problem[] {
  if (!isObject(spec))
    return [
      {
        path: [],
        text: `the default export is no dataset, got ${shown(spec)}; write export default defineDataset({ … })`,
      },
    ]
  const needed = ['description', 'settleSeconds']
  const problems = checkOptions(spec, { at: [], owner: '', shapes: datasetOptions, needed })
  const folders = texts.holds(spec.rawFolders) ? (spec.rawFolders as string[]) : []
  for (const [n, folder] of folders.entries()) {
    const wrong = (text: string) => problems.push({ path: ['rawFolders', n], text })
    if (!/^[^/\\.][^/\\]*$/.test(folder)) wrong(`a raw folder is a name below raw/, got ${shown(folder)}`)
    else if (folders.indexOf(folder) !== n) wrong(`raw folder ${folder} is there twice; take one away`)
  }
  if (Array.isArray(spec.rawFolders) && spec.rawFolders.length === 0)
    problems.push({ path: ['rawFolders'], text: 'rawFolders is empty; leave it out, or name a folder below raw/' })
  return problems
}

/** Declares a dataset. What is wrong with it by itself is a `ContractError`. */
export function defineDataset(spec: DatasetSpec): DatasetSpec {
  const problems = checkDataset(spec)
  if (problems.length > 0) throw new ContractError('a dataset', problems)
  return spec
}
