import { execFileSync } from 'node:child_process'
import { readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'
import type { Holder } from '@droplake/pipeline/lake-state'

/** Executions that run in this process. */
const running = new Set<string>()

export const started = (execution: string) => void running.add(execution)
export const ended = (execution: string) => void running.delete(execution)

const read = (path: string) => {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch {
    return ''
  }
}

/** Differs after every boot where the system tells; a pid alone comes again. */
const boot = () => read('/proc/sys/kernel/random/boot_id')

/** '' where the system has none. */
function pidNamespace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid')
  } catch {
    return ''
  }
}

/** When the process began; '' when there is no such process, or only what its parent has not yet taken notice of. */
function startOf(pid: number): string {
  const stat = read(`/proc/${pid}/stat`)
  if (stat !== '') {
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return isOver(fields[0]) ? '' : (fields[19] ?? '')
  }
  try {
    const told = execFileSync('ps', ['-o', 'stat=', '-o', 'lstart=', '-p', String(pid)], {
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    const [state, ...start] = told.toString().trim().split(/\s+/)
    return isOver(state) ? '' : start.join(' ')
  } catch {
    return ''
  }
}

const isOver = (state = '') => /^[ZXx]/.test(state)

export const localHolder = (execution: string): Holder => ({
  kind: 'local',
  host: hostname(),
  boot: boot(),
  pidNamespace: pidNamespace(),
  pid: process.pid,
  started: startOf(process.pid),
  execution,
})

/**
 * Whether the process behind a run can still write. A holder on another machine, or in another container, counts as alive:
 * nobody here can tell. The boot tells the machine, whatever its host name is by now.
 */
export async function localAlive(holder: Holder): Promise<boolean> {
  if (holder.kind !== 'local') return true
  const here = boot()
  if (here === '' || holder.boot !== here) {
    if (holder.host !== hostname()) return true
    if (holder.boot !== here) return false
  }
  if (holder.pidNamespace !== undefined && holder.pidNamespace !== pidNamespace()) return true
  const start = startOf(holder.pid)
  if (start === '' || start !== holder.started) return false
  return holder.pid !== process.pid || running.has(holder.execution)
}
