import type { Dataset } from '@droplake/contracts/dataset'
import { athenaEngine } from '@droplake/lake/athena-engine'
import { systemClock } from '@droplake/lake/clock'
import { glueCatalog } from '@droplake/lake/glue-catalog'
import { s3Store } from '@droplake/lake/s3-store'
import { snsNotifier } from '@droplake/lake/sns-notifier'
import { database, defaultSettings, type Effects } from '@droplake/pipeline/effects'
import type { Execution, Place, Remote } from '@droplake/pipeline/place'
import { type Clients, closeClients, openClients } from './clients.ts'
import { stepFunctionsExecutions } from './executions.ts'
import type { Outputs } from './outputs.ts'
import { startExecution, stateOf } from './start-execution.ts'

export interface StageOptions {
  outputs: Outputs
  /** As the checkout has them; the stage runs those that were deployed. */
  datasets: Record<string, Dataset>
  models: Effects['models']
  /** Of this machine: what is done to a stage from here is held by this process. */
  executions: Effects['executions']
  /** Milliseconds between two looks; default 2,000. */
  pollMs?: number
  /** Milliseconds after which an event counts as late; default 30,000. */
  bellMs?: number
}

/** A deployed stage, seen from here: the same ports as a laptop's lake, over AWS. */
export interface Stage extends Place {
  outputs: Outputs
  clients: Clients
  remote: Remote
  /** Starts another of the stage's state machines; `admitted` tells nothing then. */
  startMachine(stateMachineArn: string, input: unknown): Execution
}

export function openStage(options: StageOptions): Stage {
  const { outputs, datasets, models, executions: here, pollMs = 2_000, bellMs = 30_000 } = options
  const { bucket, databasePrefix, region, stateMachine, topic, workgroup } = outputs
  const clients = openClients(region)
  const store = s3Store({ client: clients.s3, bucket })
  const there = stepFunctionsExecutions(clients.sfn)
  const fx: Effects = {
    store,
    catalog: glueCatalog({ client: clients.glue, locate: store.locate, databasePrefix }),
    engine: athenaEngine({
      client: clients.athena,
      workgroup,
      database: database({ settings: { databasePrefix } }, Object.keys(datasets)[0] ?? '', 'build'),
    }),
    notifier: snsNotifier({ client: clients.sns, topicArn: topic }),
    clock: systemClock,
    executions: {
      holder: here.holder,
      alive: (holder) => (holder.kind === 'local' ? here.alive(holder) : there.alive(holder)),
    },
    datasets,
    models,
    settings: { ...defaultSettings, databasePrefix },
  }
  const closing = new AbortController()
  const start = (stateMachineArn: string, input: unknown) =>
    startExecution(clients.sfn, { stateMachineArn, input, pollMs, signal: closing.signal })
  return {
    outputs,
    clients,
    fx,
    remote: {
      bucket,
      pollMs,
      bellMs,
      stateOf: async (holder) =>
        holder.kind === 'step-functions' ? stateOf(clients.sfn, holder.execution) : undefined,
    },
    start: (input) => start(stateMachine, input),
    startMachine: start,
    quiet: async () => {},
    async close() {
      closing.abort()
      await fx.engine.close()
      closeClients(clients)
    },
  }
}
