import { data } from '../runtime/data.ts'
import { lambda } from '../runtime/lambda.ts'
import { acceptStep } from './accept-step.ts'

export const handler = lambda(data, acceptStep)
