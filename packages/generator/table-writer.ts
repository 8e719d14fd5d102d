import type { Table } from '@droplake/contracts/table'
import { encodeRecord } from './csv-text.ts'
import { cutOff, drawDefect, fileColumns, possibleDefects, spoilCell, spoilCellCount } from './defects.ts'
import { chance, createRandom, type Random } from './random.ts'
import { createShuffleWindow } from './shuffle-window.ts'
import type { Sink } from './sink.ts'
import { type DefectKind, emptyTally, type Reason, type TableTally } from './tally.ts'

/** How one table's file looks. */
export interface FileSpec {
  table: Table
  fileName: string
  /** Columns whose cells are now quoted, now not. */
  mixedQuotes?: readonly string[]
  bom?: boolean
  /** Default true. */
  finalNewline?: boolean
  /** Rows leave in the order in which they came. Default false: they are shuffled in a window. */
  ordered?: boolean
  /** Another version of the row that loses against it by the table's dedupe. Without it no versions are planted. */
  version?: (cells: readonly string[], random: Random) => string[]
}

export interface TableWriter {
  /**
   * Takes one row. `natural` marks rows that repeat in the defect-free file as well: the `original`, and each `copy`,
   * which counts as a duplicate. They get no defects, so that the count stays exact.
   */
  push(cells: readonly string[], natural?: 'original' | 'copy'): void
  /** Hands over what has piled up; call it every few hundred rows. */
  drain(): Promise<void>
  /** Ends the file. Call once. */
  finish(): Promise<TableTally>
}

const chunkLength = 1 << 18
const shuffleRows = 5_000
const cutOffShare = 0.35

/** Writes one table's file with this share (0 … 1) of its rows given a defect each, and counts what a pipeline must find. */
export function tableWriter(sink: Sink, spec: FileSpec, options: { seed: number; defects: number }): TableWriter {
  const { table } = spec
  const columns = fileColumns(table)
  const file = sink(spec.fileName)
  const tally = emptyTally()
  const possible = possibleDefects(table, { version: spec.version !== undefined })
  const fate = createRandom(options.seed, 'defects', spec.fileName)
  const style = {
    random: createRandom(options.seed, 'quotes', spec.fileName),
    mixed: columns.reduce((bits, { name }, index) => bits | (spec.mixedQuotes?.includes(name) ? 1 << index : 0), 0),
  }
  const shuffled = createShuffleWindow<{ cells: readonly string[]; natural: 'original' | 'copy' | undefined }>(
    spec.ordered ? 0 : shuffleRows,
    createRandom(options.seed, 'order', spec.fileName),
  )
  /** Records that follow some rows later. */
  const late: string[] = []
  let pending = `${spec.bom ? '\uFEFF' : ''}${columns.map(({ header }) => header).join(',')}`
  let latest: readonly string[] | undefined
  /** The last record lacks cells or has too many; without a line end after it, it would count as cut off. */
  let endsSpoilt = false

  const encode = (cells: readonly string[]) => encodeRecord(cells, style)
  const write = (record: string) => {
    pending += `\n${record}`
    tally.rows++
    endsSpoilt = false
  }
  const quarantine = (reason: Reason) => {
    tally.quarantined++
    tally.byReason[reason] = (tally.byReason[reason] ?? 0) + 1
  }
  const plant = (kind: DefectKind, cells: readonly string[]) => {
    tally.planted[kind] = (tally.planted[kind] ?? 0) + 1
    if (kind === 'duplicate') {
      const record = encode(cells)
      write(record)
      late.push(record)
      tally.kept++
      tally.duplicate++
    } else if (kind === 'version') {
      const version = spec.version!(cells, fate)
      // The earlier record wins under `first`, the later one otherwise.
      const [now, then] = table.dedupe === 'first' ? [cells, version] : [version, cells]
      write(encode(now))
      late.push(encode(then))
      tally.kept++
      tally.duplicate++
    } else if (kind === 'blank') {
      write(','.repeat(columns.length - 1))
      tally.blank++
      write(encode(cells))
      tally.kept++
    } else if (kind === 'cell_count') {
      write(encode(spoilCellCount(cells, fate)))
      endsSpoilt = true
      quarantine(kind)
    } else {
      write(encode(spoilCell(table, kind, cells, fate)!))
      if (kind === 'padding') tally.kept++
      else quarantine(kind as Reason)
    }
  }
  const take = (cells: readonly string[], natural?: 'original' | 'copy') => {
    if (natural === undefined && options.defects > 0 && chance(fate, options.defects))
      plant(drawDefect(fate, possible), cells)
    else {
      write(encode(cells))
      if (natural === 'copy') tally.duplicate++
      else tally.kept++
    }
    latest = cells
    if (late.length > 0 && chance(fate, 0.05)) write(late.shift()!)
  }
  const send = async () => {
    const text = pending
    pending = ''
    await file.write(Buffer.from(text, 'utf8'))
  }

  return {
    push(cells, natural) {
      const out = shuffled.push({ cells, natural })
      if (out) take(out.cells, out.natural)
    },
    async drain() {
      if (pending.length >= chunkLength) await send()
    },
    async finish() {
      for (const { cells, natural } of shuffled.rest()) {
        take(cells, natural)
        if (pending.length >= chunkLength) await send()
      }
      for (const record of late.splice(0)) write(record)
      if (latest && options.defects > 0 && chance(fate, cutOffShare)) {
        // A repetition broken off, so that the file's content is whole without it.
        write(encodeRecord(cutOff(latest), { random: fate, mixed: 0 }))
        quarantine('truncated')
        tally.planted.truncated = 1
      } else if ((spec.finalNewline ?? true) || endsSpoilt) pending += '\n'
      await send()
      await file.close()
      return tally
    },
  }
}
