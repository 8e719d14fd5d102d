import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { CreateFunctionCommand, type LambdaClient } from '@aws-sdk/client-lambda'
import { zip } from '@droplake/columnar/testing-zip'
import { fromBufferPromise } from 'yauzl'
import type { DeployedFunction } from '../../stacks/graph.ts'

/**
 * Creates a function from the zip of the graph, and publishes its version. The zip is what AWS would get, with two files
 * beside it: the runtime that AWS has of its own.
 */
export async function createFunction(
  client: LambdaClient,
  of: DeployedFunction,
  environment: Record<string, string>,
): Promise<{ versionArn: string }> {
  const runtime = await readFile(join(import.meta.dirname, 'lambda-runtime.mjs'))
  const bootstrap = `#!/bin/sh\nexec '${process.execPath}' "$LAMBDA_TASK_ROOT/lambda-runtime.mjs"\n`
  const files = {
    ...(await unzip(typeof of.zip === 'string' ? of.zip : `.cache/stacks/dev/artifacts/Service${of.service}/code.zip`)),
    'lambda-runtime.mjs': runtime,
    bootstrap: Buffer.from(bootstrap),
  }
  const created = await client.send(
    new CreateFunctionCommand({
      FunctionName: of.name,
      Runtime: 'provided.al2023',
      Role: of.role,
      Handler: of.handler,
      Timeout: of.timeout,
      MemorySize: of.memory,
      Environment: { Variables: environment },
      Code: { ZipFile: zip(files) },
      Publish: true,
    }),
  )
  const arn = created.FunctionArn ?? ''
  return { versionArn: /:\d+$/.test(arn) ? arn : `${arn}:${created.Version}` }
}

async function unzip(path: string): Promise<Record<string, Uint8Array>> {
  const archive = await fromBufferPromise(await readFile(path))
  const files: Record<string, Uint8Array> = {}
  for await (const entry of archive.eachEntry())
    if (!entry.fileName.endsWith('/')) files[entry.fileName] = await buffer(await archive.openReadStreamPromise(entry))
  return files
}
