import type { Dataset } from '@droplake/contracts/dataset'
import type { Model } from '@droplake/models/model'

/** What `compile.ts` writes for the bundles: stands in its place for the type check only. */
export declare const datasets: Record<string, Dataset>
export declare const models: Record<string, Model[]>
