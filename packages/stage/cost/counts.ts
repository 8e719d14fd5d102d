/** What AWS bills, counted. */
export interface Counts {
  /** States entered, retries among them. */
  transitions: number
  lambdaCalls: number
  gbSeconds: number
  /** PUT, COPY, POST and LIST requests; GET and HEAD requests. */
  writes: number
  reads: number
  queries: number
  /** What the queries looked at. */
  scannedBytes: number
  glueRequests: number
  messages: number
  crawls: number
  /** That came to lie in the lake, raw files left out. */
  writtenBytes: number
}

export const noCounts = (): Counts => ({
  transitions: 0,
  lambdaCalls: 0,
  gbSeconds: 0,
  writes: 0,
  reads: 0,
  queries: 0,
  scannedBytes: 0,
  glueRequests: 0,
  messages: 0,
  crawls: 0,
  writtenBytes: 0,
})

export const countNames = Object.keys(noCounts()) as (keyof Counts)[]

/** Every count, made of the same count of others. */
export function combine(make: (name: keyof Counts) => number): Counts {
  const counts = noCounts()
  for (const name of countNames) counts[name] = make(name)
  return counts
}
