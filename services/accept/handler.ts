import { data } from '../runtime/data.ts'
import { lambda } from '../runtime/lambda.ts'
import { accept } from './accept.ts'

export const handler = lambda(data, accept)
