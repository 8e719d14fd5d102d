import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { type Dataset, tableNamesOf } from '@droplake/contracts/dataset'
import { didYouMean } from '@droplake/contracts/did-you-mean'
import { circles } from './dag.ts'
import { type Header, splitHeader } from './header.ts'
import type { Model, Query, TableName } from './model.ts'
import { type ParsedSelect, parseSelect } from './parse-select.ts'

export type { Audit, ColumnDoc, Model, Query, TableName, Zone } from './model.ts'

interface SqlFile {
  file: string
  name: string
  header: Header
  select: string
  /** Line of the file on which the select starts. */
  selectLine: number
  parsed: ParsedSelect
}
export interface LoadOptions {
  /** Its tables are the ones that SQL may read. Default: the built-in dataset of the folder's name. */
  dataset?: SqlDataset
}
type SqlDataset = Pick<Dataset, 'name' | 'tables' | 'outOfService'>

/** A model that cannot be built as its file stands, or because of what it reads. */
export interface BrokenModel {
  name: string
  /** `held`: its own file is good. */
  status: 'failed' | 'held'
  /** `models: <file> line <n>: …` */
  error: string
}

/**
 * Every model of a dataset's folder (`sql/olist`), sorted by name. Throws `models: <file> line <n>: …` for the first
 * file that contradicts itself, the contracts or the other models.
 */
export async function loadModels(folder: string, options: LoadOptions = {}): Promise<Model[]> {
  const { models, broken } = await readModels(folder, options)
  const [first] = [...broken].sort((a, b) => (a.status === b.status ? 0 : a.status === 'failed' ? -1 : 1))
  if (first) throw new Error(first.error)
  return models
}

/** The models that can be built, and why each of the others cannot: one broken file stops no other model than those that read it. */
export async function readModels(
  folder: string,
  options: LoadOptions = {},
): Promise<{ models: Model[]; broken: BrokenModel[] }> {
  const dataset = await datasetOf(folder, options)
  const broken = new Map<string, BrokenModel>()
  const fail = (name: string, error: unknown) =>
    broken.set(name, { name, status: 'failed', error: error instanceof Error ? error.message : String(error) })
  const files = await readFolder(folder, dataset.name, fail)
  const read = attempt(files, (file) => toModel(dataset.name, file), fail)
  const known = { dataset, models: read, broken }
  let models = attempt(read, (model) => checked(model, known), fail)
  for (const [name, circle] of circles(models)) {
    const line = lineOfReference(files.find((file) => file.name === name)!, circle[1] ?? '')
    const place = `${dataset.name}/${name}.sql${line === undefined ? '' : ` line ${line}`}`
    fail(name, `models: ${place}: a circle, got ${circle.join(' -> ')}; break it`)
  }
  for (let before = -1; before !== broken.size; ) {
    before = broken.size
    models = models.filter(({ name }) => !broken.has(name))
    for (const model of models) {
      const error = lost(model, known)
      if (error) broken.set(model.name, { name: model.name, status: 'held', error })
    }
  }
  return { models, broken: [...broken.values()].sort((a, b) => (a.name < b.name ? -1 : 1)) }
}

/** Why a good model cannot be built: it reads what cannot be read now. */
function lost(model: Model, { dataset, broken }: Known): string | undefined {
  for (const { zone, name } of model.inputs) {
    const input = `${zone}.${name}`
    const why = dataset.outOfService?.[input]
    if (why !== undefined) return `it reads ${input}, which is out of service: ${why}`
    const other = zone === 'curated' ? broken.get(name) : undefined
    if (other?.status === 'failed') return `it reads ${input}, which cannot be built: ${other.error}`
    if (other) return `it reads ${input}, and ${other.error}`
  }
  return undefined
}

/** What each of them becomes; whatever throws is given to `fail`. */
function attempt<T extends { name: string }, R>(
  all: readonly T[],
  make: (one: T) => R,
  fail: (name: string, error: unknown) => void,
): R[] {
  return all.flatMap((one) => {
    try {
      return [make(one)]
    } catch (error) {
      fail(one.name, error)
      return []
    }
  })
}

