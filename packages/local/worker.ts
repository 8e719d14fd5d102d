import { parentPort, workerData } from 'node:worker_threads'
import { loadContracts } from '@droplake/contracts/registry'
import { fileStore } from '@droplake/lake/file-store'
import { publicError, wholeError } from '@droplake/pipeline/public-text'
import { type DataService, dataHandlers } from './handlers.ts'

/** What a worker is told at its start. */
export interface WorkerData {
  folder: string
  datasetFolders: string[]
  settings: import('@droplake/pipeline/effects').Settings
  sync: boolean
}

export interface WorkerTask {
  id: number
  service: DataService
  event: unknown
}

export type WorkerAnswer =
  | { id: number; result: unknown }
  | { id: number; error: { name: string; message: string; stack: string | undefined; whole: string } }

const { folder, datasetFolders, settings, sync } = workerData as WorkerData
const handlers = dataHandlers({
  store: fileStore(folder, { sync }),
  clock: { now: () => Date.now() },
  datasets: await loadContracts(datasetFolders),
  settings,
})

parentPort?.on('message', async ({ id, service, event }: WorkerTask) => {
  let answer: WorkerAnswer
  try {
    answer = { id, result: await handlers[service](event) }
  } catch (thrown) {
    const { name, message, stack } = publicError(thrown)
    answer = { id, error: { name, message, stack, whole: wholeError(thrown) } }
  }
  parentPort?.postMessage(answer)
})
