import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { Dataset } from '@droplake/contracts/dataset'
import { layers } from './dag.ts'
import { type Header, splitHeader } from './header.ts'
import type { Model, Query, TableName } from './model.ts'
import { type ParsedSelect, parseSelect } from './parse-select.ts'

export type { Audit, ColumnDoc, Model, Query, TableName, Zone } from './model.ts'

interface SqlFile {
  file: string
  name: string
  header: Header
  select: string
  parsed: ParsedSelect
}
export interface LoadOptions {
  /** Its tables are the ones that SQL may read. Default: the built-in dataset of the folder's name. */
  dataset?: Pick<Dataset, 'name' | 'tables'>
}

/**
 * Every model of a dataset's folder (`sql/olist`), sorted by name. Throws `models: <file> line <n>: …` for the first
 * file that contradicts itself, the contracts or the other models.
 */
export async function loadModels(folder: string, options: LoadOptions = {}): Promise<Model[]> {
  const dataset = await datasetOf(folder, options)
  const files = await readFolder(folder, dataset.name)
  const models = files.map((file) => toModel(dataset.name, file))
  for (const model of models) {
    const file = `${dataset.name}/${model.name}.sql`
    checkInputs(model.inputs, { file, dataset, models })
    checkAudits(model, models, file)
  }
  layers(models)
  return models
}

/** The saved queries of a dataset: `sql/<dataset>/queries`, sorted by name; none when there is no such folder. */
export async function loadQueries(folder: string, options: LoadOptions = {}): Promise<Query[]> {
  const dataset = await datasetOf(folder, options)
  const models = await loadModels(folder, options)
  const files = await readFolder(join(folder, 'queries'), `${dataset.name}/queries`)
  return files.map(({ file, name, header, select, parsed }) => {
    const { description, columns, materialization, partition, audits } = header
    if (materialization || partition || audits.length)
      throw new Error(`models: ${file}: a saved query has columns only`)
    checkColumns(header, parsed, file)
    const inputs = distinctInputs(parsed)
    checkInputs(inputs, { file, dataset, models })
    return { dataset: dataset.name, name, description, columns, select, references: parsed.references, inputs }
  })
}

async function datasetOf(folder: string, options: LoadOptions): Promise<Pick<Dataset, 'name' | 'tables'>> {
  if (options.dataset) return options.dataset
  const { builtIn } = await import('@droplake/contracts/registry')
  const dataset = builtIn[basename(folder)]
  if (!dataset) throw new Error(`models: no dataset has this folder's name, got ${folder}; pass the dataset`)
  return dataset
}

async function readFolder(folder: string, label: string): Promise<SqlFile[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw error
  })
  const names = entries.filter((entry) => entry.isFile() && entry.name.endsWith('.sql')).map((entry) => entry.name)
  return Promise.all(
    names.sort().map(async (fileName) => {
      const file = `${label}/${fileName}`
      const name = fileName.slice(0, -'.sql'.length)
      if (!/^[a-z][a-z0-9_-]*$/.test(name)) throw new Error(`models: ${file}: names are lower case, digits, _ and -`)
      const { header, select, selectLine } = splitHeader(await readFile(join(folder, fileName), 'utf8'), file)
      return { file, name, header, select, parsed: parseSelect(select, { file, firstLine: selectLine }) }
    }),
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

function checkInputs(
  inputs: readonly TableName[],
  { file, dataset, models }: { file: string; dataset: Pick<Dataset, 'name' | 'tables'>; models: readonly Model[] },
): void {
  for (const { zone, name } of inputs) {
    const known = zone === 'curated' ? models.some((model) => model.name === name) : Object.hasOwn(dataset.tables, name)
    const kind = zone === 'curated' ? 'model' : 'contract'
    if (!known) throw new Error(`models: ${file}: no ${kind} of ${dataset.name} is named ${name}, got ${zone}.${name}`)
  }
}

function checkAudits(model: Model, models: readonly Model[], file: string): void {
  const must = (columns: readonly { name: string }[], name: string, where: string) => {
    if (!columns.some((column) => column.name === name))
      throw new Error(`models: ${file}: an audit names column ${name}, which ${where} does not have`)
  }
  for (const audit of model.audits) {
    const own = audit.kind === 'unique' ? audit.columns : audit.kind === 'no_fall' ? [] : [audit.column]
    for (const name of own) must(model.columns, name, model.name)
    if (audit.kind !== 'relationships') continue
    const target = models.find((other) => other.name === audit.to.name)
    if (!target) throw new Error(`models: ${file}: an audit names curated.${audit.to.name}, which is no model`)
    must(target.columns, audit.to.column, target.name)
  }
}
