import { type Counts, combine } from './counts.ts'
import type { Rates } from './fit.ts'
import { prices } from './prices.ts'

export interface Month {
  gb: number
  files: number
  runs: number
  /** Gigabytes of raw files that the lake has before. */
  stored: number
}

export interface Line {
  service: string
  unit: string
  /** The count that it bills, where it bills just that. */
  of?: keyof Counts
  /** Of the month. */
  count: number
  price: number
  dollars: number
}

export interface Bill {
  month: Month
  lines: Line[]
  total: number
  /** Computed from the same prices, not measured: what other ways bill at the least for as many runs, beside storage and queries. */
  others: { what: string; dollars: number }[]
}

export interface Measured {
  rates: Rates
  /** What a month without any run counts: the ten-minute looks and the daily round. */
  standing: Counts
  /** Bytes that readers see for each byte of raw files. */
  livePerRaw: number
  /** Counts of a run of the stage itself, where it told them; they stand in for those of the rates. */
  ofStage?: Partial<Counts>
}

/** Shapes of source files that come up anew in a month; each is one crawl. */
export const newShapes = 1

const gigabyte = 1e9

/** `runs · perRun + gb · perGb + files · perFile + standing`; what a run scans and rewrites is taken in proportion to the lake. */
export function countMonth(measured: Measured, month: Month): Counts {
  const { rates, standing, livePerRaw, ofStage = {} } = measured
  const averageLive = (month.stored + month.gb / 2) * gigabyte * livePerRaw
  const growth = averageLive / rates.liveBytes
  return combine((name) => {
    if (name === 'crawls') return newShapes
    const told = ofStage[name]
    if (told !== undefined) return month.runs * told + standing[name]
    const { perRun, perGb, perFile } = rates
    const own = name === 'scannedBytes' || name === 'writtenBytes' ? perRun[name] * growth : perRun[name]
    return month.runs * own + month.gb * perGb[name] + month.files * perFile[name] + standing[name]
  })
}

export function priceMonth(measured: Measured, month: Month): Bill {
  const counts = countMonth(measured, month)
  const { s3, athena, glue } = prices
  const billedBytes = Math.max(counts.scannedBytes, counts.queries * athena.minimumBytes)
  const storedGb = month.stored * (1 + measured.livePerRaw) + month.gb + counts.writtenBytes / gigabyte
  const crawl = (glue.crawlerDpu * glue.dpuHour * glue.crawlerMinutes) / 60
  const line = (service: string, unit: string, count: number, price: number): Line => ({
    service,
    unit,
    count,
    price,
    dollars: count * price,
  })
  const counted = (service: string, unit: string, of: keyof Counts, price: number): Line => ({
    ...line(service, unit, counts[of], price),
    of,
  })
  const lines = [
    counted('Step Functions', 'state transitions', 'transitions', prices.stateTransition),
    counted('Lambda', 'calls', 'lambdaCalls', prices.lambdaCall),
    counted('Lambda', 'GB-seconds', 'gbSeconds', prices.lambdaGbSecond.arm64),
    counted('S3', 'PUT, COPY and LIST requests', 'writes', s3.write),
    counted('S3', 'GET and HEAD requests', 'reads', s3.read),
    line('S3', 'GB stored for the month', storedGb, s3.gbMonth),
    line('Athena', 'GB scanned, 10 MB a query at least', billedBytes / gigabyte, athena.terabyte / 1_000),
    counted('Glue', 'catalog requests', 'glueRequests', glue.request),
    counted('Glue', 'crawls, ten minutes at least', 'crawls', crawl),
    counted('SNS', 'messages', 'messages', prices.sns.publish),
    line('KMS', 'keys', 1, prices.kmsKeyMonth),
  ]
  const job = (glue.jobDpu * glue.dpuHour * glue.jobMinutes) / 60
  return {
    month,
    lines,
    total: lines.reduce((sum, { dollars }) => sum + dollars, 0),
    others: [
      { what: `a Glue Spark job each run: ${glue.jobDpu} DPU, one minute`, dollars: month.runs * job },
      { what: `a crawler each run: ${glue.crawlerDpu} DPU, ten minutes`, dollars: month.runs * crawl },
    ],
  }
}
