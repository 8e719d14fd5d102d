import { data } from '../runtime/data.ts'
import { lambda } from '../runtime/lambda.ts'
import { dedupe } from './dedupe.ts'

export const handler = lambda(data, dedupe)
