import { data } from '../runtime/data.ts'
import { lambda } from '../runtime/lambda.ts'
import { ingest } from './ingest.ts'

export const handler = lambda(data, ingest)
