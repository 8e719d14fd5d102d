/**
 * US dollars in us-east-1, as AWS listed them in November 2026, free tiers left out. Other regions differ by some tens of
 * percent. One table: nothing else in droplake holds a price.
 */
export const prices = {
  region: 'us-east-1',
  asOf: '2026-11',
  /** Standard workflow, one state entered; states of a Distributed Map's children and retries among them. */
  stateTransition: 0.025 / 1_000,
  lambdaCall: 0.2 / 1e6,
  lambdaGbSecond: { arm64: 0.0000133334, x86: 0.0000166667 },
  s3: {
    /** PUT, COPY, POST, LIST */
    write: 0.005 / 1_000,
    /** GET, HEAD */
    read: 0.0004 / 1_000,
    gbMonth: 0.023,
  },
  athena: { terabyte: 5, minimumBytes: 10 * 1_000 ** 2 },
  glue: {
    /** Requests to the Data Catalog; AWS gives a million a month for nothing, which is not taken off here. */
    request: 1 / 1e6,
    dpuHour: 0.44,
    /** A crawler bills two units as a rule, and ten minutes at least. */
    crawlerDpu: 2,
    crawlerMinutes: 10,
    /** A Spark job takes two units at least, and bills a minute at least. */
    jobDpu: 2,
    jobMinutes: 1,
  },
  sns: { publish: 0.5 / 1e6 },
  /** A customer key, as the stage has one. */
  kmsKeyMonth: 1,
} as const
