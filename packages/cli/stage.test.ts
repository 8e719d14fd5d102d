import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Answer, type AwsServer, Headers, Refused, startAws } from '@droplake/stage/testing/aws-server'
import { testOutputs, useEndpoint } from '@droplake/stage/testing/outputs'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { droplake } from './testing/spawn.ts'

const folder = mkdtempSync(join(tmpdir(), 'droplake-stage-'))
const outputs = join(folder, 'outputs.json')
const answers: Record<string, Answer> = {}
const env: Record<string, string> = { DROPLAKE_OUTPUTS: outputs, HOME: folder, AWS_EC2_METADATA_DISABLED: 'true' }
let aws: AwsServer
beforeAll(async () => {
  writeFileSync(outputs, JSON.stringify(testOutputs))
  aws = await startAws(answers)
  useEndpoint(aws.endpoint, env)
})
afterAll(async () => {
  await aws.close()
  rmSync(folder, { recursive: true, force: true })
})

const empty = '<ListBucketResult><IsTruncated>false</IsTruncated><KeyCount>0</KeyCount></ListBucketResult>'
beforeEach(() => {
  for (const name of Object.keys(answers)) delete answers[name]
  Object.assign(answers, { 'GET /lake-dev?list': () => empty, 'GET /lake-dev/ops/log-hints/olist.json': absent })
})
const absent = () => {
  throw new Refused('NoSuchKey', 'no', 404)
}

const object = '/lake-dev/raw/olist/olist_orders_dataset.csv'
const version = { 'x-amz-version-id': 'v1', etag: '"e"' }
/** Answers to the upload of a file of nine bytes. */
const uploaded = {
  [`PUT ${object}`]: () => new Headers(version),
  [`HEAD ${object}?versionId`]: () =>
    new Headers({ ...version, 'last-modified': 'Sun, 01 Mar 2026 12:00:00 GMT', 'content-length': '9' }),
}

const ask = (...args: string[]) => droplake([...args, '--stage', 'dev'], { env })

