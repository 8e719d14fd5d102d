/** What quarantines a row, in the words of the pipeline's reports. */
export type Reason =
  | 'required'
  | 'not_a_number'
  | 'not_a_timestamp'
  | 'below_min'
  | 'above_max'
  | 'not_accepted'
  | 'cell_count'
  | 'truncated'

/** A defect that the generator puts into a file. All but the first four quarantine their row. */
export type DefectKind = 'duplicate' | 'version' | 'blank' | 'padding' | Reason

/** One file's records as a pipeline has to count them: rows = kept + duplicate + quarantined + blank. */
export interface TableTally {
  /** Records after the header. */
  rows: number
  kept: number
  /** Exact repeats, and the losing version of a key. */
  duplicate: number
  quarantined: number
  /** Records of only separators. */
  blank: number
  /** Quarantined records by reason; reasons that did not occur are absent. */
  byReason: Partial<Record<Reason, number>>
  /** Planted defects by kind; repeats that the public files have by nature are not among them. */
  planted: Partial<Record<DefectKind, number>>
}

/** By table name of the contracts. */
export type Tally = Record<string, TableTally>

export const emptyTally = (): TableTally => ({
  rows: 0,
  kept: 0,
  duplicate: 0,
  quarantined: 0,
  blank: 0,
  byReason: {},
  planted: {},
})
