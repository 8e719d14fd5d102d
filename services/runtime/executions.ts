import { SFNClient } from '@aws-sdk/client-sfn'
import { clientSettings } from '@droplake/lake/aws-client'
import { stepFunctionsExecutions } from '@droplake/stage/executions'

export const executions = stepFunctionsExecutions(new SFNClient(clientSettings))
