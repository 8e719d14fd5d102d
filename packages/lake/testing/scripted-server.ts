import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Seen {
  method: string
  path: string
  query: URLSearchParams
  headers: IncomingHttpHeaders
  body: string
}

export interface Reply {
  status?: number
  headers?: Record<string, string>
  body?: string
  /** Closes the connection after that many bytes of the body. */
  breakOffAfter?: number
}

/** What a client of the AWS SDK needs to speak to it. */
export interface ScriptedServer {
  settings: { endpoint: string; region: string; credentials: { accessKeyId: string; secretAccessKey: string } }
  /** In the order of arrival. */
  seen: Seen[]
  close(): Promise<void>
}

/** An HTTP server that answers what the test says: for what no emulator does. */
export async function scriptedServer(
  answer: (seen: Seen, at: number) => Reply | Promise<Reply>,
): Promise<ScriptedServer> {
  const seen: Seen[] = []
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://server')
    const { method = '', headers } = request
    const one = { method, path: pathname, query: searchParams, headers, body: Buffer.concat(chunks).toString('latin1') }
    const { status = 200, headers: given = {}, body = '', breakOffAfter } = await answer(one, seen.push(one) - 1)
    const length = given['content-length'] ?? String(Buffer.byteLength(body))
    response.writeHead(status, { ...given, 'content-length': length })
    if (breakOffAfter === undefined) response.end(method === 'HEAD' ? undefined : body)
    else response.write(body.slice(0, breakOffAfter), () => response.destroy())
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    settings: {
      endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      region: 'us-east-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    },
    seen,
    async close() {
      if (!server.listening) return
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
