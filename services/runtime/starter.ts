import { SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn'
import { clientSettings } from '@droplake/lake/aws-client'
import type { Starter } from '../wake/wake.ts'
import { environment } from './environment.ts'

const client = new SFNClient(clientSettings)
const stateMachineArn = environment.stateMachineArn()

export const starter: Starter = {
  async start(input) {
    await client.send(new StartExecutionCommand({ stateMachineArn, input: JSON.stringify(input) }))
  },
}
