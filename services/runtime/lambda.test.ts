import { inspect } from 'node:util'
import { QueryFailed } from '@droplake/lake/query-engine'
import { expect, onTestFinished, test, vi } from 'vitest'
import { lambda } from './lambda.ts'

const marker = 'ZXMARKER'
const context = {} as Parameters<ReturnType<typeof lambda>>[1]

function captured(): string[] {
  const lines: string[] = []
  for (const stream of [process.stdout, process.stderr]) {
    const spy = vi.spyOn(stream, 'write').mockImplementation((chunk) => lines.push(String(chunk)) > 0)
    onTestFinished(() => spy.mockRestore())
  }
  return lines
}

const parse = () => JSON.parse(`{"name": ${marker}}`)
const cast = () => {
  const cause = new Error(`Conversion Error: Could not convert string 'd''${marker}' to INT32`)
  throw Object.assign(new QueryFailed('user', cause.message, { cause }), { row: [marker] })
}

test.each([
  ['QueryFailed', cast],
  ['SyntaxError', parse],
  ['TypeError', () => (undefined as never)[marker]],
])('CloudWatch and the state machine are given a %s by its name, without cells', async (name, fail) => {
  const lines = captured()
  const handler = lambda({}, async () => fail())
  const error = await handler({ dataset: 'd', run: 'r1' }, context).catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ name })
  expect(lines.join('')).toContain('the step failed')
  expect(inspect(error, { depth: 9, showHidden: true }) + lines.join('')).not.toContain(marker)
})
