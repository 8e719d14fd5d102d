/** Every key that the pipeline writes, in one place. Folders end with `/`. */
const seqName = (seq: number) => String(seq).padStart(8, '0')

export const keys = {
  log: (dataset: string) => `ops/log/${dataset}/`,
  logEntry: (dataset: string, seq: number) => `ops/log/${dataset}/${seqName(seq)}.json`,
  /** A hint where to start reading the log; wrong or absent it only costs time. */
  logHint: (dataset: string) => `ops/log-hints/${dataset}.json`,

  pending: (dataset: string) => `ops/pending/${dataset}/`,
  marker: (dataset: string, source: string) => `ops/pending/${dataset}/${source}.json`,
  attempt: (dataset: string, source: string, run: string) => `ops/pending/${dataset}/${source}.${run}`,

  /** A hint: digests of raw files that hold what the log knows already. */
  digests: (dataset: string) => `ops/digests/${dataset}.json`,

  run: (run: string) => `ops/runs/${run}/`,
  plan: (run: string) => `ops/runs/${run}/plan.json`,
  index: (run: string, table: string, large: number) => `ops/runs/${run}/${table}/index/${large}.json`,
  staged: (run: string, table: string, item: number) => `ops/runs/${run}/${table}/clean/${item}.parquet`,
  cleanDone: (run: string, table: string, item: number) => `ops/runs/${run}/${table}/clean/${item}.done.json`,
  accept: (run: string, table: string) => `ops/runs/${run}/${table}/accept.json`,
  dedupeDone: (run: string, table: string, unit: number) => `ops/runs/${run}/${table}/dedupe/${unit}.done.json`,
  enrichPlan: (run: string) => `ops/runs/${run}/enrich/plan.json`,
  enrichDone: (run: string, unit: number) => `ops/runs/${run}/enrich/${unit}.done.json`,
  /** Why a call of a step failed. */
  failed: (run: string, { step, table, item }: { step: string; table?: string; item: number }) =>
    `ops/runs/${run}/${table === undefined ? '' : `${table}/`}${step.toLowerCase()}/${item}.failed.json`,
  ingest: (run: string) => `ops/runs/${run}/ingest.json`,
  quality: (run: string) => `ops/runs/${run}/quality.json`,
  modelPlan: (run: string) => `ops/runs/${run}/models/plan.json`,
  modelRender: (run: string, model: string, attempt: number) => `ops/runs/${run}/models/${model}.${attempt}.json`,
  modelDone: (run: string, model: string) => `ops/runs/${run}/models/${model}.done.json`,
  rollback: (run: string) => `ops/runs/${run}/rollback.json`,
  crawl: (run: string) => `ops/runs/${run}/crawl.json`,
  report: (run: string) => `ops/runs/${run}/report.json`,

  /** Says that an alert about something was sent. */
  notified: (kind: string, id: string) => `ops/notified/${kind}/${id}.json`,

  quarantine: (dataset: string, table: string, run: string, item: number) =>
    `quarantine/${dataset}/${table}/${run}/${item}.parquet`,
  /** Folder of one version of one partition. */
  version: (zone: 'cleaned' | 'enriched', at: { dataset: string; table: string; partition: string; run: string }) =>
    `${zone}/${at.dataset}/${at.table}/${at.partition === '' ? '' : `${at.partition}/`}${at.run}/`,
  model: (dataset: string, model: string) => `curated/${dataset}/${model}/`,
  modelVersion: (dataset: string, model: string, run: string, attempt: string) =>
    `curated/${dataset}/${model}/${run}/${attempt}/`,
} as const
