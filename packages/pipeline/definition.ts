import { crawlStates } from './crawl-states.ts'
import { modelStates } from './model-states.ts'
import {
  type Call,
  caught,
  distributed,
  invoke,
  type Resources,
  runPayload,
  type ServiceName,
  type StateMachine,
  transient,
} from './states.ts'
import { tableProcessor } from './table-states.ts'

export { type Resources, type ServiceName, type State, type StateMachine, serviceNames } from './states.ts'

/** What ends a run when it fails, by the names under which the state machine keeps the error. */
export const runSteps = {
  plan: 'Plan',
  tables: 'Tables',
  enrich: 'Enrich',
  ingest: 'Ingest',
  catalog: 'Catalog',
  quality: 'Quality',
  models: 'Models',
  publish: 'Publish',
  finish: 'End Run',
} as const
export type RunStep = keyof typeof runSteps

/**
 * The pipeline, in Amazon States Language: the part of it (JSONPath) that AWS Step Functions and the local interpreter run
 * alike. Nothing else orders the steps. Input: an S3 *Object Created* event, or `{dataset, reason}`.
 */
export function definition(resources: Resources): StateMachine {
  const call: Call = (service, payload, rest) => invoke(resources.functions[service], payload, rest)
  /** What goes wrong in a step of the run as a whole ends the run; the report names the step. */
  const ending = (step: RunStep) => caught('End Failed Run', `$.failed.${step}`)
  const step = (
    service: RunStep & ServiceName,
    rest: Record<string, unknown>,
    payload: Record<string, unknown> = runPayload,
  ) => call(service, payload, { ResultPath: null, Catch: ending(service), ...rest })

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
        ResultPath: null,
        Catch: ending('tables'),
        Next: 'Plan Enrichment',
      },
      'Plan Enrichment': step(
        'enrich',
        { ResultSelector: { 'lastUnit.$': '$.Payload.lastUnit' }, ResultPath: '$.enrichment', Next: 'Enrichment Due?' },
        { ...runPayload, action: 'plan' },
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
      Enrich: {
        ...distributed(call, '$.units', 'unit', runPayload, {
          step: 'Enrich',
          Next: 'Ingest',
          work: call('enrich', { ...runPayload, 'unit.$': '$.unit' }, {}),
          names: ['Enrich Unit', 'Enrich Unit Done', 'Enrich Unit Failed'],
        }),
        Catch: ending('enrich'),
      },
      Ingest: step('ingest', { Next: 'Catalog' }),
      Catalog: step(
        'catalog',
        { ResultSelector: crawlResult, ResultPath: '$.crawl', Next: 'Crawl Due?' },
        { ...runPayload, action: 'follow' },
      ),
      ...crawlStates(call, 'Quality'),
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
        Catch: ending('models'),
        Next: 'Publish',
      },
      Publish: step('publish', { Next: 'End Run' }),
      'End Run': call('finish', runPayload, {
        ResultSelector: finishResult,
        ResultPath: '$.finish',
        Catch: ending('finish'),
        Next: 'Notify',
      }),
      'End Failed Run': call(
        'finish',
        { ...runPayload, 'failed.$': '$.failed' },
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
          Catch: caught('More Pending?', '$.notNotified'),
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
        Choices: [
          { Variable: '$.finish.status', StringEquals: 'failed', Next: 'Run Failed' },
          { Variable: '$.notNotified', IsPresent: true, Next: 'Not Notified' },
        ],
        Default: 'Run Ended',
      },
      'Not Notified': {
        Type: 'Fail',
        Error: 'NotNotified',
        Cause: 'The run ended well; nobody could be notified of it.',
      },
      'Run Failed': { Type: 'Fail', Error: 'RunFailed', Cause: 'The run report says what failed and what mends it.' },
      'Run Ended': { Type: 'Succeed' },
    },
  }
}

const crawlResult = {
  'due.$': '$.Payload.crawl.due',
  'crawler.$': '$.Payload.crawl.crawler',
  'waitSeconds.$': '$.Payload.crawl.waitSeconds',
  'polls.$': '$.Payload.crawl.polls',
}
const finishResult = { 'status.$': '$.Payload.status', 'again.$': '$.Payload.again' }
