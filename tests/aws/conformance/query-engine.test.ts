import { CreateWorkGroupCommand, GetQueryExecutionCommand, StartQueryExecutionCommand } from '@aws-sdk/client-athena'
import { athenaEngine } from '@droplake/lake/athena-engine'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { describeQueryEngine } from '../../conformance/query-engine.ts'
import { type AwsDrivers, awsDrivers } from '../drivers.ts'

describeQueryEngine('Athena', async () => {
  const drivers = await awsDrivers({ bucket: 'query-engine-suite', datasets: ['suite'] })
  return { ...drivers, givesParts: false, showsCreated: false }
})

describe('Athena', () => {
  const bucket = 'athena-suite'
  let aws: AwsDrivers
  beforeAll(async () => {
    aws = await awsDrivers({ bucket, datasets: ['limits'] })
  })
  afterAll(() => aws?.close())

  test('gives more rows than a page holds, each once and in order', async () => {
    const { rows } = await aws.engine.run('select n from unnest(sequence(1, 2500)) as t(n) order by n')
    expect(rows.flat()).toEqual(Array.from({ length: 2_500 }, (_, i) => i + 1))
  })

  test('refuses a statement of more than 262,144 bytes', async () => {
    const statement = (bytes: number) => `select '${'x'.repeat(bytes - "select ''".length)}' is null`.slice(0, bytes)
    await expect(aws.engine.run(statement(262_145))).rejects.toMatchObject({
      kind: 'user',
      message: expect.stringContaining('maximum query length'),
    })
    expect((await aws.engine.run(statement(262_144))).rows).toHaveLength(1)
  })

  test('runs a statement once for a token, whatever happens to the reply', async () => {
    const start = (text: string) => {
      const ClientRequestToken = 'one-and-the-same-token-of-32-characters'
      return aws.athena.send(
        new StartQueryExecutionCommand({ QueryString: text, WorkGroup: bucket, ClientRequestToken }),
      )
    }
    const [first, second] = [await start('select 1'), await start('select 1')]
    expect(second.QueryExecutionId).toBe(first.QueryExecutionId)
    await expect(start('select 2')).rejects.toMatchObject({ name: 'InvalidRequestException' })
  })

  test('puts results where the workgroup says, and refuses other places where the workgroup insists', async () => {
    const ResultConfiguration = { OutputLocation: `s3://${bucket}/insisted/` }
    const Configuration = { ResultConfiguration, EnforceWorkGroupConfiguration: true }
    await aws.athena.send(new CreateWorkGroupCommand({ Name: 'insisting', Configuration }))
    const { QueryExecutionId } = await aws.athena.send(
      new StartQueryExecutionCommand({
        QueryString: 'select 1',
        WorkGroup: 'insisting',
        ResultConfiguration: { OutputLocation: `s3://${bucket}/elsewhere/` },
      }),
    )
    const { QueryExecution } = await aws.athena.send(new GetQueryExecutionCommand({ QueryExecutionId }))
    expect(QueryExecution?.ResultConfiguration?.OutputLocation).toBe(`s3://${bucket}/insisted/${QueryExecutionId}.csv`)
    const engine = athenaEngine({ client: aws.athena, workgroup: 'insisting', database: 'limits_build' })
    const create = `create table limits_build.t with (format = 'PARQUET', external_location = 's3://${bucket}/t/') as select 1 as a`
    await expect(engine.run(create)).rejects.toMatchObject({
      kind: 'user',
      message: expect.stringContaining('external_location'),
    })
    expect(await aws.engine.run(create)).toMatchObject({ rows: [] })
  })
})
