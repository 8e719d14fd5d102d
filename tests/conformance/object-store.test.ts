import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileStore } from '@droplake/lake/file-store'
import { memoryStore } from '@droplake/lake/memory-store'
import { describeObjectStore } from './object-store.ts'

describeObjectStore('memory', async () => ({ store: memoryStore() }))

describeObjectStore('a folder', async () => {
  const root = await mkdtemp(join(tmpdir(), 'lake-'))
  return { store: fileStore(root, { sync: false }), close: () => rm(root, { recursive: true }) }
})
