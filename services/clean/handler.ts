import { data } from '../runtime/data.ts'
import { lambda } from '../runtime/lambda.ts'
import { clean } from './clean.ts'

export const handler = lambda(data, clean)
