import { invoke, type StateMachine } from './states.ts'

/**
 * One rollback, in Amazon States Language: a machine of its own, so that what holds the dataset meanwhile is an execution
 * like every other. Then it looks for files that came meanwhile. Input: `{dataset, model, to, release}`, `to` null for the
 * version before, `release` true to let go. It fails with `RollbackRefused` and the reason.
 */
export function rollbackDefinition({ functions }: { functions: { rollback: string; wake: string } }): StateMachine {
  return {
    Comment: 'droplake: a published model is moved back to an earlier version',
    StartAt: 'Roll Back',
    TimeoutSeconds: 900,
    States: {
      'Roll Back': invoke(
        functions.rollback,
        {
          'dataset.$': '$.dataset',
          'model.$': '$.model',
          'to.$': '$.to',
          'release.$': '$.release',
          'execution.$': '$$.Execution.Id',
          'startedAt.$': '$$.Execution.StartTime',
        },
        { TimeoutSeconds: 300, OutputPath: '$.Payload', Next: 'Look for More' },
      ),
      'Look for More': invoke(functions.wake, { reason: 'pass' }, { ResultPath: null, End: true }),
    },
  }
}