describe('a command on a stage', () => {
  it('looks at the bucket in place of the folder', async () => {
    const { code, stdout } = await ask('status', '--json')
    expect({ code, status: JSON.parse(stdout) }).toEqual({
      code: 0,
      status: { lake: 's3://lake-dev', stage: 'dev', datasets: [] },
    })
    const [runs, rejected] = await Promise.all([ask('runs', '--json'), ask('quarantine', 'list', '--json')])
    expect([runs, rejected].map(({ code: each, stdout: text }) => [each, JSON.parse(text)])).toEqual([
      [0, []],
      [0, []],
    ])
  })

  it('asks Athena with the stage’s databases, whether the prefix was written or not', async () => {
    const queries: unknown[] = []
    Object.assign(answers, {
      StartQueryExecution: ({ QueryString, WorkGroup }: Record<string, unknown>) => {
        queries.push([QueryString, WorkGroup])
        return { QueryExecutionId: 'q' }
      },
      GetQueryExecution: () => ({
        QueryExecution: {
          QueryExecutionId: 'q',
          StatementType: 'DML',
          Status: { State: 'SUCCEEDED' },
          Statistics: { DataScannedInBytes: 12_300_000 },
        },
      }),
      GetQueryResults: () => ({
        ResultSet: {
          Rows: [{ Data: [{ VarCharValue: 'n' }] }, { Data: [{ VarCharValue: '7' }] }],
          ResultSetMetadata: { ColumnInfo: [{ Name: 'n', Type: 'bigint' }] },
        },
      }),
    })
    const sql =
      'select count(*) as n from olist_curated.fact_orders join droplake_dev_olist_cleaned.orders using (order_id)'
    const { code, stdout, stderr } = await ask('query', sql, '--json')
    expect({ code, rows: JSON.parse(stdout) }).toEqual({ code: 0, rows: [{ n: 7 }] })
    expect(stderr).toContain('12.3 MB scanned')
    await ask('query', 'select 1 from curated.fact_orders', '--dataset', 'olist')
    await ask('query', 'show tables in olist_curated')
    expect(queries).toEqual([
      [
        'select count(*) as n from droplake_dev_olist_curated.fact_orders join droplake_dev_olist_cleaned.orders using (order_id)',
        testOutputs.workgroup,
      ],
      ['select 1 from "droplake_dev_olist_curated"."fact_orders"', testOutputs.workgroup],
      ['show tables in droplake_dev_olist_curated', testOutputs.workgroup],
    ])
  })

  it('puts files into the bucket, where --no-wait leaves them to it', async () => {
    const path = join(folder, 'olist_orders_dataset.csv')
    writeFileSync(path, 'order_id\n')
    Object.assign(answers, uploaded)
    const { code, stdout, stderr } = await ask('drop', path, '--no-wait', '--json')
    expect({ code, objects: JSON.parse(stdout).objects }).toEqual({
      code: 0,
      objects: [{ key: 'raw/olist/olist_orders_dataset.csv', dataset: 'olist', table: 'orders', outcome: 'admitted' }],
    })
    expect(stderr).toBe('putting raw/olist/olist_orders_dataset.csv (9 B)\n')
  })

  it('ends the wait for a drop at Ctrl-C, and says how to look', async () => {
    const path = join(folder, 'olist_orders_dataset.csv')
    writeFileSync(path, 'order_id\n')
    Object.assign(answers, uploaded)
    const waits = 'GET /lake-dev?list'
    const { code, stdout, stderr } = await droplake(['drop', path, '--stage', 'dev'], {
      env,
      during: (child, text) => {
        if (!text.startsWith('putting') || text.includes('waiting')) return
        const timer = setInterval(() => {
          if (!aws.asked.includes(waits)) return
          clearInterval(timer)
          child.kill('SIGINT')
        }, 20)
      },
    })
    expect({ code, stdout }).toEqual({ code: 130, stdout: '1 file put under raw/\n' })
    expect(stderr.split('\n')[1]).toBe(
      'no longer waiting; the stage goes on by itself, and npx droplake status --stage dev shows how far it is',
    )
  })

  it('ends with 1 and says in one line what AWS refuses, and in another what to do', async () => {
    const cases: [() => Promise<{ code: number | null; stdout: string; stderr: string }>, string, string][] = [
      [
        () => {
          answers['GET /lake-dev?list'] = () => {
            throw new Refused('AccessDenied', 'Access Denied', 403)
          }
          return ask('status', '--json')
        },
        'droplake: not allowed: s3:ListObjectsV2 on bucket lake-dev',
        '  let the role or user of these credentials do it',
      ],
      [
        () =>
          droplake(['status', '--stage', 'dev'], { env: { ...env, AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' } }),
        'droplake: no AWS credentials',
        '  set AWS_PROFILE',
      ],
      [
        () => {
          answers['GET /lake-dev?list'] = () => {
            throw new Refused('NoSuchBucket', 'no', 404)
          }
          return ask('runs')
        },
        'droplake: bucket lake-dev is not there (NoSuchBucket)',
        '  npx sst deploy --stage dev makes it',
      ],
    ]
    for (const [run, what, mend] of cases) {
      const { code, stdout, stderr } = await run()
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
      const lines = stderr.trimEnd().split('\n')
      expect(lines).toHaveLength(2)
      expect(lines[0]).toContain(what)
      expect(lines[1]).toContain(mend)
    }
  })

  it('ends with 1 and one line when the outputs are another stage’s', async () => {
    const { code, stderr } = await droplake(['status', '--stage', 'prod'], { env })
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: `droplake: outputs are of stage dev, not prod; npx sst deploy --stage prod writes them (${outputs})\n`,
    })
  })

  it('doctor ends with 1 when a part of the stage is missing, with a line each', async () => {
    answers.GetWorkGroup = () => {
      throw new Refused('InvalidRequestException', 'WorkGroup is not found.')
    }
    const { code, stdout } = await ask('doctor')
    expect(code).toBe(1)
    expect(stdout).toMatch(/^ok +outputs +stage dev in us-east-1/m)
    expect(stdout).toMatch(
      /^fail +workgroup +droplake-dev-people is not there \(InvalidRequestException\)\n +mend npx sst deploy --stage dev/m,
    )
    expect(stdout).toMatch(/^fail +rule +not allowed: events:DescribeRule on droplake-dev-drops$/m)
  })
})
