import type { Effects } from './effects.ts'
import type { Holder } from './lake-state.ts'

/** One execution of the pipeline. Neither promise rejects. */
export interface Execution {
  /** What Admit answered; undefined when the execution ended before it could. */
  admitted: Promise<unknown>
  /** Settles when the execution ended, whichever way; a run's own error is in its report. */
  ended: Promise<{ output?: unknown; error?: Error }>
}

/** Where a lake lies and its pipeline runs: a folder and this process, or a deployed stage. */
export interface Place {
  fx: Effects
  /** Starts an execution of the pipeline, as EventBridge or a schedule would. */
  start(input: unknown): Execution
  /** Resolves when no execution of this process runs any more. */
  quiet(): Promise<void>
  close(): Promise<void>
  /** Set where runs are not this process's own. */
  remote?: Remote
}

/** A place whose bucket rings by itself for what is put under `raw/`, and whose runs go on without who started them. */
export interface Remote {
  bucket: string
  /** Milliseconds between two looks at the log. */
  pollMs: number
  /** Milliseconds that an event of the bucket, or the next run, may take before somebody here starts one. */
  bellMs: number
  /** The state that a run's execution is in; undefined when it tells none. */
  stateOf(holder: Holder): Promise<string | undefined>
}
