import { catalog } from '../runtime/catalog.ts'
import { data } from '../runtime/data.ts'
import { engine } from '../runtime/engine.ts'
import { lambda } from '../runtime/lambda.ts'
import { models } from '../runtime/models.ts'
import { buildModels } from './build-models.ts'

export const handler = lambda({ ...data, catalog, engine, models }, buildModels)
