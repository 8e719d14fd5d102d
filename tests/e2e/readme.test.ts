import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '../..')
const text = (path: string) => readFileSync(join(root, path), 'utf8')

test.each(['returns.ts', 'mart_returns.sql'])('the README quotes the walk-through’s %s as it is tested', (name) => {
  expect(text('README.md')).toContain(text(`tests/e2e/walkthrough/${name}`).trim())
})
