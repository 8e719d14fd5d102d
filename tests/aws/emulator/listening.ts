import { readdir, readFile, readlink } from 'node:fs/promises'

/**
 * Addresses beyond the loopback interface that a process group listens on, as `/proc/net/tcp` writes them. Only Linux tells;
 * elsewhere none are found.
 */
export async function openToOthers(groups: readonly number[]): Promise<string[]> {
  const sockets = new Set<string>()
  for (const pid of (await list('/proc')).filter((name) => /^\d+$/.test(name))) {
    const stat = await read(`/proc/${pid}/stat`)
    // pid (name) state parent group …; the name may hold anything.
    const group = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[2])
    if (!groups.includes(group)) continue
    for (const fd of await list(`/proc/${pid}/fd`)) sockets.add(await readlink(`/proc/${pid}/fd/${fd}`).catch(() => ''))
  }
  const found: string[] = []
  for (const table of ['tcp', 'tcp6'])
    for (const line of (await read(`/proc/net/${table}`)).split('\n').slice(1)) {
      const [, address = '', , state, , , , , , inode] = line.trim().split(/\s+/)
      if (state === listening && sockets.has(`socket:[${inode}]`) && !isLoopback(address)) found.push(address)
    }
  return found
}

const listening = '0A'

/** 127.0.0.0/8 with its bytes turned round, or that inside IPv6, or ::1. */
const isLoopback = (address: string) => /^([0-9A-F]{6}7F|0{16}FFFF0000[0-9A-F]{6}7F|0{24}01000000):/.test(address)

const list = (folder: string) => readdir(folder).catch(() => [])
const read = (file: string) => readFile(file, 'utf8').catch(() => '')
