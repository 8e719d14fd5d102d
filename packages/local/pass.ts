import type { Effects } from '@droplake/pipeline/effects'
import { type Woken, wake } from '@droplake/services/wake/wake'

/** The look for what was left undone, as a stage takes it every ten minutes. Starts nothing; tells what it would. */
export const lookForUndone = (fx: Effects): Promise<Woken> =>
  wake({ ...fx, starter: { start: async () => {} } }, { reason: 'pass' })
