import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { builtIn } from '@droplake/contracts/registry'
import { routeFile } from '@droplake/contracts/route'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { generateOlistWithClickstream, generators } from './registry.ts'
import { folderSink, memorySink } from './sink.ts'

describe('generators', () => {
  let scratch: string
  beforeAll(() => {
    scratch = mkdtempSync(join(tmpdir(), 'generators-'))
  })
  afterAll(() => rmSync(scratch, { recursive: true }))

  test('write the same files to a folder as to memory', async () => {
    const { sink, files } = memorySink()
    const options = { orders: 30, seed: 4, defects: 0.1 }
    const inMemory = await generators.olist!.write(sink, options)
    const folder = join(scratch, 'deep', 'olist')
    expect(await generators.olist!.write(folderSink(folder), options)).toEqual(inMemory)
    expect(readdirSync(folder).sort()).toEqual([...files.keys()].sort())
  })

  test('begin on the day asked for', async () => {
    const { sink, files } = memorySink()
    await generators.olist!.write(sink, { orders: 200, seed: 4, start: new Date('2024-03-10') })
    const days = Buffer.from(files.get('olist_orders_dataset.csv')!)
      .toString('utf8')
      .match(/\d{4}-\d\d-\d\d/g)!
    expect(days.every((day) => day >= '2024-03-10')).toBe(true)
  })

  test('name files that the contracts route to the tables of the tally', async () => {
    const folder = join(scratch, 'all')
    const tally = await generateOlistWithClickstream(folder, { orders: 30, seed: 4 })
    const routed = readdirSync(folder).map((name) => routeFile(builtIn, name)?.name)
    expect(routed.sort()).toEqual(Object.keys(tally).sort())
  })

  test('say what they need', async () => {
    expect(() => generators.clickstream!.write(memorySink().sink, { seed: 1 })).toThrow('got none; pass --from')
    for (const { takes, needs } of Object.values(generators)) expect(takes).toEqual(expect.arrayContaining([...needs]))
  })

  test('fail when a file cannot be written', async () => {
    const folder = join(scratch, 'blocked')
    const sink = folderSink(folder)
    rmSync(folder, { recursive: true })
    writeFileSync(folder, 'a file in the way')
    await expect(generators.olist!.write(sink, { orders: 5, seed: 1 })).rejects.toThrow(/ENOTDIR|ENOENT|EEXIST/)
    expect(existsSync(folder)).toBe(true)
  })
})
