import { catalog } from '../runtime/catalog.ts'
import { data } from '../runtime/data.ts'
import { lambda } from '../runtime/lambda.ts'
import { publish } from './publish.ts'

export const handler = lambda({ ...data, catalog }, publish)
