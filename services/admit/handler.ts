import { data } from '../runtime/data.ts'
import { executions } from '../runtime/executions.ts'
import { lambda } from '../runtime/lambda.ts'
import { models } from '../runtime/models.ts'
import { notifier } from '../runtime/notifier.ts'
import { admit } from './admit.ts'

export const handler = lambda({ ...data, executions, models, notifier }, admit)
