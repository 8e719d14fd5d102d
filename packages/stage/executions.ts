import { DescribeExecutionCommand, ExecutionDoesNotExist, type SFNClient } from '@aws-sdk/client-sfn'
import type { Effects } from '@droplake/pipeline/effects'

/** Runs whose holder is a Step Functions execution, named by its ARN. */
export const stepFunctionsExecutions = (client: SFNClient): Effects['executions'] => ({
  holder: (execution) => ({ kind: 'step-functions', execution }),
  async alive(holder) {
    // A run of somebody's laptop over the same bucket: nobody here can tell.
    if (holder.kind !== 'step-functions') return true
    try {
      const { status } = await client.send(new DescribeExecutionCommand({ executionArn: holder.execution }))
      return status === 'RUNNING' || status === 'PENDING_REDRIVE'
    } catch (error) {
      if (error instanceof ExecutionDoesNotExist) return false
      throw error
    }
  },
})
