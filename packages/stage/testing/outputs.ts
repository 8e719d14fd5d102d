import type { Outputs } from '../outputs.ts'

/** Of a stage that is deployed nowhere. */
export const testOutputs: Outputs = {
  stage: 'dev',
  region: 'us-east-1',
  bucket: 'lake-dev',
  topic: 'arn:aws:sns:us-east-1:123456789012:droplake-dev-alerts',
  stateMachine: 'arn:aws:states:us-east-1:123456789012:stateMachine:droplake-dev-pipeline',
  sweepStateMachine: 'arn:aws:states:us-east-1:123456789012:stateMachine:droplake-dev-sweep',
  rollbackStateMachine: 'arn:aws:states:us-east-1:123456789012:stateMachine:droplake-dev-rollback',
  workgroup: 'droplake-dev-people',
  databasePrefix: 'droplake_dev_',
  databases: ['droplake_dev_olist_raw', 'droplake_dev_olist_curated'],
  crawlers: ['droplake_dev_olist_raw'],
  rule: 'droplake-dev-drops',
  deadLetterQueue: 'https://sqs.us-east-1.amazonaws.com/123456789012/droplake-dev-dead-letters',
  dashboard: 'https://example.com',
  drop: 'npx droplake drop PATH --stage dev',
}

/** Makes the SDK speak to this endpoint, with credentials that nobody checks. */
export function useEndpoint(endpoint: string, env: NodeJS.ProcessEnv = process.env): void {
  Object.assign(env, {
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: 'AKIDTEST',
    AWS_SECRET_ACCESS_KEY: 'secret',
    AWS_MAX_ATTEMPTS: '1',
  })
}
