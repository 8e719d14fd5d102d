/** What an AWS client was asked when an error came: an answer without a body does not say, and some messages neither. */
export interface Operation {
  /** As IAM writes it: `s3:HeadObject`. */
  action: string
  /** Bucket, ARN or name that it was about; '' where there is none. */
  target: string
}

const operations = new WeakMap<object, Operation>()

/** The operation that an error of a client comes from. */
export const operationOf = (error: object): Operation | undefined => operations.get(error)

interface Stack {
  add(
    middleware: (
      next: (args: never) => Promise<never>,
      context: { commandName?: string },
    ) => (args: never) => Promise<never>,
    options: { step: 'initialize'; name: string },
  ): void
}

/** Lets every error of the client tell its operation. `service` as IAM names it. */
export function nameOperation(client: { middlewareStack: unknown }, service: string): void {
  const stack = client.middlewareStack as Stack
  stack.add(
    (next, { commandName = '' }) =>
      async (args: never) => {
        try {
          return await next(args)
        } catch (error) {
          const { input } = args as { input?: Record<string, unknown> }
          const action = `${service}:${commandName.replace(/Command$/, '')}`
          if (typeof error === 'object' && error !== null) operations.set(error, { action, target: targetOf(input) })
          throw error
        }
      },
    { step: 'initialize', name: 'droplakeOperation' },
  )
}

const targets = ['stateMachineArn', 'executionArn', 'TopicArn', 'WorkGroup', 'DatabaseName', 'Name', 'Rule']

function targetOf(input: Record<string, unknown> = {}): string {
  const { Bucket, Key } = input
  if (typeof Bucket === 'string') return typeof Key === 'string' ? `s3://${Bucket}/${Key}` : `bucket ${Bucket}`
  return targets.map((name) => input[name]).find((value) => typeof value === 'string') ?? ''
}
