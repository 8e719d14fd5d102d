import type { QuarantineFilter } from '@droplake/local/quarantine'
import { checkRun } from './read-runs.ts'

export const quarantineOptions = {
  table: { type: 'string', valueHint: 'NAME', description: 'of one table only' },
  reason: { type: 'string', valueHint: 'REASON', description: 'of one reason only, as required or not_a_number' },
} as const

export function quarantineFilter(args: {
  run?: string | undefined
  table?: string | undefined
  reason?: string | undefined
}): QuarantineFilter {
  const { run, table, reason } = args
  return {
    ...(run === undefined ? {} : { run: checkRun(run) }),
    ...(table === undefined ? {} : { table }),
    ...(reason === undefined ? {} : { reason }),
  }
}
