/// <reference path="../.sst/platform/config.d.ts" />
import type { Lambda } from '@droplake/stage/lambda-sizes'
import { deadLetters } from './dead-letters.ts'
import { keyUse } from './key.ts'
import {
  executionsOf,
  rollbackMachineName,
  stateMachineArn,
  stateMachineName,
  streamArn,
  sweepMachineName,
} from './known-names.ts'
import type { Statement } from './policy.ts'
import { following, pruning, querying } from './queries.ts'
import { lake } from './storage.ts'
import { topic } from './topic.ts'

/** What a service does with the bucket, by prefixes of keys, and with what stands beside it. */
interface Needs {
  read?: string[]
  write?: string[]
  /** Written in parts, for they may be larger than memory. */
  writeParts?: string[]
  remove?: string[]
  other?: Statement[]
}

const tells: Statement[] = [{ actions: ['sns:Publish'], resources: [topic.arn] }, keyUse]
const looks: Statement[] = [
  {
    actions: ['states:DescribeExecution'],
    resources: [stateMachineName, sweepMachineName, rollbackMachineName].flatMap(executionsOf),
  },
]

/** The one table of what services may do; a test compares it with what their code calls. `ops/log` has its hints beside it. */
export const needs: Record<Lambda, Needs> = {
  admit: {
    read: ['raw/', 'ops/log', 'ops/notified/'],
    write: ['ops/log', 'ops/notified/', 'ops/pending/'],
    remove: ['ops/pending/'],
    other: [...tells, ...looks],
  },
  plan: { read: ['ops/log', 'ops/pending/', 'ops/runs/'], write: ['ops/runs/'], remove: ['ops/pending/'] },
  index: { read: ['raw/', 'ops/runs/'], write: ['ops/runs/'] },
  clean: { read: ['raw/', 'ops/runs/'], writeParts: ['ops/runs/', 'quarantine/'] },
  accept: {
    read: ['cleaned/', 'ops/log', 'ops/pending/', 'ops/runs/'],
    write: ['ops/pending/', 'ops/runs/'],
  },
  dedupe: { read: ['cleaned/', 'ops/log', 'ops/runs/'], writeParts: ['cleaned/'], write: ['ops/runs/'] },
  enrich: { read: ['cleaned/', 'ops/log', 'ops/runs/'], writeParts: ['enriched/'], write: ['ops/runs/'] },
  ingest: { read: ['ops/log', 'ops/runs/'], write: ['ops/log', 'ops/runs/'], remove: ['ops/pending/'] },
  catalog: { read: ['ops/log', 'ops/runs/'], write: ['ops/runs/'], other: following({ crawled: true }) },
  quality: { read: ['ops/log', 'ops/runs/'], write: ['ops/runs/'], other: querying },
  models: {
    read: ['ops/log', 'ops/runs/'],
    write: ['ops/runs/'],
    other: [...following({ crawled: false }), ...querying],
  },
  publish: { read: ['ops/log', 'ops/runs/'], write: ['ops/log'], other: following({ crawled: false }) },
  finish: {
    read: ['ops/log', 'ops/runs/'],
    write: ['ops/log', 'ops/runs/'],
    other: following({ crawled: false }),
  },
  notify: { read: ['ops/notified/', 'ops/runs/'], write: ['ops/notified/'], other: tells },
  sweep: {
    read: ['ops/log', 'ops/runs/'],
    write: ['ops/log', 'ops/runs/'],
    remove: ['cleaned/', 'enriched/', 'curated/', 'ops/runs/'],
    other: [...pruning, ...looks],
  },
  rollback: {
    read: ['ops/log', 'ops/runs/'],
    write: ['ops/log', 'ops/runs/'],
    other: [...following({ crawled: false }), ...looks, ...tells],
  },
  wake: {
    read: ['raw/', 'ops/log', 'ops/notified/', 'ops/pending/'],
    write: ['ops/notified/', 'ops/pending/'],
    remove: ['ops/pending/'],
    other: [
      ...tells,
      ...looks,
      { actions: ['states:StartExecution'], resources: [stateMachineArn] },
      // The daily listing finds also versions that were replaced before anybody took them.
      { actions: ['s3:ListBucketVersions'], resources: [lake.arn] },
      // Lambda puts there what wake could not do when it was called by a rule.
      { actions: ['sqs:SendMessage'], resources: [deadLetters.arn] },
    ],
  },
  generate: { other: [{ actions: ['kinesis:PutRecords'], resources: [streamArn] }] },
}
