/// <reference path="../.sst/platform/config.d.ts" />
import { named, settings } from './stage.ts'
import { topic } from './topic.ts'

const notification = (notificationType: 'ACTUAL' | 'FORECASTED', threshold: number) => ({
  notificationType,
  threshold,
  thresholdType: 'PERCENTAGE',
  comparisonOperator: 'GREATER_THAN',
  subscriberSnsTopicArns: [topic.arn],
})

/** Counts what carries the stage's tags, once they are switched on as cost allocation tags in the account's billing. */
if (settings.budget > 0)
  new aws.budgets.Budget('Budget', {
    name: named('budget', 100),
    budgetType: 'COST',
    limitAmount: String(settings.budget),
    limitUnit: 'USD',
    timeUnit: 'MONTHLY',
    filterExpression: {
      ands: [
        { tags: { key: 'app', values: [$app.name], matchOptions: ['EQUALS'] } },
        { tags: { key: 'stage', values: [$app.stage], matchOptions: ['EQUALS'] } },
      ],
    },
    notifications: [notification('ACTUAL', 80), notification('FORECASTED', 100)],
  })
