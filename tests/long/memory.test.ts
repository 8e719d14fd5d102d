import { createWriteStream, existsSync, mkdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { finished } from 'node:stream/promises'
import { below, createRandom, hexId, pick } from '@droplake/generator/random'
import type { DropResult } from '@droplake/local/drop'
import { expect, test } from 'vitest'
import { openOlist, row } from '../e2e/olist.ts'
import { droplake } from '../e2e/processes.ts'
import { temporaryFolder } from '../e2e/shop.ts'
import { followMemory } from './process-memory.ts'

const megabytes = 300
const mostMib = 512
const months = 26

/** Writes a file piece by piece until it has the size; `record(n)` is its nth line. Returns the number of records. */
async function writeLines(path: string, header: string, record: (n: number) => string): Promise<number> {
  const stream = createWriteStream(path)
  let lines = [header]
  let bytes = 0
  let n = 0
  while (bytes < megabytes * 1e6) {
    lines.push(record(n++))
    if (lines.length < 5_000) continue
    const text = `${lines.join('\n')}\n`
    lines = []
    bytes += Buffer.byteLength(text)
    if (!stream.write(text)) await new Promise<void>((resume) => stream.once('drain', () => resume()))
  }
  stream.end(lines.length > 0 ? `${lines.join('\n')}\n` : '')
  await finished(stream)
  return n
}

const types = ['page_view', 'view_product', 'add_to_cart', 'checkout']
const random = createRandom(1, 'memory')
const started = Date.UTC(2016, 8, 1)

/** Clicks of all months in turn and in no order, every hundredth told twice. */
function click(n: number): string {
  const day = (n % months) * 30 + below(random, 28)
  const at = new Date(started + day * 86_400_000 + below(random, 86_400) * 1000)
    .toISOString()
    .slice(0, 19)
    .replace('T', ' ')
  const id = n % 100 === 99 ? n - 1 : n
  return `e${String(id).padStart(12, '0')},${hexId(random)},,${pick(random, types)},${at},${hexId(random)},,mobile,organic,0,sao paulo,SP`
}

const cases = [
  {
    what: 'clicks of all months in no order',
    name: 'olist_clickstream_events.csv',
    header:
      'event_id,session_id,customer_id,event_type,event_ts,product_id,order_id,device_type,traffic_source,is_authenticated,customer_city,customer_state',
    record: click,
    table: 'olist_clickstream_events',
    model: 'fact_events',
    duplicates: (records: number) => Math.floor(records / 100),
  },
]

test.each(cases)(
  `the memory of a drop stays within ${mostMib} MiB for a file of ${megabytes} MB: $what`,
  { skip: !existsSync('/proc/self/status') },
  async ({ what, name, header, record, table, model, duplicates }) => {
    using folder = temporaryFolder()
    const home = join(folder.path, 'lake')
    mkdirSync(home)
    const file = join(folder.path, name)
    const records = await writeLines(file, header, record)
    expect(statSync(file).size).toBeGreaterThan(megabytes * 1e6)

    const began = Date.now()
    const drop = droplake(home, 'drop', file, '--json', '--quiet')
    const memory = followMemory(drop.process.pid ?? 0)
    const { code, stdout, stderr } = await drop.ended
    const { peak, anonymous, file: mapped } = memory.stop()
    const seconds = (Date.now() - began) / 1000
    const speed = (megabytes / seconds).toFixed(1)
    console.log(
      `${what}: ${records} records in ${seconds.toFixed(0)} s (${speed} MB/s), peak ${peak} MiB (${anonymous} anonymous, ${mapped} of files)`,
    )
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const [run] = (JSON.parse(stdout) as DropResult).runs
    const duplicate = duplicates(records)
    expect(run?.tables[table]).toMatchObject({ rowsIn: records, kept: records - duplicate, duplicate, quarantined: 0 })
    await using lake = await openOlist(folder.path)
    expect(await row(lake, `select count(*) from olist_curated.${model}`)).toEqual([records - duplicate])
    expect(peak).toBeLessThanOrEqual(mostMib)
  },
)