/** The line on which a file's select reads a model. */
function lineOfReference({ select, selectLine, parsed }: SqlFile, name: string): number | undefined {
  const found = parsed.references.find((reference) => reference.zone === 'curated' && reference.name === name)
  return found && selectLine + [...select].slice(0, found.start).filter((point) => point === '\n').length
}

/** The saved queries of a dataset: `sql/<dataset>/queries`, sorted by name; none when there is no such folder. */
export async function loadQueries(folder: string, options: LoadOptions = {}): Promise<Query[]> {
  const { queries, broken } = await readQueries(folder, options)
  if (broken[0]) throw new Error(broken[0].error)
  return queries
}

/** The saved queries that can be asked, and why each of the others cannot. */
export async function readQueries(
  folder: string,
  options: LoadOptions = {},
): Promise<{ queries: Query[]; broken: BrokenModel[] }> {
  const dataset = await datasetOf(folder, options)
  const broken: BrokenModel[] = []
  const fail = (name: string, error: unknown) =>
    broken.push({ name, status: 'failed', error: error instanceof Error ? error.message : String(error) })
  const entries = await namesIn(folder)
  const files = await readFolder(join(folder, 'queries'), `${dataset.name}/queries`, fail)
  const queries = attempt(files, (file) => toQuery(file, { dataset, models: entries.map((name) => ({ name })) }), fail)
  return { queries, broken }
}

function toQuery(
  { file, name, header, select, parsed }: SqlFile,
  known: { dataset: SqlDataset; models: readonly { name: string }[] },
): Query {
  const { description, columns, materialization, partition, audits } = header
  if (materialization || partition || audits.length) throw new Error(`models: ${file}: a saved query has columns only`)
  checkColumns(header, parsed, file)
  const inputs = distinctInputs(parsed)
  checkInputs(inputs, { file, ...known })
  return { dataset: known.dataset.name, name, description, columns, select, references: parsed.references, inputs }
}

async function datasetOf(folder: string, options: LoadOptions): Promise<SqlDataset> {
  if (options.dataset) return options.dataset
  const { builtIn } = await import('@droplake/contracts/registry')
  const dataset = builtIn[basename(folder)]
  if (!dataset) throw new Error(`models: no dataset has this folder's name, got ${folder}; pass the dataset`)
  return dataset
}

/** Names of the SQL files of a folder, sorted; none when there is no such folder. */
async function namesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw error
  })
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith('.sql') && !entry.name.startsWith('.'))
    .map((entry) => entry.name.slice(0, -'.sql'.length))
    .sort()
}

async function readFolder(
  folder: string,
  label: string,
  fail: (name: string, error: unknown) => void,
): Promise<SqlFile[]> {
  const texts = await Promise.all(
    (await namesIn(folder)).map(async (name) => {
      const file = `${label}/${name}.sql`
      const text = await readFile(join(folder, `${name}.sql`), 'utf8').catch((error: Error) => error)
      return { name, file, text }
    }),
  )
  return attempt(
    texts,
    ({ name, file, text }) => {
      if (text instanceof Error) throw new Error(`models: ${file}: ${text.message}`)
      if (!/^[a-z][a-z0-9_-]*$/.test(name)) throw new Error(`models: ${file}: names are lower case, digits, _ and -`)
      const { header, select, selectLine } = splitHeader(text, file)
      return { file, name, header, select, selectLine, parsed: parseSelect(select, { file, firstLine: selectLine }) }
    },
    fail,
  )
}

