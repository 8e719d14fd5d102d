import type { Table } from '@droplake/contracts/table'
import { type CsvProfile, fileColumns } from './csv-profile.ts'
import { createVotes, decideDates, vote } from './date-order.ts'
import { createSignVotes, decideSigns, voteSign } from './decimal-sign.ts'
import type { LexedRecord } from './lexer.ts'

/** Gathers from all records of a file what they prove about how its numbers and dates are written. `columns` as in `CsvProfile`. */
export function createEvidence(table: Table, columns: readonly number[]) {
  const placed = fileColumns(table).flatMap(([name, { type }], index) => {
    const place = columns[index] ?? -1
    return place >= 0 ? [{ name, type, place }] : []
  })
  const dates = placed.flatMap(({ name, type, place }) =>
    type.kind === 'timestamp' || type.kind === 'date' ? [{ place, votes: createVotes(name) }] : [],
  )
  const numbers = placed.flatMap(({ name, type, place }) =>
    ['int', 'bigint', 'double', 'decimal'].includes(type.kind) ? [{ place, votes: createSignVotes(name, type) }] : [],
  )
  return {
    add({ bytes, start, starts, ends, cells }: LexedRecord): void {
      const kept = Math.min(cells, starts.length)
      for (const { place, votes } of dates)
        if (place < kept) vote(votes, bytes, start + starts[place]!, start + ends[place]!)
      for (const { place, votes } of numbers)
        if (place < kept) voteSign(votes, bytes, start + starts[place]!, start + ends[place]!)
    },
    decide(): Pick<CsvProfile, 'dates' | 'decimalSigns' | 'warnings'> {
      const ordered = decideDates(
        dates.map(({ votes }) => votes),
        table.dateOrder,
      )
      const signed = decideSigns(
        numbers.map(({ votes }) => votes),
        table.decimalSign,
      )
      return { dates: ordered.dates, decimalSigns: signed.signs, warnings: [...ordered.warnings, ...signed.warnings] }
    },
  }
}

export type Evidence = ReturnType<typeof createEvidence>
