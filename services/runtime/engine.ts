import { AthenaClient } from '@aws-sdk/client-athena'
import { athenaEngine } from '@droplake/lake/athena-engine'
import { clientSettings } from '@droplake/lake/aws-client'
import type { QueryEngine } from '@droplake/lake/query-engine'
import { database } from '@droplake/pipeline/effects'
import { datasets } from '#compiled'
import { environment } from './environment.ts'

const databasePrefix = environment.databasePrefix()

export const engine: QueryEngine = athenaEngine({
  client: new AthenaClient(clientSettings),
  workgroup: environment.workgroup(),
  database: database({ settings: { databasePrefix } }, Object.keys(datasets)[0] ?? '', 'build'),
})