function toModel(dataset: string, { file, name, header, select, parsed }: SqlFile): Model {
  const { description, grain, partition, audits, columns } = header
  const materialization = header.materialization as Model['materialization'] | undefined
  const fail = (what: string): never => {
    throw new Error(`models: ${file}: ${what}`)
  }
  if (name.includes('-')) fail('a model is a table: its name takes _ and no -')
  if (!grain) return fail('no grain; end the description with a line "Grain: one …."')
  if (!materialization) return fail('no materialization; say table, incremental or view')
  checkColumns(header, parsed, file)
  if (partition && parsed.columns.at(-1) !== partition)
    fail(`partition column ${partition} must be the last column, got ${parsed.columns.at(-1)}`)
  if (materialization === 'incremental' && !partition) fail('an incremental model needs a partition')
  const inputs = distinctInputs(parsed)
  const facts = JSON.stringify([parsed.tokens, materialization, partition ?? '', audits])
  const sqlHash = createHash('sha256').update(facts).digest('hex')
  const { references } = parsed
  const model = {
    dataset,
    name,
    description,
    grain,
    materialization,
    audits,
    columns,
    select,
    references,
    inputs,
    sqlHash,
  }
  return partition ? { ...model, partitionColumn: partition } : model
}

function checkColumns(header: Header, parsed: ParsedSelect, file: string): void {
  const documented = header.columns.map((column) => column.name)
  const wrong = parsed.columns.findIndex((name, index) => documented[index] !== name)
  if (wrong >= 0 || documented.length !== parsed.columns.length) {
    const index = wrong >= 0 ? wrong : parsed.columns.length
    const [real, said] = [parsed.columns[index] ?? 'nothing', documented[index] ?? 'nothing']
    throw new Error(`models: ${file}: column ${index + 1} is ${real}, and columns: says ${said}; list all, in order`)
  }
  const twice = documented.find((name, index) => documented.indexOf(name) !== index)
  if (twice) throw new Error(`models: ${file}: column ${twice} is there twice`)
}

function distinctInputs(parsed: ParsedSelect): TableName[] {
  const names = new Set(parsed.references.map(({ zone, name }) => `${zone}.${name}`))
  return [...names].sort().map((full) => {
    const [zone, name] = full.split('.') as [TableName['zone'], string]
    return { zone, name }
  })
}

/** What a SQL file may name: also models and tables that are there and cannot be read now. */
interface Known {
  dataset: SqlDataset
  models: readonly Model[]
  broken: ReadonlyMap<string, BrokenModel>
}

function checked(model: Model, { dataset, models, broken }: Known): Model {
  const file = `${dataset.name}/${model.name}.sql`
  checkInputs(model.inputs, { file, dataset, models: [...models, ...broken.values()] })
  checkAudits(model, { file, models, broken })
  return model
}

function checkInputs(
  inputs: readonly TableName[],
  of: { file: string; dataset: SqlDataset; models: readonly { name: string }[] },
): void {
  const { file, dataset, models } = of
  const tables = tableNamesOf(dataset)
  const names = models.map((model) => model.name)
  for (const { zone, name } of inputs) {
    const known = zone === 'curated' ? names : tables
    const kind = zone === 'curated' ? 'model' : 'contract'
    if (!known.includes(name))
      throw new Error(
        `models: ${file}: no ${kind} of ${dataset.name} is named ${name}, got ${zone}.${name}${didYouMean(name, known)}`,
      )
  }
}

function checkAudits(
  model: Model,
  { file, models, broken }: { file: string; models: readonly Model[]; broken: ReadonlyMap<string, BrokenModel> },
): void {
  const must = (columns: readonly { name: string }[], name: string, where: string) => {
    if (!columns.some((column) => column.name === name))
      throw new Error(`models: ${file}: an audit names column ${name}, which ${where} does not have`)
  }
  for (const audit of model.audits) {
    const own = audit.kind === 'unique' ? audit.columns : audit.kind === 'no_fall' ? [] : [audit.column]
    for (const name of own) must(model.columns, name, model.name)
    if (audit.kind !== 'relationships') continue
    const target = models.find((other) => other.name === audit.to.name)
    if (!target && broken.has(audit.to.name)) continue
    if (!target) throw new Error(`models: ${file}: an audit names curated.${audit.to.name}, which is no model`)
    must(target.columns, audit.to.column, target.name)
  }
}
