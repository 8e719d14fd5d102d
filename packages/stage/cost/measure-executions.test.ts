import { expect, it } from 'vitest'
import { useAws } from '../testing/use-aws.ts'
import { measureExecutions } from './measure-executions.ts'

const { aws, answers, clients } = await useAws()

const at = 1_772_366_400
const scheduled = (id: number, resourceType: string, parameters: unknown) => ({
  id,
  previousEventId: id - 1,
  type: 'TaskScheduled',
  timestamp: at,
  taskScheduledEventDetails: {
    resourceType,
    resource: 'invoke',
    region: 'us-east-1',
    parameters: JSON.stringify(parameters),
  },
})
const event = (id: number, type: string, seconds = 0, more = {}) => ({
  id,
  previousEventId: id - 1,
  type,
  timestamp: at + seconds,
  ...more,
})
const lambda = (service: string) => ({ FunctionName: `arn:aws:lambda:us-east-1:1:function:droplake-prod-${service}:7` })

it('counts what an execution, its Distributed Maps and its queries were billed for', async () => {
  const histories: Record<string, unknown[]> = {
    run: [
      event(1, 'ExecutionStarted'),
      event(2, 'TaskStateEntered'),
      scheduled(3, 'lambda', lambda('plan')),
      event(4, 'TaskStarted'),
      event(5, 'TaskSucceeded', 2),
      event(6, 'TaskStateExited', 2),
      event(7, 'MapStateEntered', 2),
      event(8, 'MapRunStarted', 2, { mapRunStartedEventDetails: { mapRunArn: 'map' } }),
      event(9, 'TaskStateEntered', 3),
      scheduled(10, 'athena', { QueryString: 'create table', WorkGroup: 'pipeline' }),
      event(11, 'TaskSubmitted', 3),
      event(12, 'ExecutionSucceeded', 9),
    ],
    child: [
      event(1, 'TaskStateEntered'),
      scheduled(2, 'lambda', lambda('clean')),
      event(3, 'TaskStarted'),
      event(4, 'TaskFailed', 4),
      event(5, 'PassStateEntered', 4),
    ],
  }
  answers.GetExecutionHistory = ({ executionArn }) => ({ events: histories[String(executionArn)] })
  answers.ListExecutions = ({ mapRunArn }) => ({
    executions: Array.from({ length: mapRunArn === 'map' ? 30 : 0 }, () => ({
      executionArn: 'child',
      name: 'c',
      startDate: at,
    })),
  })
  answers.ListQueryExecutions = ({ WorkGroup }) => ({
    QueryExecutionIds: WorkGroup === 'pipeline' ? ['a', 'b', 'old'] : [],
  })
  answers.BatchGetQueryExecution = () => ({
    QueryExecutions: [
      { Status: { SubmissionDateTime: at + 3 }, Statistics: { DataScannedInBytes: 25e6 } },
      { Status: { SubmissionDateTime: at + 4 }, Statistics: { DataScannedInBytes: 5 } },
      { Status: { SubmissionDateTime: at - 60 }, Statistics: { DataScannedInBytes: 9e9 } },
    ],
  })
  const told = await measureExecutions(clients, ['run'])
  expect(told).toEqual({
    transitions: 3 + 30 * 2,
    lambdaCalls: 1 + 30,
    gbSeconds: 2 * 0.5 + 30 * 4 * 1.75,
    queries: 2,
    scannedBytes: 25e6 + 10e6,
  })
  // Ten children stand for thirty.
  expect(aws.asked.filter((operation) => operation === 'GetExecutionHistory')).toHaveLength(11)
})
