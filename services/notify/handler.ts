import type { Effects } from '@droplake/pipeline/effects'
import { type NotifyRunInput, notifyRun } from './notify-run.ts'

export const handler = (fx: Effects) => (event: NotifyRunInput) => notifyRun(fx, event)
