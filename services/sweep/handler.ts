import { catalog } from '../runtime/catalog.ts'
import { data } from '../runtime/data.ts'
import { executions } from '../runtime/executions.ts'
import { lambda } from '../runtime/lambda.ts'
import { models } from '../runtime/models.ts'
import { sweep } from './sweep.ts'

export const handler = lambda({ ...data, catalog, executions, models }, sweep)
