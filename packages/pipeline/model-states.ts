import { type Call, caught, type Resources, runPayload, type State, throttled, transient } from './states.ts'

/** One layer of models. A model that fails is recorded and holds its descendants; the others go on. */
export function modelStates(call: Call, resources: Resources): Record<string, State> {
  const modelPayload = { ...runPayload, 'model.$': '$.model', 'attempt.$': '$.attempt' }
  return {
    Models: {
      Type: 'Map',
      ItemsPath: '$.models',
      MaxConcurrency: 5,
      ItemSelector: { ...runPayload, 'model.$': '$$.Map.Item.Value', attempt: 1 },
      ItemProcessor: {
        ProcessorConfig: { Mode: 'INLINE' },
        StartAt: 'Render',
        States: {
          Render: call(
            'models',
            { ...modelPayload, action: 'render' },
            {
              ResultSelector: { 'statements.$': '$.Payload.statements', 'database.$': '$.Payload.database' },
              ResultPath: '$.render',
              Catch: caught('Record Failure'),
              Next: 'Build',
            },
          ),
          Build: {
            Type: 'Map',
            ItemsPath: '$.render.statements',
            MaxConcurrency: 5,
            ItemSelector: { 'sql.$': '$$.Map.Item.Value', 'database.$': '$.render.database' },
            ItemProcessor: {
              ProcessorConfig: { Mode: 'INLINE' },
              StartAt: 'Create Table',
              States: {
                'Create Table': {
                  Type: 'Task',
                  Resource: 'arn:aws:states:::athena:startQueryExecution.sync',
                  Parameters: {
                    'QueryString.$': '$.sql',
                    WorkGroup: resources.workgroup,
                    QueryExecutionContext: { Catalog: 'AwsDataCatalog', 'Database.$': '$.database' },
                  },
                  ResultSelector: { built: true },
                  TimeoutSeconds: 1800,
                  Retry: [{ ...transient, ErrorEquals: [...throttled('Athena'), 'ThrottlingException'] }],
                  Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Statement Failed' }],
                  End: true,
                },
                'Statement Failed': {
                  Type: 'Pass',
                  Parameters: { built: false, 'error.$': '$.Error', 'cause.$': '$.Cause' },
                  End: true,
                },
              },
            },
            ResultPath: '$.build',
            Next: 'Audit',
          },
          Audit: call(
            'models',
            { ...modelPayload, action: 'audit', 'build.$': '$.build' },
            {
              ResultSelector: { 'again.$': '$.Payload.again' },
              ResultPath: '$.audit',
              Catch: caught('Record Failure'),
              Next: 'Build Again?',
            },
          ),
          'Build Again?': {
            Type: 'Choice',
            Choices: [{ Variable: '$.audit.again', BooleanEquals: true, Next: 'Next Attempt' }],
            Default: 'Model Done',
          },
          'Next Attempt': {
            Type: 'Pass',
            Parameters: { ...runPayload, 'model.$': '$.model', 'attempt.$': 'States.MathAdd($.attempt, 1)' },
            Next: 'Render',
          },
          'Record Failure': call(
            'models',
            { ...modelPayload, action: 'fail', 'error.$': '$.error' },
            {
              ResultPath: null,
              Catch: caught('Model Done'),
              Next: 'Model Done',
            },
          ),
          'Model Done': { Type: 'Pass', Parameters: { 'model.$': '$.model' }, End: true },
        },
      },
      ResultPath: null,
      End: true,
    },
  }
}
