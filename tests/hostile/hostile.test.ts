import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type DropResult, drop } from '@droplake/local/drop'
import { quarantinedRows } from '@droplake/local/quarantine'
import { describe, expect, test } from 'vitest'
import { noModels, openOlist } from '../e2e/olist.ts'
import { type OpenLake, rows, temporaryFolder } from '../e2e/shop.ts'
import { anyReason, type Kind, type Right, type Row } from './kind.ts'
import { archives } from './kinds/archives.ts'
import { encodings } from './kinds/encodings.ts'
import { headers } from './kinds/headers.ts'
import { names } from './kinds/names.ts'
import { numbers } from './kinds/numbers.ts'
import { structure } from './kinds/structure.ts'
import { times } from './kinds/times.ts'
import { values } from './kinds/values.ts'

const groups: Record<string, Kind[]> = { structure, headers, encodings, numbers, times, values, names, archives }

test('there are more than two hundred kinds, and no title twice', () => {
  const titles = Object.entries(groups).flatMap(([group, kinds]) => kinds.map(({ title }) => `${group}: ${title}`))
  expect(titles.length).toBeGreaterThan(200)
  expect(new Set(titles).size).toBe(titles.length)
})

/** All of a group goes in with one drop: what is wrong with one file harms no other. */
describe.each(Object.entries(groups))('%s', (_, kinds) => {
  let came: ReturnType<typeof dropAll> | undefined
  test.each(kinds)('$title', async ({ file }) => {
    came ??= dropAll(kinds)
    const found = (await came).of(file.name)
    const allowed = (Array.isArray(file.right) ? file.right : [file.right]) as Right[]
    const differences = allowed.map((right) => difference(found, right))
    if (!differences.includes(undefined))
      expect.fail(`${differences.join('\n or: ')}\nfound ${JSON.stringify(found, bounded)}`)
  })
})

const bounded = (_: string, value: unknown) =>
  typeof value === 'string' && value.length > 300 ? `${value.slice(0, 300)}…` : value

/** What came of one file, or of each member of an archive. */
interface Found {
  sources: {
    /** Within an archive, the member's name. */
    name: string
    table: string
    outcome: string
    error: string
    warnings: string[]
    rowsIn: number
    rows: Record<string, unknown>[]
    quarantined: Record<string, number>
  }[]
  object?: DropResult['objects'][number]
  leftOut?: string
}

async function dropAll(kinds: readonly Kind[]): Promise<{ of(name: string): Found }> {
  using folder = temporaryFolder()
  const source = join(folder.path, 'files')
  mkdirSync(source)
  for (const { file } of kinds) writeFileSync(join(source, file.name), file.bytes)
  await using lake = await openOlist(folder.path, { sqlFolders: noModels(folder.path) })
  const result = await drop(lake, { paths: [source], dataset: 'olist' })
  const kept = await keptRows(lake)
  const rejected = new Map<string, Record<string, number>>()
  for await (const { source: key, reason } of quarantinedRows(lake, 'olist')) {
    const reasons = rejected.get(key) ?? {}
    reasons[reason] = (reasons[reason] ?? 0) + 1
    rejected.set(key, reasons)
  }
  for (const { tables } of result.runs)
    for (const [name, { rowsIn, kept: stayed, duplicate, quarantined, blank }] of Object.entries(tables))
      expect([name, rowsIn]).toEqual([name, stayed + duplicate + quarantined + blank])
  const sources = result.runs.flatMap((run) => run.sources)
  return {
    of(name) {
      const key = `raw/olist/${name}`
      const object = result.objects.find((one) => one.key === key)
      const leftOut = result.leftOut?.find(({ path }) => path.endsWith(`/${name}`))?.reason
      const own = sources.filter((one) => one.key === key || one.key.startsWith(`${key}/`))
      return {
        sources: own.map(({ key: from, table, outcome, error = '', warnings = [], rowsIn }) => ({
          name: from.slice(key.length + 1),
          table,
          outcome,
          error,
          warnings,
          rowsIn,
          rows: kept.get(from) ?? [],
          quarantined: rejected.get(from) ?? {},
        })),
        ...(object ? { object } : {}),
        ...(leftOut ? { leftOut } : {}),
      }
    },
  }
}

