import { GlueClient } from '@aws-sdk/client-glue'
import { clientSettings } from '@droplake/lake/aws-client'
import type { Catalog } from '@droplake/lake/catalog'
import { glueCatalog } from '@droplake/lake/glue-catalog'
import { data } from './data.ts'
import { environment } from './environment.ts'

export const catalog: Catalog = glueCatalog({
  client: new GlueClient(clientSettings),
  locate: data.store.locate,
  databasePrefix: environment.databasePrefix(),
})
