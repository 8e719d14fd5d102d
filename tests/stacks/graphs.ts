import { readGraph } from './evaluate.ts'
import { stages } from './stages.ts'

/** What the suite's setup evaluated. */
export const personal = readGraph(stages.personal)
export const production = readGraph(stages.production)
export const full = readGraph(stages.full)
export const all = [personal, production, full] as const
