/// <reference path="../.sst/platform/config.d.ts" />
import { key } from './key.ts'
import { serviceRole } from './policy.ts'
import { arnOf, type DeployedDataset, databasePrefix, datasets, named, settings } from './stage.ts'
import { lake, objects } from './storage.ts'

export const zones = ['raw', 'cleaned', 'enriched', 'build', 'curated'] as const
export type Zone = (typeof zones)[number]
export const databaseName = (dataset: string, zone: Zone) => `${databasePrefix}${dataset}_${zone}`

export const databases = datasets.flatMap(({ name: dataset }) =>
  zones.map(
    (zone) =>
      new aws.glue.CatalogDatabase(
        `Database${dataset}${zone}`,
        {
          name: databaseName(dataset, zone),
          description: `droplake: ${zone} tables of ${dataset}`,
          locationUri: $interpolate`s3://${lake.name}/${zone === 'build' ? 'curated' : zone}/${dataset}/`,
        },
        { retainOnDelete: settings.protected },
      ),
  ),
)

/** Tables and databases of these zones, as IAM names them; the catalog itself stands in every request. */
export const glueResources = (of: readonly Zone[], names = datasets.map(({ name }) => name)) => [
  arnOf('glue', 'catalog'),
  ...names.flatMap((dataset) =>
    of.flatMap((zone) => [
      arnOf('glue', `database/${databaseName(dataset, zone)}`),
      arnOf('glue', `table/${databaseName(dataset, zone)}/*`),
    ]),
  ),
]

/** Without it a file of texts only loses its header to `col1, col2`, and quoted commas split cells. */
const classifier = new aws.glue.Classifier('Csv', {
  name: named('csv', 255),
  csvClassifier: { containsHeader: 'PRESENT', delimiter: ',', quoteSymbol: '"', serde: 'OpenCSVSerDe' },
})

/** Writes what it infers into the raw database and nowhere else; the bucket it only reads. */
const crawlerRole = ({ name, rawFolders }: DeployedDataset) =>
  serviceRole(`crawl-${name}`, 'glue.amazonaws.com', [
    { actions: ['s3:GetObject'], resources: rawFolders.map((folder) => objects(`raw/${folder}/`)) },
    { actions: ['s3:ListBucket', 's3:GetBucketLocation'], resources: [lake.arn] },
    ...(settings.encryption === 'kms' ? [{ actions: ['kms:Decrypt'], resources: [key.arn] }] : []),
    {
      actions: [
        ...['glue:GetDatabase', 'glue:GetTable', 'glue:GetTables', 'glue:CreateTable', 'glue:UpdateTable'],
        ...['glue:GetPartition', 'glue:GetPartitions', 'glue:BatchGetPartition', 'glue:BatchCreatePartition'],
        ...['glue:UpdatePartition', 'glue:BatchUpdatePartition'],
      ],
      resources: glueResources(['raw'], [name]),
    },
    { actions: ['glue:GetClassifier'], resources: ['*'] },
    {
      actions: ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'],
      resources: [arnOf('logs', 'log-group:/aws-glue/crawlers'), arnOf('logs', 'log-group:/aws-glue/crawlers:*')],
    },
  ])

/** Started by the pipeline when a source has a new shape; it adds what it finds and never deletes. */
export const crawlers = datasets.map((dataset) => {
  const name = databaseName(dataset.name, 'raw')
  return new aws.glue.Crawler(
    `Crawler${dataset.name}`,
    {
      name,
      databaseName: name,
      role: crawlerRole(dataset).arn,
      classifiers: [classifier.name],
      s3Targets: dataset.rawFolders.map((folder) => ({ path: $interpolate`s3://${lake.name}/raw/${folder}/` })),
      schemaChangePolicy: { updateBehavior: 'UPDATE_IN_DATABASE', deleteBehavior: 'LOG' },
      recrawlPolicy: { recrawlBehavior: 'CRAWL_EVERYTHING' },
    },
    { dependsOn: databases },
  )
})
