import { spawn } from 'node:child_process'
import { hostname } from 'node:os'
import type { Holder } from '@droplake/pipeline/lake-state'
import { afterEach, describe, expect, test } from 'vitest'
import { ended, localAlive, localHolder, started } from './holder.ts'

type Local = Extract<Holder, { kind: 'local' }>
const own = (execution = 'e1') => localHolder(execution) as Local
afterEach(() => ended('e1'))

describe('an execution of this process', () => {
  test('lives from its start to its end, though the process lives on', async () => {
    expect(await localAlive(own())).toBe(false)
    started('e1')
    expect(await localAlive(own())).toBe(true)
    expect(await localAlive(own('e2'))).toBe(false)
    ended('e1')
    expect(await localAlive(own())).toBe(false)
  })

  test('is named so that another process can tell it', () => {
    expect(own()).toMatchObject({ kind: 'local', host: hostname(), pid: process.pid, execution: 'e1' })
    expect(own().started).not.toBe('')
  })
})

describe('a holder', () => {
  test('whose process is gone is dead, also when its number is taken by another', async () => {
    started('e1')
    expect(await localAlive({ ...own(), started: '1' })).toBe(false)
    expect(await localAlive({ ...own(), pid: 2 ** 22 + 1 })).toBe(false)
  })

  test('of before the machine’s last start is dead', async () => {
    started('e1')
    expect(await localAlive({ ...own(), boot: 'another boot' })).toBe(false)
  })

  test('on another machine, or on AWS, counts as alive: nobody here can tell', async () => {
    const elsewhere = { ...own(), host: 'another-machine', boot: 'another boot', pid: 2 ** 22 + 1 }
    expect(await localAlive(elsewhere)).toBe(true)
    expect(await localAlive({ kind: 'step-functions', execution: 'e1' })).toBe(true)
  })

  test('of this very boot is of this machine, whatever its host name was then', async () => {
    started('e1')
    expect(await localAlive({ ...own(), host: 'laptop-on-wifi' })).toBe(true)
    expect(await localAlive({ ...own(), host: 'laptop-on-wifi', pid: 2 ** 22 + 1 })).toBe(false)
  })

  test('in another container of this machine counts as alive: its pid is none of ours', async () => {
    expect(await localAlive({ ...own(), pidNamespace: 'pid:[1]', pid: 2 ** 22 + 1 })).toBe(true)
  })

  test('in another process of this machine lives as long as that process', async () => {
    const script = `
      import { localHolder } from '${new URL('./holder.ts', import.meta.url).href}'
      console.log(JSON.stringify(localHolder('theirs')))
      setInterval(() => {}, 1000)
    `
    const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    try {
      const holder = await new Promise<Local>((resolve, reject) => {
        child.stdout.once('data', (line) => resolve(JSON.parse(String(line)) as Local))
        child.once('exit', () => reject(new Error('the process ended early')))
      })
      expect(holder.pid).toBe(child.pid)
      expect(await localAlive(holder)).toBe(true)
      const gone = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGKILL')
      await gone
      expect(await localAlive(holder)).toBe(false)
    } finally {
      child.kill('SIGKILL')
    }
  })
})
