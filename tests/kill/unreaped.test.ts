import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { localAlive } from '@droplake/local/holder'
import type { Holder } from '@droplake/pipeline/lake-state'
import { expect, test } from 'vitest'
import { node } from './killed-process.ts'

test('a process that was killed counts as dead also while its parent takes no notice', async () => {
  const holder = import.meta.resolve('@droplake/local/holder')
  const script = `
    import { localHolder } from ${JSON.stringify(holder)}
    process.stdout.write(JSON.stringify(localHolder('elsewhere')))
    setInterval(() => {}, 1000)`
  // The shell turns into a program that never waits for its children, as the first process of a container may not.
  const parent = spawn('sh', ['-c', `"$0" --input-type=module -e "$1" & exec sleep 60`, node, script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  try {
    const [told] = await once(parent.stdout, 'data')
    const held = JSON.parse(String(told)) as Extract<Holder, { kind: 'local' }>
    expect(await localAlive(held)).toBe(true)
    process.kill(held.pid, 'SIGKILL')
    await expect.poll(() => localAlive(held), { timeout: 5_000 }).toBe(false)
  } finally {
    parent.kill()
  }
})
