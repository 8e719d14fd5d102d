import { catalog } from '../runtime/catalog.ts'
import { data } from '../runtime/data.ts'
import { lambda } from '../runtime/lambda.ts'
import { catalogStep } from './catalog-step.ts'

export const handler = lambda({ ...data, catalog }, catalogStep)
