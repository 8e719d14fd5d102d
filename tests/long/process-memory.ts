import { readdirSync, readFileSync } from 'node:fs'

const read = (path: string) => {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

const kib = (status: string, field: string) => Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0)

/** Ids of a process and of everything that it started, by what the system says now. */
function tree(root: number): number[] {
  const children = new Map<number, number[]>()
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    const parent = Number(/^PPid:\s+(\d+)/m.exec(read(`/proc/${name}/status`))?.[1] ?? -1)
    children.set(parent, [...(children.get(parent) ?? []), Number(name)])
  }
  const found = [root]
  for (const pid of found) found.push(...(children.get(pid) ?? []))
  return found
}

/**
 * Follows the memory of a process and its children, on Linux. `stop` returns MiB: `peak`, the greatest sum of resident
 * memory that was seen or the sum of the processes' own high-water marks, and its parts at the moment of the greatest.
 */
export function followMemory(root: number): { stop(): { peak: number; anonymous: number; file: number } } {
  /** High-water mark of each process, kept after its end. */
  const marks = new Map<number, number>()
  let greatest = 0
  let anonymous = 0
  let file = 0
  const look = () => {
    let resident = 0
    let parts = [0, 0]
    for (const pid of tree(root)) {
      const status = read(`/proc/${pid}/status`)
      marks.set(pid, Math.max(marks.get(pid) ?? 0, kib(status, 'VmHWM')))
      resident += kib(status, 'VmRSS')
      parts = [parts[0]! + kib(status, 'RssAnon'), parts[1]! + kib(status, 'RssFile')]
    }
    if (resident > greatest) {
      greatest = resident
      ;[anonymous = 0, file = 0] = parts
    }
  }
  look()
  const timer = setInterval(look, 50)
  return {
    stop() {
      look()
      clearInterval(timer)
      const peak = Math.max(
        greatest,
        [...marks.values()].reduce((sum, mark) => sum + mark, 0),
      )
      const mib = (value: number) => Math.round(value / 1024)
      return { peak: mib(peak), anonymous: mib(anonymous), file: mib(file) }
    },
  }
}
