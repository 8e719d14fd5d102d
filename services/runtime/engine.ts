import { AthenaClient } from '@aws-sdk/client-athena'
import { athenaEngine } from '@droplake/lake/athena-engine'
import { clientSettings } from '@droplake/lake/aws-client'
import type { QueryEngine } from '@droplake/lake/query-engine'
import { environment } from './environment.ts'

export const engine: QueryEngine = athenaEngine({
  client: new AthenaClient(clientSettings),
  workgroup: environment.workgroup(),
})
