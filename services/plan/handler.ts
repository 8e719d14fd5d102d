import { data } from '../runtime/data.ts'
import { lambda } from '../runtime/lambda.ts'
import { plan } from './plan.ts'

export const handler = lambda(data, plan)
