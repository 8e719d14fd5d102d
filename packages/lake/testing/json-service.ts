import { scriptedServer } from './scripted-server.ts'

/** An error as AWS's JSON services answer it: `ThrottlingException` and so on. */
export class ServiceError extends Error {
  readonly status: number
  constructor(name: string, message: string, status = 400) {
    super(message)
    this.name = name
    this.status = status
  }
}

// biome-ignore lint/suspicious/noExplicitAny: what comes over the wire
export type Input = Record<string, any>

export interface JsonService {
  /** What an SDK client is made with to speak to it. */
  settings: object
  /** Actions in the order in which they came. */
  calls: string[]
  close(): Promise<void>
}

/** A service of AWS's JSON protocol in this process. */
export async function jsonService(
  handle: (action: string, input: Input) => Promise<object> | object,
): Promise<JsonService> {
  const calls: string[] = []
  const { settings, close } = await scriptedServer(async ({ headers, body }) => {
    const action = String(headers['x-amz-target']).split('.')[1] ?? ''
    calls.push(action)
    const type = { 'content-type': 'application/x-amz-json-1.1' }
    try {
      const answer = await handle(action, JSON.parse(Buffer.from(body, 'latin1').toString()))
      return { headers: type, body: JSON.stringify(answer) }
    } catch (error) {
      const { name, message, status = 500 } = error as ServiceError
      return { status, headers: type, body: JSON.stringify({ __type: name, message, Message: message }) }
    }
  })
  return { settings: { ...settings, maxAttempts: 3 }, calls, close }
}
