import type { Effects } from '@droplake/pipeline/effects'
import { type PublishInput, publish } from './publish.ts'

export const handler = (fx: Effects) => (event: PublishInput) => publish(fx, event)
