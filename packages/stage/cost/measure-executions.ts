import { BatchGetQueryExecutionCommand, paginateListQueryExecutions } from '@aws-sdk/client-athena'
import { type HistoryEvent, paginateGetExecutionHistory, paginateListExecutions } from '@aws-sdk/client-sfn'
import type { Clients } from '../clients.ts'
import { lambdaSizes } from '../lambda-sizes.ts'
import type { Counts } from './counts.ts'
import type { BilledService } from './lambda-time.ts'
import { prices } from './prices.ts'

export type Told = Pick<Counts, 'transitions' | 'lambdaCalls' | 'gbSeconds' | 'queries' | 'scannedBytes'>

/** Children of one Distributed Map whose histories are read; they stand for the others. */
const mostChildren = 10

/**
 * What these executions were billed for, as AWS tells it: states entered and calls from their histories, bytes scanned from
 * Athena. The time of a call is that of its task, which is a little more than Lambda bills.
 */
export async function measureExecutions(clients: Clients, arns: readonly string[]): Promise<Told> {
  const told: Told = { transitions: 0, lambdaCalls: 0, gbSeconds: 0, queries: 0, scannedBytes: 0 }
  for (const arn of arns) {
    const seen = await readHistory(clients, arn)
    addTasks(told, seen.tasks, 1)
    for (const mapRunArn of seen.mapRuns) await addChildren(told, clients, mapRunArn)
    if (seen.workgroup === undefined) continue
    for (const bytes of await scans(clients, { workGroup: seen.workgroup, from: seen.from, to: seen.to })) {
      told.queries += 1
      told.scannedBytes += Math.max(prices.athena.minimumBytes, bytes)
    }
  }
  return told
}

interface Tasks {
  entered: number
  calls: { service: BilledService; ms: number }[]
}

function addTasks(told: Told, { entered, calls }: Tasks, weight: number): void {
  told.transitions += entered * weight
  for (const { service, ms } of calls) {
    told.lambdaCalls += weight
    told.gbSeconds += (ms / 1_000) * (lambdaSizes[service].memoryMb / 1_024) * weight
  }
}

async function addChildren(told: Told, clients: Clients, mapRunArn: string): Promise<void> {
  const children: string[] = []
  for await (const page of paginateListExecutions({ client: clients.sfn }, { mapRunArn }))
    children.push(...(page.executions ?? []).map(({ executionArn }) => executionArn ?? ''))
  const looked = children.slice(0, mostChildren)
  for (const arn of looked) addTasks(told, (await readHistory(clients, arn)).tasks, children.length / looked.length)
}

interface History {
  tasks: Tasks
  mapRuns: string[]
  workgroup: string | undefined
  from: number
  to: number
}

async function readHistory(clients: Clients, executionArn: string): Promise<History> {
  const events = new Map<number, HistoryEvent>()
  for await (const page of paginateGetExecutionHistory(
    { client: clients.sfn },
    { executionArn, includeExecutionData: true },
  ))
    for (const event of page.events ?? []) events.set(event.id ?? 0, event)
  return historyOf(events)
}

/** Reads an execution's events, by their ids. */
export function historyOf(events: ReadonlyMap<number, HistoryEvent>): History {
  const all = [...events.values()]
  const times = all.map(({ timestamp }) => timestamp?.getTime() ?? 0)
  const scheduled = all.flatMap(({ taskScheduledEventDetails }) => taskScheduledEventDetails ?? [])
  const athena = scheduled.find(({ resourceType }) => resourceType === 'athena')
  return {
    tasks: {
      entered: all.filter(({ type }) => type?.endsWith('StateEntered')).length,
      calls: all.flatMap((event) => callEndedBy(event, events) ?? []),
    },
    mapRuns: all.flatMap(({ mapRunStartedEventDetails }) => mapRunStartedEventDetails?.mapRunArn ?? []),
    workgroup: athena && (JSON.parse(athena.parameters ?? '{}') as { WorkGroup?: string }).WorkGroup,
    from: times.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY),
    to: times.reduce((a, b) => Math.max(a, b), 0),
  }
}

/** A call of a Lambda whose end this event is: scheduled, started, ended, each naming the one before. */
function callEndedBy(
  event: HistoryEvent,
  events: ReadonlyMap<number, HistoryEvent>,
): Tasks['calls'][number] | undefined {
  if (!['TaskSucceeded', 'TaskFailed', 'TaskTimedOut'].includes(event.type ?? '')) return undefined
  const started = events.get(event.previousEventId ?? 0)
  const scheduled = events.get(started?.previousEventId ?? 0)?.taskScheduledEventDetails
  if (scheduled?.resourceType !== 'lambda' || !event.timestamp || !started?.timestamp) return undefined
  const { FunctionName = '' } = JSON.parse(scheduled.parameters ?? '{}') as { FunctionName?: string }
  const service = serviceOf(FunctionName)
  return service && { service, ms: event.timestamp.getTime() - started.timestamp.getTime() }
}

/** `arn:aws:lambda:…:function:droplake-prod-clean:7` */
function serviceOf(functionName: string): BilledService | undefined {
  const name = functionName.replace(/^arn:.*:function:/, '').split(':')[0] ?? ''
  const last = name.split('-').at(-1) ?? ''
  return Object.hasOwn(lambdaSizes, last) ? (last as BilledService) : undefined
}

/** Bytes that each query of a workgroup scanned, of those that were asked between two moments; the newest come first. */
async function scans(
  { athena }: Clients,
  { workGroup, from, to }: { workGroup: string; from: number; to: number },
): Promise<number[]> {
  const found: number[] = []
  for await (const { QueryExecutionIds: ids = [] } of paginateListQueryExecutions(
    { client: athena },
    { WorkGroup: workGroup },
  )) {
    if (ids.length === 0) continue
    const { QueryExecutions = [] } = await athena.send(new BatchGetQueryExecutionCommand({ QueryExecutionIds: ids }))
    const asked = QueryExecutions.map(({ Status, Statistics }) => ({
      at: Status?.SubmissionDateTime?.getTime() ?? 0,
      bytes: Statistics?.DataScannedInBytes ?? 0,
    }))
    found.push(...asked.filter(({ at }) => at >= from && at <= to).map(({ bytes }) => bytes))
    if (asked.every(({ at }) => at < from)) break
  }
  return found
}
