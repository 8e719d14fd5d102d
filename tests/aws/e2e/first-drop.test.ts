import { createReadStream } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { generateOlistWithClickstream } from '@droplake/generator/registry'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { temporaryFolder } from '../../e2e/shop.ts'
import { openStage, type Stage } from './stage.ts'

let stage: Stage
beforeAll(async () => {
  stage = await openStage()
}, 120_000)
afterAll(() => stage?.close())

test('files that are put become published tables', async () => {
  using folder = temporaryFolder()
  await generateOlistWithClickstream(folder.path, { seed: 1, orders: 60, defects: 0.05 })
  for (const name of await readdir(folder.path))
    await new S3Client().send(
      new PutObjectCommand({
        Bucket: stage.bucket,
        Key: `raw/olist/${name}`,
        Body: createReadStream(join(folder.path, name)),
      }),
    )
  const state = await stage.quiet({ timeoutMs: 90_000 })
  console.log(state.ended, Object.keys(state.models))
  const run = state.ended.at(-1)?.run ?? ''
  console.log(JSON.stringify(await stage.report(run), null, 1).slice(0, 3000))
  for (const one of await stage.rules.executions())
    console.log((await stage.execution(one.arn)).status, (await stage.execution(one.arn)).output)
  expect(state.ended.at(-1)?.status).toBe('published')
}, 400_000)
