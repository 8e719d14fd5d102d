import { mkdirSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { bundleHandler } from './bundle.ts'

interface BuildInput {
  functionID: string
  handler: string
  properties?: { minify?: boolean }
}

/** SST's CLI as far as a program calls it: it bundles functions, and knows the bucket for their zips. */
export async function startServer(work: string): Promise<{ url: string; close(): void }> {
  const methods: Record<string, (input: never) => unknown> = {
    'Provider.Aws.Bootstrap': () => ({ asset: 'sst-asset-bucket', state: 'sst-state-bucket' }),
    'Runtime.Build': async ({ functionID, handler, properties }: BuildInput) => {
      const out = join(work, 'artifacts', `${functionID}-src`)
      rmSync(out, { recursive: true, force: true })
      mkdirSync(out, { recursive: true })
      return bundleHandler({ handler, out, minify: properties?.minify ?? true })
    },
  }
  const server = createServer(async (request, response) => {
    const { method, params } = JSON.parse(await text(request)) as { method: string; params: never[] }
    const answer = await Promise.resolve()
      .then(() => {
        const call = methods[method]
        if (!call) throw new Error(`rpc: can't find method ${method}`)
        return call(params[0] as never)
      })
      .then(
        (result) => ({ result }),
        (error: Error) => ({ error: error.message }),
      )
    response.end(JSON.stringify(answer))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => server.closeAllConnections(),
  }
}
