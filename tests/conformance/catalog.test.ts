import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileCatalog } from '@droplake/lake/file-catalog'
import { fileStore } from '@droplake/lake/file-store'
import { memoryStore } from '@droplake/lake/memory-store'
import { describeCatalog } from './catalog.ts'

describeCatalog('objects in memory', async () => {
  const store = memoryStore()
  return { catalog: fileCatalog(store), another: () => fileCatalog(store) }
})

describeCatalog('objects in a folder', async () => {
  const root = await mkdtemp(join(tmpdir(), 'lake-'))
  const store = fileStore(root, { sync: false })
  return { catalog: fileCatalog(store), another: () => fileCatalog(store), close: () => rm(root, { recursive: true }) }
})