/** Every row of the cleaned tables, by the object that it came from. */
async function keptRows(lake: OpenLake): Promise<Map<string, Record<string, unknown>[]>> {
  const found = new Map<string, Record<string, unknown>[]>()
  for (const [name, { columns }] of Object.entries(lake.fx.datasets.olist!.tables)) {
    const asked = Object.keys(columns)
    for (const [file, ...cells] of await rows(
      lake,
      `select _source_file, ${asked.join(', ')} from olist_cleaned.${name}`,
    )) {
      const row = Object.fromEntries(asked.map((column, n) => [column, cells[n]]))
      found.set(String(file), [...(found.get(String(file)) ?? []), row])
    }
  }
  return found
}

/** Undefined when the file came out right; else what was expected in place of what was found. */
function difference(found: Found, right: Right): string | undefined {
  const [source] = found.sources
  switch (right.outcome) {
    case 'left_out':
      return found.leftOut && right.reason.test(found.leftOut) && !found.object
        ? undefined
        : `left out, ${right.reason}`
    case 'passed_over':
      return found.object || found.leftOut ? 'passed over' : undefined
    case 'unroutable':
      if (found.object?.outcome !== 'unroutable' || source) return 'unroutable'
      return right.message && !right.message.test(found.object.message ?? '')
        ? `a message like ${right.message}`
        : undefined
    case 'members': {
      const names = Object.keys(right.members)
      const differences = names.map((name) =>
        difference({ sources: found.sources.filter((one) => one.name === name) }, right.members[name]!),
      )
      const more = found.sources.filter(({ name, outcome }) => !names.includes(name) && outcome === 'taken')
      if (more.length > 0) return `no further members, got ${more.map(({ name }) => name)}`
      return differences.find((one) => one !== undefined)
    }
    case 'empty':
      return source?.outcome === 'empty' && source.rows.length === 0 ? undefined : 'empty'
    case 'set_aside':
      if (source?.outcome !== 'set_aside') return 'set aside'
      if (source.rows.length > 0) return 'no row of it'
      return right.error.test(source.error) ? undefined : `an error like ${right.error}`
    case 'taken': {
      if (source?.outcome !== 'taken' || found.sources.length > 1) return `taken into ${right.table}`
      if (source.table !== right.table) return `table ${right.table}`
      const rest = right.rows.reduce<Record<string, unknown>[]>((left, row) => without(left, row), source.rows)
      if (source.rows.length !== right.rows.length || rest.length > 0)
        return `rows ${JSON.stringify(right.rows, bounded)}`
      const total = (reasons: Record<string, number>) => Object.values(reasons).reduce((sum, count) => sum + count, 0)
      const wanted = right.quarantined ?? {}
      if (total(source.quarantined) !== total(wanted)) return `in quarantine ${JSON.stringify(wanted)}`
      if (!(anyReason in wanted) && JSON.stringify(source.quarantined) !== JSON.stringify(wanted))
        return `in quarantine ${JSON.stringify(wanted)}`
      const rowsIn = right.rows.length + total(wanted) + (right.blank ?? 0) + (right.duplicate ?? 0)
      if (source.rowsIn !== rowsIn) return `${rowsIn} rows in`
      if (source.warnings.length > 21) return 'at most 21 warnings'
      return right.warning && !source.warnings.some((warning) => right.warning?.test(warning))
        ? `a warning like ${right.warning}`
        : undefined
    }
  }
}

/** The rows less one that has the cells; all of them, and one more, when there is none. */
function without(rows: Record<string, unknown>[], cells: Row): Record<string, unknown>[] {
  const at = rows.findIndex((row) => Object.entries(cells).every(([column, cell]) => row[column] === cell))
  return at < 0 ? [...rows, { missing: cells }] : rows.toSpliced(at, 1)
}
