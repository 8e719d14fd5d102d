import { clickEvents } from './click-events.ts'
import { packLines } from './pack-lines.ts'

export interface GenerateInput {
  /** How many. */
  events: number
  /** ISO 8601; the seed, so that a call that is repeated puts the same events again. */
  scheduledAt: string
}

export interface Generated {
  events: number
  records: number
}

const recordBytes = 64 * 1024

/** Puts sample events of the hour before a moment, as newline JSON. */
export async function generate(
  fx: { put(records: readonly Uint8Array[]): Promise<void> },
  { events, scheduledAt }: GenerateInput,
): Promise<Generated> {
  const until = Math.floor(Date.parse(scheduledAt) / 1000)
  if (!(until > 0)) throw new Error(`generate: scheduledAt is a time in ISO 8601, got ${scheduledAt}; pass one`)
  if (!Number.isInteger(events) || events < 0)
    throw new Error(`generate: events is a whole number from 0, got ${events}; pass one`)
  const lines = clickEvents(events, { seed: until, until }).map((event) => JSON.stringify(event))
  const records = packLines(lines, recordBytes)
  await fx.put(records)
  return { events, records: records.length }
}
