import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CreateTableCommand, DeleteTableCommand, GetCrawlerCommand, GlueClient } from '@aws-sdk/client-glue'
import type { ObjectStore } from '@droplake/lake/object-store'
import { sniffCsv, sniffedBytes } from '@droplake/lake/sniff-csv'
import type { Fault } from './fault-proxy.ts'

/**
 * MiniStack's crawlers run and end, and infer nothing. This does the inferring when one is started: every CSV file under its
 * targets becomes a table named after the file, as Glue's crawler makes of a folder whose files differ.
 */
export const inferring =
  (store: ObjectStore, endpoint: string): Fault =>
  async ({ action, input }, ask) => {
    if (action !== 'StartCrawler') return undefined
    const answer = await ask()
    if (answer.status === 200) await infer(store, new GlueClient({ endpoint }), String(input.Name))
    return answer
  }

async function infer(store: ObjectStore, client: GlueClient, Name: string): Promise<void> {
  const { Crawler } = await client.send(new GetCrawlerCommand({ Name }))
  const DatabaseName = Crawler?.DatabaseName ?? ''
  const folder = await mkdtemp(join(tmpdir(), 'droplake-crawl-'))
  try {
    for (const { Path = '' } of Crawler?.Targets?.S3Targets ?? [])
      for await (const { key } of store.list(new URL(Path).pathname.slice(1))) {
        const [columns] = await sniffCsv(head(store, key), folder)
        if (!columns) continue
        const table = (key.split('/').at(-1) ?? '').toLowerCase().replace(/[^a-z0-9]+/g, '_')
        await client.send(new DeleteTableCommand({ DatabaseName, Name: table })).catch(() => {})
        const Columns = columns.map(({ name, type }) => ({ Name: name.toLowerCase(), Type: type }))
        const TableInput = { Name: table, StorageDescriptor: { Location: store.locate(key), Columns } }
        await client.send(new CreateTableCommand({ DatabaseName, TableInput }))
      }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function* head(store: ObjectStore, key: string) {
  yield await store.read(key, { range: { start: 0, end: sniffedBytes } })
}
