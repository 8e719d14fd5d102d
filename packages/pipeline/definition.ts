/** The Lambda services that the state machine calls; a folder each under `services/`. */
export const serviceNames = [
  'admit',
  'plan',
  'index',
  'clean',
  'accept',
  'dedupe',
  'enrich',
  'ingest',
  'catalog',
  'quality',
  'models',
  'publish',
  'finish',
  'notify',
] as const
export type ServiceName = (typeof serviceNames)[number]

/** What the definition is deployed on: function ARNs (or names) and the Athena workgroup. */
export interface Resources {
  functions: Record<ServiceName, string>
  workgroup: string
}

export type State = { Type: string; [field: string]: unknown }
export interface StateMachine {
  Comment?: string
  StartAt: string
  TimeoutSeconds?: number
  States: Record<string, State>
}

/** Errors of the services themselves, not of what they were asked to do. The SDK's own retries come before. */
const transient = {
  ErrorEquals: [
    'Lambda.ServiceException',
    'Lambda.AWSLambdaException',
    'Lambda.SdkClientException',
    'Lambda.ClientExecutionTimeoutException',
    'Lambda.TooManyRequestsException',
    'Athena.TooManyRequestsException',
    'SlowDown',
    'ServiceUnavailable',
    'ThrottlingException',
    'TooManyRequestsException',
  ],
  IntervalSeconds: 2,
  BackoffRate: 2,
  MaxDelaySeconds: 60,
  MaxAttempts: 6,
  JitterStrategy: 'FULL',
}

const runPayload = { 'dataset.$': '$.dataset', 'run.$': '$.run' }
const tablePayload = { ...runPayload, 'table.$': '$.table' }
const caught = (next: string) => [{ ErrorEquals: ['States.ALL'], ResultPath: '$.error', Next: next }]

/**
 * The pipeline, in Amazon States Language: the part of it (JSONPath) that AWS Step Functions and the local interpreter run
 * alike. Nothing else orders the steps. Input: an S3 *Object Created* event, or `{dataset, reason}`.
 */
