import { randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { AthenaRefusal, operations } from './athena-shim-operations.ts'

export interface Athena {
  endpoint: string
  env: Record<string, string>
  stop(): Promise<void>
}

export interface AthenaOptions {
  /** Endpoint of Trino; asked for with the first query. */
  trino: () => Promise<string>
  /** Endpoint of the emulated AWS. */
  aws: string
}

/**
 * Athena's API in front of Trino: queries run there; what is not about queries goes on to the emulated AWS, which also keeps
 * the workgroups and the files of results.
 */
export async function startAthena({ trino, aws }: AthenaOptions): Promise<Athena> {
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' }
  const s3 = new S3Client({ endpoint: aws, region: 'us-east-1', credentials, forcePathStyle: true })

  async function forward(action: string, input: unknown): Promise<{ status: number; body: unknown }> {
    const response = await fetch(aws, {
      method: 'POST',
      body: JSON.stringify(input),
      headers: {
        'x-amz-target': `AmazonAthena.${action}`,
        'content-type': 'application/x-amz-json-1.1',
        authorization:
          'AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/athena/aws4_request, SignedHeaders=host, Signature=x',
      },
    })
    return { status: response.status, body: await response.json() }
  }

  const own = operations({
    trino,
    async outputOf(workgroup) {
      const { status, body } = await forward('GetWorkGroup', { WorkGroup: workgroup })
      if (status !== 200) throw new AthenaRefusal(`WorkGroup ${workgroup} is not found.`)
      const { Configuration = {} } =
        (body as { WorkGroup?: { Configuration?: WorkgroupConfiguration } }).WorkGroup ?? {}
      const location = Configuration.ResultConfiguration?.OutputLocation
      return { enforced: Configuration.EnforceWorkGroupConfiguration === true, ...(location ? { location } : {}) }
    },
    async save(uri, text) {
      const { host, pathname } = new URL(uri)
      await s3.send(new PutObjectCommand({ Bucket: host, Key: decodeURIComponent(pathname.slice(1)), Body: text }))
    },
  })

  const server = createServer(async (request, response) => {
    const action = String(request.headers['x-amz-target'] ?? '').split('.')[1] ?? ''
    const send = (status: number, body: unknown, headers: Record<string, string> = {}) => {
      response.writeHead(status, {
        'content-type': 'application/x-amz-json-1.1',
        'x-amzn-requestid': randomUUID(),
        ...headers,
      })
      response.end(JSON.stringify(body))
    }
    try {
      const input = (await json(request)) as Record<string, unknown>
      const handler = own[action]
      const { status, body } = handler
        ? { status: 200, body: await handler(input as never) }
        : await forward(action, input)
      send(status, body)
    } catch (error) {
      const isRefusal = error instanceof AthenaRefusal
      const type = isRefusal ? 'InvalidRequestException' : 'InternalServerException'
      const message = error instanceof Error ? error.message : String(error)
      const code = isRefusal ? { AthenaErrorCode: error.code } : {}
      send(isRefusal ? 400 : 500, { __type: type, message, Message: message, ...code }, { 'x-amzn-errortype': type })
    }
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    endpoint,
    env: { AWS_ENDPOINT_URL_ATHENA: endpoint },
    async stop() {
      s3.destroy()
      server.closeAllConnections()
      await new Promise((closed) => server.close(closed))
    },
  }
}

interface WorkgroupConfiguration {
  EnforceWorkGroupConfiguration?: boolean
  ResultConfiguration?: { OutputLocation?: string }
}
