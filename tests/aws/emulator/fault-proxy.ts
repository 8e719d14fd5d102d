import { createServer, type IncomingHttpHeaders, request } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A call of an AWS JSON service, and its answer. */
export interface Call {
  /** `GetTable` */
  action: string
  input: Record<string, unknown>
}

export interface Answer {
  status: number
  body: Record<string, unknown>
}

/** Answers in the service's place, or changes what it answered; undefined leaves it alone. */
export type Fault = (call: Call, ask: () => Promise<Answer>) => Promise<Answer | undefined>

/** An error as AWS JSON services give it. */
export const refusal = (type: string, message: string): Answer => ({
  status: 400,
  body: { __type: type, message, Message: message },
})

/**
 * Stands between the product and one emulated service, on the loopback interface. `calls` counts by action what went
 * through; `faults` are asked in order.
 */
export async function startFaultProxy(upstream: string) {
  const calls = new Map<string, number>()
  const faults: Fault[] = []
  const target = new URL(upstream)

  const ask = (headers: IncomingHttpHeaders, body: Buffer) =>
    new Promise<Answer>((resolve, reject) => {
      const { host: _, connection: __, 'transfer-encoding': ___, ...kept } = headers
      const asked = request(
        { host: target.hostname, port: target.port, method: 'POST', path: '/', headers: kept },
        (answer) => {
          const chunks: Buffer[] = []
          answer.on('data', (chunk: Buffer) => chunks.push(chunk))
          answer.on('end', () => {
            const text = Buffer.concat(chunks).toString()
            resolve({ status: answer.statusCode ?? 500, body: text === '' ? {} : JSON.parse(text) })
          })
        },
      )
      asked.on('error', reject)
      asked.end(body)
    })

  const server = createServer(async (incoming, outgoing) => {
    const chunks: Buffer[] = []
    for await (const chunk of incoming) chunks.push(chunk as Buffer)
    const bytes = Buffer.concat(chunks)
    const action =
      String(incoming.headers['x-amz-target'] ?? '')
        .split('.')
        .at(-1) ?? ''
    calls.set(action, (calls.get(action) ?? 0) + 1)
    const call = { action, input: JSON.parse(bytes.toString() || '{}') }
    const upstreamAnswer = () => ask(incoming.headers, bytes)
    try {
      let answer: Answer | undefined
      for (const fault of [...faults]) answer ??= await fault(call, upstreamAnswer)
      answer ??= await upstreamAnswer()
      outgoing.writeHead(answer.status, {
        'content-type': 'application/x-amz-json-1.1',
        ...(answer.status >= 400 ? { 'x-amzn-errortype': String(answer.body.__type ?? '') } : {}),
      })
      outgoing.end(JSON.stringify(answer.body))
    } catch (error) {
      outgoing.writeHead(502).end(String(error))
    }
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const { port } = server.address() as AddressInfo
  return {
    endpoint: `http://127.0.0.1:${port}`,
    calls,
    faults,
    async stop() {
      server.closeAllConnections()
      await new Promise((closed) => server.close(closed))
    },
  }
}

/** The fault, for the first `times` calls that it answers. */
export function first(times: number, fault: Fault): Fault {
  let left = times
  return async (call, ask) => {
    if (left === 0) return undefined
    const answer = await fault(call, ask)
    if (answer) left -= 1
    return answer
  }
}
