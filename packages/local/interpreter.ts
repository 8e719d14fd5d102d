import { randomUUID } from 'node:crypto'
import {
  definition,
  type Resources,
  type ServiceName,
  type State,
  type StateMachine,
  serviceNames,
} from '@droplake/pipeline/definition'
import { StateMachine as Interpreter, type RunOptions } from 'aws-local-stepfunctions'
import { ended, started } from './holder.ts'

/** An event of the interpreter, as a live view needs it. */
export interface ExecutionEvent {
  execution: string
  type: string
  state?: string
  /** Of a Map's item. */
  index?: number
  input?: unknown
  output?: unknown
}

export interface Execution {
  id: string
  /** What Admit answered. */
  admitted: Promise<unknown>
  /** Settles when the execution ended, whichever way; its error is in the run's report. */
  ended: Promise<{ output?: unknown; error?: Error }>
}

/** What the definition's tasks do here. */
export interface Integrations {
  invoke(service: ServiceName, event: unknown): Promise<unknown>
  query(sql: string): Promise<void>
  startExecution(input: unknown): void
  /** Runs a crawler to its end. */
  crawl(name: string): Promise<void>
}

const names = Object.fromEntries(serviceNames.map((name) => [name, name])) as Resources['functions']
const machine = definition({ functions: names, workgroup: 'local' })
const interpreter = new Interpreter(machine as ConstructorParameters<typeof Interpreter>[0], {
  validationOptions: { noValidate: true },
})

/** Runs the pipeline's definition once, with the local integrations in the place of AWS's. */
export function execute(
  input: unknown,
  integrations: Integrations,
  onEvent: (event: ExecutionEvent) => void = () => {},
): Execution {
  const id = `local-${randomUUID()}`
  started(id)
  const run = interpreter.run(input as Parameters<typeof interpreter.run>[0], {
    overrides: { taskResourceLocalHandlers: bind(machine, integrations) },
    context: {
      Execution: { Id: id, Input: input, StartTime: new Date().toISOString() },
      StateMachine: { Id: 'local' },
    } as never,
  })
  const admitted = Promise.withResolvers<unknown>()
  const follow = async () => {
    for await (const event of run.eventLogs as AsyncIterable<RawEvent>) {
      const { name, output } = event.state ?? {}
      if (event.type === 'StateExited' && name === 'Admit') admitted.resolve(output)
      onEvent({
        execution: id,
        type: event.type,
        ...(name ? { state: name } : event.parentState ? { state: event.parentState.name } : {}),
        ...(event.index === undefined ? {} : { index: event.index }),
        input: event.state?.input ?? event.parentState?.input,
        output,
      })
    }
  }
  const settle = async () => {
    const following = follow()
    try {
      const output: unknown = await run.result
      await following
      return { output }
    } catch (thrown) {
      const error = thrown instanceof Error ? thrown : new Error(String(thrown))
      await following
      return { error }
    } finally {
      ended(id)
      admitted.resolve(undefined)
    }
  }
  return { id, admitted: admitted.promise, ended: settle() }
}

interface RawEvent {
  type: string
  index?: number
  state?: { name: string; input?: unknown; output?: unknown }
  parentState?: { name: string; input?: unknown }
}

type LocalTask = (parameters: unknown) => Promise<unknown>
type LocalTasks = NonNullable<NonNullable<RunOptions['overrides']>['taskResourceLocalHandlers']>

/** A function for every Task of the definition, found by its resource. */
function bind(of: StateMachine, integrations: Integrations): LocalTasks {
  const bound = [...tasks(of.States)].map(([name, state]) => [name, taskFor(state, integrations)])
  return Object.fromEntries(bound) as LocalTasks
}

function* tasks(states: Record<string, State>): Iterable<[string, State]> {
  for (const [name, state] of Object.entries(states)) {
    if (state.Type === 'Task') yield [name, state]
    const nested = state.ItemProcessor as { States: Record<string, State> } | undefined
    if (nested) yield* tasks(nested.States)
  }
}

/** JSON in, JSON out, as between AWS's services. */
const json = <T>(value: T): T => (value === undefined ? value : (JSON.parse(JSON.stringify(value)) as T))

function taskFor(state: State, integrations: Integrations): LocalTask {
  switch (state.Resource) {
    case 'arn:aws:states:::lambda:invoke':
      return async (parameters) => {
        const { FunctionName, Payload } = parameters as { FunctionName: ServiceName; Payload: unknown }
        return { StatusCode: 200, Payload: json(await integrations.invoke(FunctionName, json(Payload))) }
      }
    case 'arn:aws:states:::athena:startQueryExecution.sync':
      return async (parameters) => {
        const { QueryString } = parameters as { QueryString: string }
        await integrations.query(QueryString)
        return { QueryExecution: { Query: QueryString, Status: { State: 'SUCCEEDED' } } }
      }
    case 'arn:aws:states:::states:startExecution':
      return async (parameters) => {
        integrations.startExecution(json((parameters as { Input: unknown }).Input))
        return {}
      }
    case 'arn:aws:states:::aws-sdk:glue:startCrawler':
      return async (parameters) => {
        await integrations.crawl((parameters as { Name: string }).Name)
        return {}
      }
    case 'arn:aws:states:::aws-sdk:glue:getCrawler':
      return async (parameters) => {
        const { Name } = parameters as { Name: string }
        return { Crawler: { Name, State: 'READY', LastCrawl: { Status: 'SUCCEEDED' } } }
      }
    default:
      throw new Error(`local: no integration for ${String(state.Resource)}`)
  }
}
