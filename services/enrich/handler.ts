import { data } from '../runtime/data.ts'
import { lambda } from '../runtime/lambda.ts'
import { enrich } from './enrich.ts'

export const handler = lambda(data, enrich)
