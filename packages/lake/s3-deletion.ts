import { DeleteObjectsCommand, type S3Client } from '@aws-sdk/client-s3'
import { retried } from './retried.ts'

/** Most keys that one request takes. */
const batchKeys = 1_000

interface Failure {
  Key?: string | undefined
  Code?: string | undefined
  Message?: string | undefined
}

/** Deletes the keys. S3 answers 200 also when it refused some of them: those that were busy are tried again, the others thrown. */
export async function s3Delete(client: Pick<S3Client, 'send'>, bucket: string, keys: readonly string[]): Promise<void> {
  for (let start = 0; start < keys.length; start += batchKeys) {
    let left: readonly string[] = keys.slice(start, start + batchKeys)
    await retried(
      async () => {
        const Objects = left.map((Key) => ({ Key }))
        const { Errors: failures = [] } = await client.send(
          new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects, Quiet: true } }),
        )
        left = failures.flatMap(({ Key }) => Key ?? [])
        if (failures.length > 0) throw new NotDeleted(bucket, failures)
      },
      { attempts: 5, again: (error) => error instanceof NotDeleted && error.isPassing },
    )
  }
}

class NotDeleted extends Error {
  override readonly name = 'NotDeleted'
  readonly isPassing: boolean
  constructor(bucket: string, failures: readonly Failure[]) {
    const shown = failures.slice(0, 10).map(({ Key, Code, Message }) => `${Key} (${Code}: ${Message})`)
    const more = failures.length > shown.length ? `, and ${failures.length - shown.length} more` : ''
    super(`object store: S3 did not delete from ${bucket}: ${shown.join(', ')}${more}`)
    this.isPassing = failures.every(({ Code }) => passing.has(Code ?? ''))
  }
}

const passing = new Set(['InternalError', 'SlowDown', 'ServiceUnavailable', 'OperationAborted'])
