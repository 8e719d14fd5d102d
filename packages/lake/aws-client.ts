/**
 * What every AWS client of the product is made with; region, credentials and endpoint come from the SDK's own environment.
 *
 * `standard` retries, not `adaptive`: that one slows all requests of a client when one is throttled, and S3 throttles by prefix,
 * Glue and Athena by operation. Five attempts wait up to fifteen seconds when throttled. Without time limits a connection
 * that died silently would hold a Lambda until its own. No request may be silent for a minute: a synchronous invocation of a
 * function needs another limit.
 */
export const clientSettings = {
  maxAttempts: 5,
  retryMode: 'standard',
  requestHandler: { connectionTimeout: 5_000, socketTimeout: 60_000 },
}
