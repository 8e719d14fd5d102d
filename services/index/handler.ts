import { data } from '../runtime/data.ts'
import { lambda } from '../runtime/lambda.ts'
import { indexFile } from './index-file.ts'

export const handler = lambda(data, indexFile)
