import { data } from '../runtime/data.ts'
import { lambda } from '../runtime/lambda.ts'
import { notifier } from '../runtime/notifier.ts'
import { notifyRun } from './notify-run.ts'

export const handler = lambda({ ...data, notifier }, notifyRun)
