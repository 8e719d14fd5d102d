import { type RollbackInput, rollback } from '@droplake/pipeline/rollback'
import { catalog } from '../runtime/catalog.ts'
import { data } from '../runtime/data.ts'
import { executions } from '../runtime/executions.ts'
import { lambda } from '../runtime/lambda.ts'
import { models } from '../runtime/models.ts'
import { notifier } from '../runtime/notifier.ts'

type Asked = Omit<RollbackInput, 'to'> & { to: string | null }

export const handler = lambda({ ...data, catalog, executions, models, notifier }, (fx, { to, ...asked }: Asked) =>
  rollback(fx, { ...asked, ...(to === null ? {} : { to }) }),
)
