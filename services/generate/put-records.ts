import { type KinesisClient, PutRecordsCommand } from '@aws-sdk/client-kinesis'
import { retried } from '@droplake/lake/retried'

/** Records of one request; at most 5 MiB as well, which 64 KiB each keep to. */
const batchRecords = 64

/**
 * Puts every record into the stream, spread over its shards. Kinesis answers 200 also when it refused some: those are sent
 * again, and thrown as `RecordsRefused` after ten attempts.
 */
export async function putRecords(client: KinesisClient, stream: string, records: readonly Uint8Array[]): Promise<void> {
  const entries = records.map((Data, n) => ({ Data, PartitionKey: String(n) }))
  for (let start = 0; start < entries.length; start += batchRecords) {
    let left = entries.slice(start, start + batchRecords)
    await retried(
      async () => {
        const { Records = [] } = await client.send(new PutRecordsCommand({ StreamName: stream, Records: left }))
        const refused = left.filter((_, n) => Records[n]?.ErrorCode !== undefined)
        const reason = Records.find(({ ErrorCode }) => ErrorCode !== undefined)?.ErrorCode
        left = refused
        if (refused.length > 0) throw new RecordsRefused(stream, refused.length, String(reason))
      },
      { attempts: 10, again: (error) => error instanceof RecordsRefused },
    )
  }
}

class RecordsRefused extends Error {
  override readonly name = 'RecordsRefused'
  constructor(stream: string, count: number, reason: string) {
    super(`stream: ${stream} refused ${count} records, the first with ${reason}; generate fewer events at a time`)
  }
}