export function definition(resources: Resources): StateMachine {
  const call = (service: ServiceName, payload: Record<string, unknown>, rest: Record<string, unknown>): State => ({
    Type: 'Task',
    Resource: 'arn:aws:states:::lambda:invoke',
    Parameters: { FunctionName: resources.functions[service], Payload: payload },
    TimeoutSeconds: 900,
    Retry: [transient],
    ...rest,
  })
  /** A step of the run as a whole; what goes wrong ends the run. */
  const step = (service: ServiceName, rest: Record<string, unknown>, payload: Record<string, unknown> = runPayload) =>
    call(service, payload, { ResultPath: null, Catch: caught('End Failed Run'), ...rest })

  return {
    Comment: 'droplake: files under raw/ become published tables',
    StartAt: 'Admit',
    TimeoutSeconds: 6 * 3600,
    States: {
      Admit: call(
        'admit',
        { 'event.$': '$', 'execution.$': '$$.Execution.Id', 'startedAt.$': '$$.Execution.StartTime' },
        { OutputPath: '$.Payload', Next: 'Run Begun?' },
      ),
      'Run Begun?': {
        Type: 'Choice',
        Choices: [{ Variable: '$.outcome', StringEquals: 'begun', Next: 'Settle' }],
        Default: 'Answered',
      },
      Answered: { Type: 'Succeed' },
      Settle: { Type: 'Wait', SecondsPath: '$.settleSeconds', Next: 'Plan' },
      Plan: step('plan', {
        ResultSelector: { 'tables.$': '$.Payload.tables' },
        ResultPath: '$.plan',
        Next: 'Tables',
      }),
      Tables: {
        Type: 'Map',
        ItemsPath: '$.plan.tables',
        MaxConcurrency: 10,
        ItemSelector: {
          ...runPayload,
          'table.$': '$$.Map.Item.Value.table',
          'lastItem.$': '$$.Map.Item.Value.lastItem',
          'lastLarge.$': '$$.Map.Item.Value.lastLarge',
        },
        ItemProcessor: tableProcessor(call),
        ResultPath: '$.tables',
        Next: 'Plan Enrichment',
      },
      'Plan Enrichment': step(
        'enrich',
        { ResultSelector: { 'lastUnit.$': '$.Payload.lastUnit' }, ResultPath: '$.enrichment', Next: 'Enrichment Due?' },
        { ...runPayload, 'tables.$': '$.tables' },
      ),
      'Enrichment Due?': {
        Type: 'Choice',
        Choices: [{ Variable: '$.enrichment.lastUnit', NumericGreaterThanEquals: 0, Next: 'Enrichment Units' }],
        Default: 'Ingest',
      },
      'Enrichment Units': {
        Type: 'Pass',
        Parameters: { ...runPayload, 'units.$': 'States.ArrayRange(0, $.enrichment.lastUnit, 1)' },
        Next: 'Enrich',
      },
      Enrich: distributed('$.units', 'unit', runPayload, {
        ResultPath: null,
        Next: 'Ingest',
        work: call('enrich', { ...runPayload, 'unit.$': '$.unit' }, {}),
        names: ['Enrich Unit', 'Enrich Unit Done', 'Enrich Unit Failed'],
      }),
      Ingest: step('ingest', { Next: 'Catalog' }),
      Catalog: step('catalog', { Next: 'Quality' }),
      Quality: step('quality', { Next: 'Plan Models' }),
      'Plan Models': step(
        'models',
        { ResultSelector: { 'layers.$': '$.Payload.layers' }, ResultPath: '$.models', Next: 'Model Layers' },
        { ...runPayload, action: 'plan' },
      ),
      'Model Layers': {
        Type: 'Map',
        ItemsPath: '$.models.layers',
        MaxConcurrency: 1,
        ItemSelector: { ...runPayload, 'models.$': '$$.Map.Item.Value' },
        ItemProcessor: { ProcessorConfig: { Mode: 'INLINE' }, StartAt: 'Models', States: modelStates(call, resources) },
        ResultPath: null,
        Next: 'Publish',
      },
      Publish: step('publish', { Next: 'End Run' }),
      'End Run': call('finish', runPayload, {
        ResultSelector: finishResult,
        ResultPath: '$.finish',
        Catch: caught('End Failed Run'),
        Next: 'Notify',
      }),
      'End Failed Run': call(
        'finish',
        { ...runPayload, 'error.$': '$.error' },
        {
          ResultSelector: finishResult,
          ResultPath: '$.finish',
          Next: 'Notify',
        },
      ),
      Notify: call(
        'notify',
        { ...runPayload, 'status.$': '$.finish.status' },
        {
          ResultPath: null,
          Next: 'More Pending?',
        },
      ),
      'More Pending?': {
        Type: 'Choice',
        Choices: [{ Variable: '$.finish.again', BooleanEquals: true, Next: 'Start Next Run' }],
        Default: 'Run Failed?',
      },
      'Start Next Run': {
        Type: 'Task',
        Resource: 'arn:aws:states:::states:startExecution',
        Parameters: {
          'StateMachineArn.$': '$$.StateMachine.Id',
          Input: {
            'dataset.$': '$.dataset',
            reason: 'again',
            'AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID.$': '$$.Execution.Id',
          },
        },
        TimeoutSeconds: 60,
        Retry: [transient],
        ResultPath: null,
        Next: 'Run Failed?',
      },
      'Run Failed?': {
        Type: 'Choice',
        Choices: [{ Variable: '$.finish.status', StringEquals: 'failed', Next: 'Run Failed' }],
        Default: 'Run Ended',
      },
      'Run Failed': { Type: 'Fail', Error: 'RunFailed', Cause: 'The run report says what failed and what mends it.' },
      'Run Ended': { Type: 'Succeed' },
    },
  }
}

type Call = (service: ServiceName, payload: Record<string, unknown>, rest: Record<string, unknown>) => State

const finishResult = { 'status.$': '$.Payload.status', 'again.$': '$.Payload.again' }

/**
 * A Distributed Map over a range of numbers: each item's work is one call. A failed item does not stop the others; the
 * step after it reads done records and so sees what is missing.
 */
function distributed(
  itemsPath: string,
  name: string,
  payload: Record<string, unknown>,
  options: { work: State; names: [string, string, string]; ResultPath: string | null; Next: string },
): State {
  const [work, done, failed] = options.names
  return {
    Type: 'Map',
    ItemsPath: itemsPath,
    MaxConcurrency: 40,
    ItemSelector: { ...payload, [`${name}.$`]: '$$.Map.Item.Value' },
    ItemProcessor: {
      ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
      StartAt: work,
      States: {
        [work]: { ...options.work, ResultPath: null, Catch: caught(failed), Next: done },
        [done]: { Type: 'Pass', Parameters: { [`${name}.$`]: `$.${name}` }, End: true },
        [failed]: { Type: 'Pass', Parameters: { [`${name}.$`]: `$.${name}`, 'error.$': '$.error.Error' }, End: true },
      },
    },
    ResultPath: options.ResultPath,
    Next: options.Next,
  }
}

