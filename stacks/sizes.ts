import type { DeployedService } from './settings.ts'

type Size = { memory: `${number} MB`; timeout: `${number} minute` | `${number} minutes` }

// 1,792 MB is a whole core. What moves names in the catalog ends within a minute: a paused one must not wake up much later.
const rows: Size = { memory: '1792 MB', timeout: '15 minutes' }
const waits: Size = { memory: '512 MB', timeout: '15 minutes' }
const quick: Size = { memory: '512 MB', timeout: '1 minute' }
export const sizes: Record<DeployedService, Size> = {
  ...{ index: rows, clean: rows, accept: rows, dedupe: rows, enrich: rows },
  ...{ plan: waits, ingest: waits, quality: waits, models: waits, sweep: waits, wake: waits },
  ...{ admit: quick, catalog: quick, publish: quick, finish: quick, notify: quick },
  rollback: { memory: '512 MB', timeout: '5 minutes' },
  generate: { memory: '512 MB', timeout: '5 minutes' },
}
