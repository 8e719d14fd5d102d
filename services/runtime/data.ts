import { S3Client } from '@aws-sdk/client-s3'
import { clientSettings } from '@droplake/lake/aws-client'
import { systemClock } from '@droplake/lake/clock'
import { s3Store } from '@droplake/lake/s3-store'
import { type DataEffects, defaultSettings } from '@droplake/pipeline/effects'
import { datasets } from '#compiled'
import { environment } from './environment.ts'

const settleSeconds = environment.settleSeconds()
const mostUnpackedGb = environment.mostUnpackedGb()

/** What the services that move rows need: the bucket alone. */
export const data: DataEffects = {
  store: s3Store({ client: new S3Client(clientSettings), bucket: environment.bucket() }),
  clock: systemClock,
  datasets,
  settings: {
    ...defaultSettings,
    databasePrefix: environment.databasePrefix(),
    crawlPollSeconds: environment.crawlPollSeconds(),
    ...(settleSeconds === undefined ? {} : { settleSeconds }),
    ...(mostUnpackedGb === undefined ? {} : { mostUnpackedBytes: mostUnpackedGb * 2 ** 30 }),
  },
}
