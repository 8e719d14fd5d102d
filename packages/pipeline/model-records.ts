import type { TableBatch } from '@droplake/models/render'
import type { PublishedModel } from '@droplake/models/stale'

/**
 * What the run will build: stale models in layers; `held` by a failed rule of a table they depend on; `pinned` where
 * somebody rolled them back to.
 */
export interface ModelPlan {
  layers: string[][]
  /** Only these partitions of a model; a model that is not named is built whole. */
  partitions: Record<string, string[]>
  held: Record<string, string>
  /** Models whose files cannot be read as SQL models, with place and reason. */
  broken?: Record<string, string>
  pinned?: Record<string, string>
  reasons: Record<string, string>
}

/** What became of one stale model. Decided once. */
export type ModelRecord =
  | { status: 'built'; model: PublishedModel; rows: number; warnings: string[] }
  | { status: 'failed' | 'held'; error: string }

/** What one attempt's statements write. */
export interface RenderRecord {
  batches: TableBatch[]
}
