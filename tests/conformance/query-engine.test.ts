import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { duckdbEngine } from '@droplake/lake/duckdb-engine'
import { fileCatalog } from '@droplake/lake/file-catalog'
import { fileStore } from '@droplake/lake/file-store'
import { describeQueryEngine } from './query-engine.ts'

describeQueryEngine('DuckDB', async () => {
  const root = await mkdtemp(join(tmpdir(), "lake's [1] "))
  const store = fileStore(join(root, 'lake'), { sync: false })
  const catalog = fileCatalog(store)
  const engine = duckdbEngine({ store, catalog, tempFolder: join(root, 'spill'), sync: false })
  return { engine, store, catalog, givesParts: true, showsCreated: true, close: () => rm(root, { recursive: true }) }
})
