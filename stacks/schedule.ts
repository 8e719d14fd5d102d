/// <reference path="../.sst/platform/config.d.ts" />

import { sweepDefaults } from '@droplake/pipeline/sweep-definition'
import type { DatasetWake } from '@droplake/services/admit/admit'
import type { WakeInput } from '@droplake/services/wake/wake'
import { deadLetters } from './dead-letters.ts'
import { pipeline } from './pipeline.ts'
import { type Statement, serviceRole } from './policy.ts'
import { services } from './services.ts'
import { datasets, named, settings } from './stage.ts'
import { sweepMachine } from './sweep.ts'

const { timezone, pass, sweep, runs } = settings.schedules

/** A group of the stage, so that its role can be kept to it. */
const group = new aws.scheduler.ScheduleGroup('Schedules', { name: named('schedules') })

/** Calls a target at times; what cannot be delivered within an hour is a dead letter, for the next time comes anyway. */
export function schedule(
  name: string,
  options: { expression: string; arn: $util.Input<string>; action: string; input: object },
) {
  const needs: Statement[] = [
    { actions: [options.action], resources: [options.arn] },
    { actions: ['sqs:SendMessage'], resources: [deadLetters.arn] },
  ]
  return new aws.scheduler.Schedule(`Schedule${name}`, {
    name: named(name),
    groupName: group.name,
    scheduleExpression: options.expression,
    scheduleExpressionTimezone: timezone,
    flexibleTimeWindow: { mode: 'OFF' },
    target: {
      arn: options.arn,
      roleArn: serviceRole(`schedule-${name}`, 'scheduler.amazonaws.com', needs).arn,
      input: JSON.stringify(options.input),
      retryPolicy: { maximumEventAgeInSeconds: 3600, maximumRetryAttempts: 20 },
      deadLetterConfig: { arn: deadLetters.arn },
    },
  })
}

schedule('pass', {
  expression: pass,
  arn: services.wake.arn,
  action: 'lambda:InvokeFunction',
  input: { reason: 'pass' } satisfies WakeInput,
})

schedule('sweep', {
  expression: sweep,
  arn: sweepMachine.arn,
  action: 'states:StartExecution',
  input: { datasets: datasets.map(({ name }) => name), ...sweepDefaults },
})

for (const [dataset, expression] of Object.entries(runs))
  schedule(`run-${dataset}`, {
    expression,
    arn: pipeline.arn,
    action: 'states:StartExecution',
    input: { dataset, reason: 'pass' } satisfies DatasetWake,
  })
