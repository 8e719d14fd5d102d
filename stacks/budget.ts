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

/**
 * Counts what carries the deployment's tag, once it is switched on as a cost allocation tag in the account's billing. One tag
 * names app and stage, because values of several tags widen a filter. A `filterExpression` in its place would make a budget
 * that AWS cannot compute: the provider sends no metric with it.
 */
if (settings.budget > 0)
  new aws.budgets.Budget('Budget', {
    name: named('budget', 100),
    budgetType: 'COST',
    limitAmount: String(settings.budget),
    limitUnit: 'USD',
    timeUnit: 'MONTHLY',
    costFilters: [{ name: 'TagKeyValue', values: [`user:deployment$${$app.name}-${$app.stage}`] }],
    notifications: [notification('ACTUAL', 80), notification('FORECASTED', 100)],
  })
