/// <reference path="./.sst/platform/config.d.ts" />

export default $config({
  async app({ stage }) {
    const { settingsOf } = await import('./stacks/check-settings.ts')
    const { stages } = await import('./stacks/stages.ts')
    const settings = settingsOf(stage, stages)
    return {
      name: 'droplake',
      home: 'aws',
      removal: settings.protected ? 'retain' : 'remove',
      protect: settings.protected,
      providers: {
        aws: { version: '7.20.0', defaultTags: { tags: { app: 'droplake', stage, deployment: `droplake-${stage}` } } },
      },
    }
  },
  async run() {
    const { lake } = await import('./stacks/storage.ts')
    const { crawlers, databases } = await import('./stacks/catalog.ts')
    const { peopleWorkgroup } = await import('./stacks/athena.ts')
    const { topic } = await import('./stacks/topic.ts')
    const { pipeline } = await import('./stacks/pipeline.ts')
    const { sweepMachine } = await import('./stacks/sweep.ts')
    const { rollbackMachine } = await import('./stacks/rollback.ts')
    const { rule } = await import('./stacks/ingest.ts')
    const { deadLetters } = await import('./stacks/dead-letters.ts')
    await import('./stacks/schedule.ts')
    const { events } = await import('./stacks/stream.ts')
    await import('./stacks/recovery.ts')
    await import('./stacks/alarms.ts')
    await import('./stacks/budget.ts')
    const { dashboardUrl } = await import('./stacks/dashboard.ts')
    const { databasePrefix, region } = await import('./stacks/stage.ts')
    return {
      stage: $app.stage,
      region,
      bucket: lake.name,
      topic: topic.arn,
      stateMachine: pipeline.arn,
      sweepStateMachine: sweepMachine.arn,
      rollbackStateMachine: rollbackMachine.arn,
      workgroup: peopleWorkgroup.name,
      databasePrefix,
      databases: databases.map(({ name }) => name),
      crawlers: crawlers.map(({ name }) => name),
      rule: rule.name,
      deadLetterQueue: deadLetters.url,
      ...(events ? { stream: events.name } : {}),
      dashboard: dashboardUrl,
      drop: `npx droplake drop PATH --stage ${$app.stage}`,
    }
  },
})
