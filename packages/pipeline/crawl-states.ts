import { type Call, caught, runPayload, type State, throttled, transient } from './states.ts'

const looks = 90
const toComparison = [{ ErrorEquals: ['States.ALL'], ResultPath: '$.crawl.error', Next: 'Compare Schema' }]
/** A throttled call of an SDK integration has no name of its own. */
const busy = [...throttled('Glue'), 'Glue.OperationTimeoutException', 'Glue.GlueException']
const crawler = { 'Name.$': '$.crawl.crawler' }

/**
 * The crawler reads the raw files, is asked until it is done, and what it inferred is compared with the contracts. None
 * of it can fail the run: a crawl that failed is told with the run. `next`: the state after it.
 */
export function crawlStates(call: Call, next: string): Record<string, State> {
  return {
    'Crawl Due?': {
      Type: 'Choice',
      Choices: [{ Variable: '$.crawl.due', BooleanEquals: true, Next: 'Start Crawler' }],
      Default: next,
    },
    'Start Crawler': {
      Type: 'Task',
      Resource: 'arn:aws:states:::aws-sdk:glue:startCrawler',
      Parameters: crawler,
      TimeoutSeconds: 60,
      Retry: [
        // The crawl under way may have begun before this run's files were there.
        { ErrorEquals: ['Glue.CrawlerRunningException'], IntervalSeconds: 30, BackoffRate: 1, MaxAttempts: 40 },
        { ...transient, ErrorEquals: busy },
      ],
      Catch: toComparison,
      ResultPath: null,
      Next: 'Wait for Crawler',
    },
    'Wait for Crawler': { Type: 'Wait', SecondsPath: '$.crawl.waitSeconds', Next: 'Look at Crawler' },
    'Look at Crawler': {
      Type: 'Task',
      Resource: 'arn:aws:states:::aws-sdk:glue:getCrawler',
      Parameters: crawler,
      TimeoutSeconds: 60,
      ResultSelector: { 'state.$': '$.Crawler.State', 'crawler.$': '$.Crawler' },
      Retry: [{ ...transient, ErrorEquals: busy }],
      Catch: toComparison,
      ResultPath: '$.crawl.seen',
      Next: 'Crawler Done?',
    },
    'Crawler Done?': {
      Type: 'Choice',
      Choices: [
        { Variable: '$.crawl.seen.state', StringEquals: 'READY', Next: 'Compare Schema' },
        { Variable: '$.crawl.polls', NumericGreaterThanEquals: looks, Next: 'Compare Schema' },
      ],
      Default: 'Look Again',
    },
    'Look Again': {
      Type: 'Pass',
      Parameters: {
        'crawler.$': '$.crawl.crawler',
        'waitSeconds.$': '$.crawl.waitSeconds',
        'polls.$': 'States.MathAdd($.crawl.polls, 1)',
      },
      ResultPath: '$.crawl',
      Next: 'Wait for Crawler',
    },
    'Compare Schema': call(
      'catalog',
      { ...runPayload, action: 'compare', 'crawl.$': '$.crawl' },
      { ResultPath: null, Catch: caught(next), Next: next },
    ),
  }
}
