import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'

/** An answer of a service: a JSON value, an XML text, or an error that is thrown as one of AWS's. */
export type Answer = (input: Record<string, unknown>) => unknown

/** A refusal as the services send them. `name: ''` sends no body, as HEAD does. */
export class Refused extends Error {
  readonly status: number
  override readonly name: string
  constructor(name: string, message = '', status = 400) {
    super(message)
    this.name = name
    this.status = status
  }
}

/** An answer that is in its headers. */
export class Headers {
  readonly headers: Record<string, string>
  constructor(headers: Record<string, string>) {
    this.headers = headers
  }
}

export interface AwsServer {
  endpoint: string
  /** What was asked, in order. */
  asked: string[]
  close(): Promise<void>
}

/**
 * Speaks the protocols of Step Functions, Glue, Athena and EventBridge (`DescribeExecution`), of SNS
 * (`ListSubscriptionsByTopic`, answered in XML) and of S3 (`GET /bucket?versioning`). What has no answer is refused as denied.
 */
export async function startAws(answers: Record<string, Answer>): Promise<AwsServer> {
  const asked: string[] = []
  const server = createServer(async (request, response) => {
    const { operation, input, isXml } = await read(request)
    asked.push(operation)
    try {
      const answer = answers[operation]
      if (!answer) throw new Refused('AccessDenied', `no answer to ${operation}`, 403)
      const body = await answer(input)
      if (body instanceof Headers) {
        response.writeHead(200, body.headers).end()
        return
      }
      response.end(typeof body === 'string' ? body : isXml ? '' : JSON.stringify(body))
    } catch (error) {
      const { name, message, status } =
        error instanceof Refused ? error : new Refused('InternalFailure', `${error}`, 400)
      response.writeHead(status)
      if (isXml)
        response.end(`<ErrorResponse><Error><Code>${name}</Code><Message>${message}</Message></Error></ErrorResponse>`)
      else response.end(JSON.stringify({ __type: name, message }))
    }
  })
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  const { port } = server.address() as AddressInfo
  return {
    endpoint: `http://127.0.0.1:${port}`,
    asked,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed())
        server.closeAllConnections()
      }),
  }
}

async function read(request: IncomingMessage) {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const body = Buffer.concat(chunks).toString('utf8')
  const target = request.headers['x-amz-target']
  if (typeof target === 'string')
    return { operation: target.split('.').at(-1) ?? '', input: JSON.parse(body || '{}'), isXml: false }
  if (request.headers['content-type']?.includes('form-urlencoded')) {
    const input = Object.fromEntries(new URLSearchParams(body))
    return { operation: input.Action ?? '', input, isXml: true }
  }
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost')
  const parts = [...searchParams.keys()].filter((name) => name !== 'x-id')
  const query = parts.includes('list-type') ? '?list' : parts.length > 0 ? `?${parts.join('&')}` : ''
  return {
    operation: `${request.method} ${pathname.replace(/\/$/, '')}${query}`,
    input: Object.fromEntries(searchParams),
    isXml: true,
  }
}
