/** What a deployed service is told by its stack. The one place that reads the environment. */
export const environment = {
  /** Name of the lake's bucket. */
  bucket: () => required('DROPLAKE_BUCKET'),
  /** `<app>_<stage>_` */
  databasePrefix: () => required('DROPLAKE_DATABASE_PREFIX'),
  workgroup: () => required('DROPLAKE_WORKGROUP'),
  topicArn: () => required('DROPLAKE_TOPIC_ARN'),
  stateMachineArn: () => required('DROPLAKE_STATE_MACHINE_ARN'),
  stage: () => required('DROPLAKE_STAGE'),
  /** Name of the Kinesis stream of sample events. */
  stream: () => required('DROPLAKE_STREAM'),
  /** Seconds that replace the datasets' own settling time. */
  settleSeconds: () => wholeNumber('DROPLAKE_SETTLE_SECONDS'),
  /** GiB that a compressed file may unpack to. */
  mostUnpackedGb: () => wholeNumber('DROPLAKE_MOST_UNPACKED_GB'),
  /** Seconds between two looks at a crawler. */
  crawlPollSeconds: () => wholeNumber('DROPLAKE_CRAWL_POLL_SECONDS') ?? 20,
}

function required(name: string): string {
  const value = process.env[name]
  if (!value) throw new Error(`environment: variable ${name} is required; the stack sets it`)
  return value
}

function wholeNumber(name: string): number | undefined {
  const value = process.env[name]
  if (value === undefined || value === '') return undefined
  if (!/^\d{1,6}$/.test(value)) throw new Error(`environment: ${name} is a whole number, got ${value}`)
  return Number(value)
}
