import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { NoStage, readOutputs } from './outputs.ts'
import { testOutputs } from './testing/outputs.ts'

const folder = mkdtempSync(join(tmpdir(), 'droplake-outputs-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function file(name: string, content: unknown): string {
  const path = join(folder, name)
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content))
  return path
}
const read = (content: unknown, stage = 'dev') =>
  readOutputs({ stage, from: folder, file: file('outputs.json', content) })

describe('the outputs of a stage', () => {
  it('are those of the nearest .sst folder at or above the working directory', () => {
    const deep = join(folder, 'checkout/packages/cli')
    mkdirSync(deep, { recursive: true })
    mkdirSync(join(folder, 'checkout/.sst'))
    const path = file('checkout/.sst/outputs.json', testOutputs)
    expect(readOutputs({ stage: 'dev', from: deep })).toEqual({ outputs: testOutputs, path })
  })

  it('have no lists where a stage has no databases yet, and nothing that is not theirs', () => {
    const { databases: _, crawlers: __, ...rest } = testOutputs
    expect(read({ ...rest, stream: 'events' }).outputs).toEqual({ ...testOutputs, databases: [], crawlers: [] })
  })

  it.each([
    ['another stage', testOutputs, 'outputs are of stage dev, not prod; npx sst deploy --stage prod writes them'],
    ['no JSON', '{', 'is not JSON; npx sst deploy --stage prod writes it anew'],
    ['a list', [], 'is no outputs of a stage'],
    ['nothing', {}, 'outputs are of stage undefined, not prod'],
    [
      'no bucket',
      { ...testOutputs, stage: 'prod', bucket: '' },
      'has no bucket, got ""; npx sst deploy --stage prod writes',
    ],
    ['a number', { ...testOutputs, stage: 'prod', databases: 3 }, 'has no databases, got 3'],
  ])('are refused in one line when they are those of %s', (_, content, message) => {
    let error: unknown
    try {
      read(content, 'prod')
    } catch (thrown) {
      error = thrown
    }
    expect(error).toBeInstanceOf(NoStage)
    expect((error as Error).message).toContain(message)
    expect((error as Error).message).not.toContain('\n')
  })

  it('say what writes them where there are none', () => {
    expect(() => readOutputs({ stage: 'dev', from: folder })).toThrow('npx sst deploy --stage dev writes it')
    expect(() => readOutputs({ stage: 'dev', from: folder, file: 'absent.json' })).toThrow('DROPLAKE_OUTPUTS')
  })
})
