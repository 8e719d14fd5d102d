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
  const datePlaces = Int32Array.from(dates, ({ place }) => place)
  const dateVotes = dates.map(({ votes }) => votes)
  const numberPlaces = Int32Array.from(numbers, ({ place }) => place)
  const numberVotes = numbers.map(({ votes }) => votes)
  return {
    add(record: LexedRecord): void {
      const { bytes, start, starts, ends } = record
      const kept = Math.min(record.cells, starts.length)
      for (let n = 0; n < datePlaces.length; n++) {
        const place = datePlaces[n]!
        if (place < kept) vote(dateVotes[n]!, bytes, start + starts[place]!, start + ends[place]!)
      }
      for (let n = 0; n < numberPlaces.length; n++) {
        const place = numberPlaces[n]!
        if (place < kept) voteSign(numberVotes[n]!, bytes, start + starts[place]!, start + ends[place]!)
      }
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
