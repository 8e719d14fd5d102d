import { type Counts, combine } from './counts.ts'

/** One measured run. */
export interface Sample {
  /** Of raw files, thousand millions of bytes. */
  gb: number
  files: number
  counts: Counts
  /** Bytes that readers could see when it began: the lake that it had to fit into. */
  liveBytes: number
}

/** What a run costs by itself, and what each gigabyte and each file adds. */
export interface Rates {
  perRun: Counts
  perGb: Counts
  perFile: Counts
  /** The lake that `perRun` was measured on. What a run scans and rewrites grows with the lake. */
  liveBytes: number
}

/**
 * Rates from three runs: `small`, `large` (as many files, more bytes) and `many` (as many bytes, more files). Linear; a
 * difference that comes out negative is noise and counts as nothing.
 */
export function fit({ small, large, many }: { small: Sample; large: Sample; many: Sample }): Rates {
  if (large.gb <= small.gb || many.files <= small.files)
    throw new Error(
      `cost: the large sample needs more bytes and the many more files than the small one, got ${large.gb} and ${many.files} over ${small.gb} and ${small.files}`,
    )
  const grows = (name: keyof Counts) => name !== 'scannedBytes'
  const perGb = combine((name) =>
    grows(name) ? positive((large.counts[name] - small.counts[name]) / (large.gb - small.gb)) : 0,
  )
  const perFile = combine((name) =>
    grows(name)
      ? positive(
          (many.counts[name] - small.counts[name] - perGb[name] * (many.gb - small.gb)) / (many.files - small.files),
        )
      : 0,
  )
  const perRun = combine((name) => positive(small.counts[name] - perGb[name] * small.gb - perFile[name] * small.files))
  return { perRun, perGb, perFile, liveBytes: small.liveBytes }
}

const positive = (n: number) => Math.max(0, n)
