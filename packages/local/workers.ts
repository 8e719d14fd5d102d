import { Worker } from 'node:worker_threads'
import type { DataService } from './handlers.ts'
import type { WorkerAnswer, WorkerData, WorkerTask } from './worker.ts'

export interface WorkerPool {
  /** Ends the threads that have nothing to do, and gives their memory back. */
  relieve(): Promise<void>
  run(service: DataService, event: unknown): Promise<unknown>
  close(): Promise<void>
}

interface Job {
  task: WorkerTask
  resolve: (result: unknown) => void
  reject: (error: Error) => void
}

const idleMs = 300

/**
 * A thread's heap: what an item needs at the default sizes is a quarter of it. V8 lets a heap grow far before it collects,
 * so the limit is what keeps the process small.
 */
const resourceLimits = { maxYoungGenerationSizeMb: 8, maxOldGenerationSizeMb: 128 }

/** Threads that take one task at a time; a thread that dies fails its task only, and is replaced by the next one. Idle threads end. */
export function workerPool(size: number, data: WorkerData): WorkerPool {
  const idle: Worker[] = []
  const all = new Set<Worker>()
  const queue: Job[] = []
  const busy = new Map<Worker, Job>()
  let tasks = 0

  let resting: NodeJS.Timeout | undefined
  const rest = () => {
    clearTimeout(resting)
    resting = setTimeout(() => void relieve(), idleMs).unref()
    for (const worker of idle) worker.unref()
  }
  const relieve = async () => {
    const ending = [...idle]
    idle.length = 0
    for (const worker of ending) all.delete(worker)
    await Promise.all(ending.map((worker) => worker.terminate()))
  }

  const spawn = () => {
    const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData: data, resourceLimits })
    all.add(worker)
    const lose = (error: Error) => {
      all.delete(worker)
      const at = idle.indexOf(worker)
      if (at >= 0) idle.splice(at, 1)
      busy.get(worker)?.reject(error)
      busy.delete(worker)
      next()
    }
    worker.on('message', (answer: WorkerAnswer) => {
      const job = busy.get(worker)
      busy.delete(worker)
      idle.push(worker)
      if (busy.size === 0 && queue.length === 0) rest()
      if (job && 'result' in answer) job.resolve(answer.result)
      else if (job && 'error' in answer) job.reject(Object.assign(new Error(answer.error.message), answer.error))
      next()
    })
    worker.on('error', (error: Error) => lose(error))
    worker.on('exit', (code) => all.has(worker) && lose(new Error(`worker: the thread ended with code ${code}`)))
    return worker
  }

  const next = () => {
    while (queue.length > 0) {
      const worker = idle.pop() ?? (all.size < size ? spawn() : undefined)
      if (!worker) return
      const job = queue.shift() as Job
      clearTimeout(resting)
      busy.set(worker, job)
      worker.ref()
      worker.postMessage(job.task)
    }
  }

  return {
    relieve,
    run(service, event) {
      return new Promise((resolve, reject) => {
        queue.push({ task: { id: tasks++, service, event }, resolve, reject })
        next()
      })
    },
    async close() {
      clearTimeout(resting)
      const workers = [...all]
      all.clear()
      for (const { reject } of [...queue.splice(0), ...busy.values()]) reject(new Error('worker: the pool was closed'))
      busy.clear()
      await Promise.all(workers.map((worker) => worker.terminate()))
    },
  }
}
