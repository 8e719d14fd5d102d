import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { drop } from '@droplake/local/drop'
import { expect, test } from 'vitest'
import { start } from '../e2e/processes.ts'
import { customers, onlyRun, openShop, orders, temporaryFolder } from '../e2e/shop.ts'

const perDrop = 3

test('a reader sees one state or another while ten drops run, never a mixture, an error or an empty table', async () => {
  using folder = temporaryFolder()
  const { path } = folder
  await using lake = await openShop(path)
  /** Each drop adds as many customers as orders, in months that earlier drops wrote, each order of amount 1. */
  const add = async (n: number) => {
    const ids = Array.from({ length: perDrop }, (_, i) => `${n}-${i}`)
    const paths = [
      orders(
        path,
        `orders_${n}.csv`,
        ids.map((id, i) => [id, id, `2024-0${1 + ((n + i) % 5)}-01 00:00:00`, '1']),
      ),
      customers(
        path,
        `customers_${n}.csv`,
        ids.map((id) => [id, 'BR']),
      ),
    ]
    expect(onlyRun((await drop(lake, { paths })).runs).status).toBe('published')
  }
  await add(0)
  const reader = start(join(import.meta.dirname, 'read-until-stopped.ts'), [path])
  for (let n = 1; n <= 10; n++) await add(n)
  writeFileSync(join(path, 'stop'), '')
  const { code, stdout, stderr } = await reader.ended
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })

  const { queries, answers } = JSON.parse(stdout) as { queries: number; answers: unknown[][] }
  const states = answers.filter((answer) => answer.length === 5)
  for (const state of states) expect(new Set(state), `${state}`).toHaveProperty('size', 1)
  for (const [months, ordered, revenue] of answers.filter((answer) => answer.length === 3)) {
    expect(months).toBeGreaterThan(0)
    expect(revenue).toBe(ordered)
  }
  for (const [rows] of states) expect(Number(rows) % perDrop).toBe(0)
  expect(states.length, `${queries} queries`).toBeGreaterThan(2)
})
