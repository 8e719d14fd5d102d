import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { Command } from './command.ts'
import { commands } from './commands.ts'
import { help } from './help.ts'
import { createStyle } from './style.ts'
import { droplake } from './testing/spawn.ts'

const folder = mkdtempSync(join(tmpdir(), 'droplake-usage-'))
const lake = join(folder, 'lake')
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('wrong usage', () => {
  it.each([
    [['frobnicate'], 'droplake: no command frobnicate; there are demo, generate, drop'],
    [['status', '--frob'], 'droplake: status: no option --frob; there are --lake'],
    [['drop'], 'droplake: drop: no PATH given'],
    [['drop', join(folder, 'absent.csv')], 'droplake: drop: no file or folder'],
    [['status', '--stage', 'prod', '--lake', 'x'], 'droplake: --stage prod and --lake x contradict each other'],
    [['watch', '--stage', 'prod'], "droplake: watch works on a laptop's lake only, got --stage prod"],
    [['cost', '--gb', 'much'], 'droplake: --gb must be a number from 0 on, got much'],
    [['query', 'select 1'], 'droplake: no lake in'],
    // Names that every object has.
    [['drop', import.meta.dirname, '--dataset', '__proto__'], 'droplake: no dataset __proto__; there are olist'],
    [['drop', import.meta.dirname, '--dataset', 'olist', '--table', 'constructor'], 'olist has no table constructor'],
    [['watch', '--dataset', 'toString'], 'droplake: no dataset toString; there are olist'],
    [
      ['generate', 'olist', '--orders', 'many', '--out', folder],
      'droplake: --orders must be a whole number from 1, got many',
    ],
  ])('%j ends with 2 and one line on standard error', async (args, message) => {
    const { code, stdout, stderr } = await droplake(args, { env: { DROPLAKE_LAKE: join(lake, args[0]!) } })
    expect({ code, stdout, lines: stderr.trimEnd().split('\n').length }).toEqual({ code: 2, stdout: '', lines: 1 })
    expect(stderr).toContain(message)
  })

  it('shows a stack trace with --debug only', async () => {
    const args = ['drop', join(folder, 'absent.csv'), '--lake', lake]
    const [plain, debug] = await Promise.all([droplake(args), droplake([...args, '--debug'])])
    expect(plain.stderr).not.toMatch(/^\s+at /m)
    expect(debug.stderr).toMatch(/^\s+at /m)
  })
})

it('tells the status of a lake that is not there yet, and creates nothing', async () => {
  const absent = join(folder, 'absent')
  const { code, stdout } = await droplake(['--lake', absent, 'status', '--json'])
  expect({ code, status: JSON.parse(stdout) }).toEqual({ code: 0, status: { lake: absent, datasets: [] } })
  expect(readdirSync(folder)).not.toContain('absent')
})

async function everyCommand(command: Command): Promise<Command[]> {
  const loaders = Object.values((command.subCommands ?? {}) as Record<string, () => Promise<Command>>)
  const below = await Promise.all(loaders.map(async (load) => everyCommand(await load())))
  return [command, ...below.flat()]
}

it('every command has help with usage and an example that begins with its name', async () => {
  const all = await everyCommand(commands)
  expect(all.length).toBeGreaterThan(13)
  for (const command of all) {
    const text = help(command, createStyle(false))
    const examples = text.slice(text.indexOf('\nExamples\n'))
    expect(text).toContain(`Usage  npx droplake ${command.meta.name}`)
    expect(examples).toContain(`  npx droplake ${command.meta.name.replace(' list', '')}`)
  }
})
