import { S3Client } from '@aws-sdk/client-s3'
import { onTestFinished } from 'vitest'
import { clientSettings } from '../aws-client.ts'
import type { ObjectStore } from '../object-store.ts'
import { s3Store } from '../s3-store.ts'
import { type Reply, type Seen, scriptedServer } from './scripted-server.ts'

/** The bucket `lake` as store, its answers given by the test. `operations` names the requests, `PUT ?partNumber=1&uploadId=u`. */
export async function scriptedS3(
  answer: (seen: Seen, at: number) => Reply | Promise<Reply>,
): Promise<{ store: ObjectStore; seen: Seen[]; operations(): string[]; close(): Promise<void> }> {
  const server = await scriptedServer(answer)
  const client = new S3Client({ ...clientSettings, ...server.settings })
  const close = async () => {
    client.destroy()
    await server.close()
  }
  onTestFinished(close)
  return {
    store: s3Store({ client, bucket: 'lake' }),
    seen: server.seen,
    operations: () => server.seen.map(operation),
    close,
  }
}

function operation({ method, query }: Seen): string {
  query.delete('x-id')
  return query.size > 0 ? `${method} ?${query}`.replace(/=(?=&|$)/g, '') : method
}

/** A success of a request that writes. */
export const stored = (version = 'v1'): Reply => ({ headers: { etag: '"e1"', 'x-amz-version-id': version } })

export const s3Error = (status: number, code: string): Reply => ({
  status,
  body: `<Error><Code>${code}</Code><Message>as scripted</Message></Error>`,
})

export const xml = (body: string): Reply => ({ body: `<?xml version="1.0" encoding="UTF-8"?>${body}` })
