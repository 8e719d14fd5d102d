import { serviceNames } from '@droplake/pipeline/definition'

/** What is deployed as a Lambda: the pipeline's services, and those beside it. */
export const lambdas = [...serviceNames, 'sweep', 'rollback', 'wake', 'generate'] as const
export type Lambda = (typeof lambdas)[number]

export interface LambdaSize {
  memoryMb: number
  timeoutMinutes: number
}

// 1,792 MB is a whole core. What moves names in the catalog ends within a minute: a paused one must not wake up much later.
const rows: LambdaSize = { memoryMb: 1792, timeoutMinutes: 15 }
const waits: LambdaSize = { memoryMb: 512, timeoutMinutes: 15 }
const quick: LambdaSize = { memoryMb: 512, timeoutMinutes: 1 }

/** Memory and time of each service's Lambda: the stacks deploy them so, unless a stage's settings say otherwise. */
export const lambdaSizes: Record<Lambda, LambdaSize> = {
  ...{ index: rows, clean: rows, accept: rows, dedupe: rows, enrich: rows },
  ...{ plan: waits, ingest: waits, quality: waits, models: waits, sweep: waits, wake: waits },
  // Admit may look into every member of an archive.
  ...{ admit: { memoryMb: 512, timeoutMinutes: 5 } },
  ...{ catalog: quick, publish: quick, finish: quick, notify: quick },
  ...{ rollback: { memoryMb: 512, timeoutMinutes: 5 }, generate: { memoryMb: 512, timeoutMinutes: 5 } },
}
