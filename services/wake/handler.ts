import { data } from '../runtime/data.ts'
import { executions } from '../runtime/executions.ts'
import { lambda } from '../runtime/lambda.ts'
import { models } from '../runtime/models.ts'
import { notifier } from '../runtime/notifier.ts'
import { starter } from '../runtime/starter.ts'
import { wake } from './wake.ts'

export const handler = lambda({ ...data, executions, models, notifier, starter }, wake)
