import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { root } from './paths.ts'

test('the infrastructure type-checks against the platform’s types', () => {
  const tsc = join(root, 'node_modules/.bin/tsc')
  let errors = ''
  try {
    execFileSync(process.execPath, [tsc, '-p', 'tsconfig.stacks.json'], { cwd: root, encoding: 'utf8' })
  } catch (error) {
    errors = (error as { stdout: string }).stdout
  }
  expect(errors).toBe('')
})
