import type { Lambda } from '@droplake/stage/lambda-sizes'

/** How one stage is deployed. Every part has a default below; `stages.ts` says in what a stage differs. */
export interface Settings {
  /** The data outlives the stage: `sst remove` is refused, and so is every change that would delete the bucket or its key. */
  protected: boolean
  /** `kms`: bucket and query results under a key of the stage. The topic always is: alarms cannot reach it otherwise. */
  encryption: 'sse-s3' | 'kms'
  /** Functions in a network of their own without a way to the internet; AWS services through endpoints, at a price an hour. */
  vpc: boolean
  retention: {
    /** Days that replaced or deleted bytes can still be brought back. */
    noncurrentDays: number
    /** Days that the raw files of the stream stay. */
    streamDays: number
    /** Days of logs; one of the numbers that CloudWatch knows. */
    logDays: number
  }
  alerts: {
    /** Each gets a mail to confirm. */
    emails: string[]
    /** HTTPS addresses that answer a subscription's confirmation. */
    webhooks: string[]
    /** A run that takes longer is told. */
    slowRunMinutes: number
    /** Hours without a publication after which a dataset is told to be stale, by dataset; at most 168. */
    staleHours: Record<string, number>
  }
  /** `rate(…)` or `cron(…)` of EventBridge Scheduler, in the time zone. */
  schedules: {
    timezone: string
    /** Looks for what was left behind: a lost event, a dead run, data that was not published. */
    pass: string
    /** Deletes what nothing reaches any more. */
    sweep: string
    /** Runs at fixed times, by dataset; a drop starts a run by itself. */
    runs: Record<string, string>
  }
  /** Monthly budget in US dollars, with an alert at 80 % and when it is forecast to be exceeded; 0 for none. */
  budget: number
  /** GiB that one query may scan: of people, and of the pipeline. */
  scanLimit: { people: number; pipeline: number }
  stream: {
    enabled: boolean
    /** Folder under `raw/`; a dataset's contract has to take it. */
    folder: string
    /** A folder for each event type, at the price of Firehose's dynamic partitioning. */
    byEventType: boolean
    /** Seconds that Firehose gathers. */
    bufferSeconds: number
    /** Sample events, for a demonstration: when, and how many; '' for none. */
    generate: { schedule: string; events: number }
  }
  /** MB of a service's Lambda where `packages/stage/lambda-sizes.ts` gives too little; a core comes with 1,792. */
  memory: Partial<Record<Lambda, number>>
  /** Lambdas at a time, by service. It needs an account whose limit leaves 100 for the rest. */
  reservedConcurrency: Partial<Record<Lambda, number>>
  /** Seconds that replace the datasets' own settling time. */
  settleSeconds: number | null
  /** GiB that a compressed file may unpack to; a larger one is set aside. */
  mostUnpackedGb: number
}

export const defaultSettings: Settings = {
  protected: false,
  encryption: 'sse-s3',
  vpc: false,
  retention: { noncurrentDays: 30, streamDays: 90, logDays: 30 },
  alerts: { emails: [], webhooks: [], slowRunMinutes: 60, staleHours: {} },
  schedules: { timezone: 'UTC', pass: 'rate(10 minutes)', sweep: 'cron(30 3 * * ? *)', runs: {} },
  budget: 0,
  scanLimit: { people: 100, pipeline: 1000 },
  stream: {
    enabled: false,
    folder: 'stream',
    byEventType: false,
    bufferSeconds: 300,
    generate: { schedule: '', events: 0 },
  },
  memory: {},
  reservedConcurrency: {},
  settleSeconds: null,
  mostUnpackedGb: 64,
}

/** What a stage differs in. A list or a record by name replaces the default's; other parts are merged. */
export type StageSettings = {
  [K in keyof Settings]?: Settings[K] extends number | string | boolean | null ? Settings[K] : Partial<Settings[K]>
}