/** One table: cut large files, clean every item, accept whole sources, deduplicate every unit. */
function tableProcessor(call: Call): Record<string, unknown> {
  const keep = { ...tablePayload, 'lastItem.$': '$.lastItem' }
  return {
    ProcessorConfig: { Mode: 'INLINE' },
    StartAt: 'Large Files?',
    States: {
      'Large Files?': {
        Type: 'Choice',
        Choices: [{ Variable: '$.lastLarge', NumericGreaterThanEquals: 0, Next: 'Large Files' }],
        Default: 'Items',
      },
      'Large Files': {
        Type: 'Pass',
        Parameters: { ...keep, 'large.$': 'States.ArrayRange(0, $.lastLarge, 1)' },
        Next: 'Index',
      },
      Index: distributed('$.large', 'large', tablePayload, {
        ResultPath: null,
        Next: 'Items',
        work: call('index', { ...tablePayload, 'large.$': '$.large' }, {}),
        names: ['Index File', 'Index File Done', 'Index File Failed'],
      }),
      Items: {
        Type: 'Pass',
        Parameters: { ...tablePayload, 'items.$': 'States.ArrayRange(0, $.lastItem, 1)' },
        Next: 'Clean',
      },
      Clean: distributed('$.items', 'item', tablePayload, {
        ResultPath: '$.cleaned',
        Next: 'Accept',
        work: call('clean', { ...tablePayload, 'item.$': '$.item' }, {}),
        names: ['Clean Item', 'Clean Item Done', 'Clean Item Failed'],
      }),
      Accept: call(
        'accept',
        { ...tablePayload, 'cleaned.$': '$.cleaned' },
        {
          ResultSelector: { 'lastUnit.$': '$.Payload.lastUnit' },
          ResultPath: '$.accepted',
          Catch: caught('Table Failed'),
          Next: 'Anything New?',
        },
      ),
      'Anything New?': {
        Type: 'Choice',
        Choices: [{ Variable: '$.accepted.lastUnit', NumericGreaterThanEquals: 0, Next: 'Units' }],
        Default: 'Table Unchanged',
      },
      'Table Unchanged': { Type: 'Pass', Parameters: { 'table.$': '$.table' }, End: true },
      Units: {
        Type: 'Pass',
        Parameters: { ...tablePayload, 'units.$': 'States.ArrayRange(0, $.accepted.lastUnit, 1)' },
        Next: 'Dedupe',
      },
      Dedupe: distributed('$.units', 'unit', tablePayload, {
        ResultPath: null,
        Next: 'Table Done',
        work: call('dedupe', { ...tablePayload, 'unit.$': '$.unit' }, {}),
        names: ['Dedupe Unit', 'Dedupe Unit Done', 'Dedupe Unit Failed'],
      }),
      'Table Done': { Type: 'Pass', Parameters: { 'table.$': '$.table' }, End: true },
      'Table Failed': {
        Type: 'Pass',
        Parameters: { 'table.$': '$.table', 'error.$': '$.error.Error' },
        End: true,
      },
    },
  }
}

/** One layer of models. A model that fails is recorded and holds its descendants; the others go on. */
function modelStates(call: Call, resources: Resources): Record<string, State> {
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
              ResultSelector: { 'statements.$': '$.Payload.statements' },
              ResultPath: '$.render',
              Catch: caught('Record Failure'),
              Next: 'Build',
            },
          ),
          Build: {
            Type: 'Map',
            ItemsPath: '$.render.statements',
            MaxConcurrency: 5,
            ItemSelector: { 'sql.$': '$$.Map.Item.Value' },
            ItemProcessor: {
              ProcessorConfig: { Mode: 'INLINE' },
              StartAt: 'Create Table',
              States: {
                'Create Table': {
                  Type: 'Task',
                  Resource: 'arn:aws:states:::athena:startQueryExecution.sync',
                  Parameters: { 'QueryString.$': '$.sql', WorkGroup: resources.workgroup },
                  ResultSelector: { built: true },
                  TimeoutSeconds: 1800,
                  Retry: [{ ...transient, ErrorEquals: ['Athena.TooManyRequestsException', 'ThrottlingException'] }],
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
