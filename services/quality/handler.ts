import { data } from '../runtime/data.ts'
import { engine } from '../runtime/engine.ts'
import { lambda } from '../runtime/lambda.ts'
import { models } from '../runtime/models.ts'
import { checkQuality } from './check-quality.ts'

export const handler = lambda({ ...data, engine, models }, checkQuality)
