import { caught, invoke, type StateMachine } from './states.ts'

/** The daily round's own input, beside the datasets: a file stays for a day after it was superseded, longer than any query that reads it. */
export const sweepDefaults = { keep: 10, graceMs: 24 * 3_600_000 }

/** What the daily machine is deployed on: ARNs of the two services that it calls. */
export interface SweepResources {
  functions: { sweep: string; wake: string }
}

/**
 * The daily round, in Amazon States Language: sweeps one dataset after the other, then rings for files whose event was
 * lost, and for those that came while a sweep held their dataset. A machine of its own, so that a sweep's holder is an
 * execution like every other, and its life can be asked for.
 * Input: `{datasets, keep, graceMs}` as `SweepInput` has them. Output: what was swept of each dataset.
 */
export function sweepDefinition({ functions }: SweepResources): StateMachine {
  return {
    Comment: 'droplake: what no reader can reach any more is deleted, and lost events are rung for',
    StartAt: 'Datasets',
    TimeoutSeconds: 6 * 3600,
    States: {
      Datasets: {
        Type: 'Map',
        ItemsPath: '$.datasets',
        MaxConcurrency: 1,
        ItemSelector: {
          'dataset.$': '$$.Map.Item.Value',
          'keep.$': '$.keep',
          'graceMs.$': '$.graceMs',
          'execution.$': '$$.Execution.Id',
          'startedAt.$': '$$.Execution.StartTime',
        },
        ItemProcessor: {
          ProcessorConfig: { Mode: 'INLINE' },
          StartAt: 'Sweep',
          States: {
            Sweep: invoke(
              functions.sweep,
              {
                'dataset.$': '$.dataset',
                'keep.$': '$.keep',
                'graceMs.$': '$.graceMs',
                'execution.$': '$.execution',
                'startedAt.$': '$.startedAt',
              },
              {
                ResultSelector: { 'swept.$': '$.Payload' },
                ResultPath: '$.result',
                Catch: caught('Not Swept'),
                Next: 'Swept',
              },
            ),
            Swept: { Type: 'Pass', InputPath: '$.result.swept', End: true },
            'Not Swept': {
              Type: 'Pass',
              Parameters: { 'dataset.$': '$.dataset', 'error.$': '$.error.Error', 'cause.$': '$.error.Cause' },
              End: true,
            },
          },
        },
        Next: 'Find Lost Files',
      },
      'Find Lost Files': invoke(functions.wake, { reason: 'listing' }, { ResultPath: null, End: true }),
    },
  }
}
