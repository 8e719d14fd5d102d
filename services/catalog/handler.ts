import type { Effects } from '@droplake/pipeline/effects'
import { type FollowLogInput, followLog } from './follow-log.ts'

export const handler = (fx: Effects) => (event: FollowLogInput) => followLog(fx, event)
