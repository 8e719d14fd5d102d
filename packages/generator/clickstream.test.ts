import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { builtIn } from '@droplake/contracts/registry'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ClickstreamOptions, clickstreamFile, writeClickstream } from './clickstream.ts'
import { writeOlist } from './olist.ts'
import { generateOlistWithClickstream } from './registry.ts'
import { folderSink, memorySink } from './sink.ts'
import type { Tally } from './tally.ts'
import { recount } from './testing/recount.ts'
import { parseObjects, parseTiny } from './testing/tiny-csv.ts'

type Row = Record<string, string>
const contract = builtIn.olist!.tables.olist_clickstream_events!
const folders: string[] = []
const scratch = () => {
  const folder = mkdtempSync(join(tmpdir(), 'clickstream-'))
  folders.push(folder)
  return folder
}
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true })
})

async function generate(options: ClickstreamOptions): Promise<{ text: string; tally: Tally }> {
  const { sink, files } = memorySink()
  const tally = await writeClickstream(sink, options)
  return { text: Buffer.from(files.get(clickstreamFile)!).toString('utf8'), tally }
}

function groupBy(rows: readonly Row[], column: string): Map<string, Row[]> {
  const groups = new Map<string, Row[]>()
  for (const row of rows) {
    const group = groups.get(row[column]!)
    if (group) group.push(row)
    else groups.set(row[column]!, [row])
  }
  return groups
}

const read = (folder: string, name: string) => parseObjects(readFileSync(join(folder, name), 'utf8'))

/** Every rule of linked sessions against the orders themselves; gives back the sessions. */
function checkRules(rows: readonly Row[], folder: string): Row[][] {
  const customers = new Map(read(folder, 'olist_customers_dataset.csv').map((row) => [row.customer_id!, row]))
  const orders = new Map(read(folder, 'olist_orders_dataset.csv').map((row) => [row.order_id!, row]))
  const items = groupBy(read(folder, 'olist_order_items_dataset.csv'), 'order_id')
  const products = new Set(read(folder, 'olist_products_dataset.csv').map((row) => row.product_id!))
  const sessions = [...groupBy(rows, 'session_id').values()]
  const purchased: string[] = []
  const faults: string[] = []
  for (const session of sessions) {
    const say = (what: string) => faults.push(`${session[0]!.session_id}: ${what}`)
    const purchases = session.filter((row) => row.event_type === 'purchase')
    const login = session.findIndex((row) => row.is_authenticated === '1')
    session.forEach((row, index) => {
      if ((row.is_authenticated === '1') !== (login >= 0 && index >= login)) say('logged out again')
      if ((row.customer_id === '') !== (row.is_authenticated === '0')) say('customer without log-in')
      if (['checkout', 'purchase'].includes(row.event_type!) && row.is_authenticated !== '1')
        say('checkout without log-in')
      if (row.product_id && !products.has(row.product_id)) say('unknown product')
      if ((row.product_id === '') !== ['page_view', 'checkout'].includes(row.event_type!))
        say('product where none belongs')
      if (row.customer_id) {
        const customer = customers.get(row.customer_id)
        if (customer?.customer_city !== row.customer_city || customer?.customer_state !== row.customer_state)
          say('other city')
      }
      if (index > 0) {
        const gap = (Date.parse(`${row.event_ts}Z`) - Date.parse(`${session[index - 1]!.event_ts}Z`)) / 1000
        if (!(gap >= 1 && gap <= 1200)) say(`gap of ${gap} s`)
      }
    })
    for (const column of ['device_type', 'traffic_source', 'customer_city', 'customer_state'])
      if (new Set(session.map((row) => row[column])).size > 1) say(`several ${column}`)
    if (new Set(session.map((row) => row.customer_id).filter(Boolean)).size > 1) say('several customers')
    if (session[0]!.event_type !== 'page_view') say('does not begin with a page view')
    if (purchases.length === 0) continue
    const last = session.at(-1)!
    if (purchases.length > 1 || last.event_type !== 'purchase') say('must end with one purchase')
    const bought = last.order_id ? (items.get(last.order_id) ?? []) : []
    if (last.order_id) {
      purchased.push(last.order_id)
      const order = orders.get(last.order_id)
      if (order?.order_purchase_timestamp !== last.event_ts) say('purchase at another time than the order')
      if (order?.customer_id !== last.customer_id) say('another customer than the order')
      if (bought.find((item) => item.order_item_id === '1')?.product_id !== last.product_id)
        say('another product than item 1')
    }
    for (const product of new Set([last.product_id, ...bought.map((item) => item.product_id)])) {
      const at = (type: string) => session.findIndex((row) => row.event_type === type && row.product_id === product)
      if (at('view_product') < 0 || at('add_to_cart') < at('view_product'))
        say(`product ${product} not viewed, then put into the cart`)
    }
  }
  expect(faults.slice(0, 5)).toEqual([])
  expect(new Set(purchased).size).toBe(purchased.length)
  return sessions
}

const isConverting = (session: Row[]) => session.at(-1)!.event_type === 'purchase'

describe('clickstream', () => {
  let folder: string
  let rows: Row[]
  let text: string
  let tally: Tally
  let sessions: Row[][]

  beforeAll(async () => {
    folder = scratch()
    await writeOlist(folderSink(folder), { orders: 3000, seed: 9 })
    ;({ text, tally } = await generate({ from: folder, seed: 9 }))
    rows = parseObjects(text)
    sessions = checkRules(rows, folder)
  })

  test('has the header of its contract, unique event ids and every row kept', () => {
    expect(parseTiny(text).header.join(',')).toBe(
      'event_id,session_id,customer_id,event_type,event_ts,product_id,order_id,device_type,traffic_source,is_authenticated,customer_city,customer_state',
    )
    expect(new Set(rows.map((row) => row.event_id)).size).toBe(rows.length)
    expect(tally.olist_clickstream_events).toMatchObject({ rows: rows.length, kept: rows.length, duplicate: 0 })
  })

  test('is sorted by time', () => {
    expect(rows.findIndex((row, index) => index > 0 && row.event_ts! < rows[index - 1]!.event_ts!)).toBe(-1)
  })

  test('links 60 % of the orders with items, 3 % of purchases to none, and converts 5 % of sessions', () => {
    const converting = sessions.filter(isConverting)
    const linked = converting.filter((session) => session.at(-1)!.order_id !== '').length
    const withItems = groupBy(read(folder, 'olist_order_items_dataset.csv'), 'order_id').size
    expect(linked / withItems).toBeCloseTo(0.6, 1)
    expect(1 - linked / converting.length).toBeCloseTo(0.03, 2)
    expect(converting.length / sessions.length).toBeCloseTo(0.05, 4)
  })

  test('stops after page view 32, product 43, cart 17, checkout 8 %', () => {
    const rest = sessions.filter((session) => !isConverting(session))
    const share = (type: string) => rest.filter((session) => session.at(-1)!.event_type === type).length / rest.length
    expect(share('page_view')).toBeCloseTo(0.32, 1)
    expect(share('view_product')).toBeCloseTo(0.43, 1)
    expect(share('add_to_cart')).toBeCloseTo(0.17, 1)
    expect(share('checkout')).toBeCloseTo(0.08, 1)
  })

  test('has the shares of devices and sources, which convert differently', () => {
    const share = (list: Row[][], column: string, value: string) =>
      list.filter((session) => session[0]![column] === value).length / list.length
    const near = (column: string, shares: Record<string, number>) => {
      for (const [value, expected] of Object.entries(shares))
        expect(Math.abs(share(sessions, column, value) - expected)).toBeLessThan(0.01)
    }
    near('device_type', { mobile: 0.55, desktop: 0.38, tablet: 0.07 })
    near('traffic_source', {
      organic_search: 0.32,
      direct: 0.22,
      paid_search: 0.16,
      social: 0.14,
      email: 0.1,
      referral: 0.06,
    })
    const conversion = (column: string, value: string) => {
      const all = sessions.filter((session) => session[0]![column] === value)
      return all.filter(isConverting).length / all.length
    }
    expect(conversion('device_type', 'desktop')).toBeGreaterThan(conversion('device_type', 'mobile') * 1.3)
    expect(conversion('traffic_source', 'email')).toBeGreaterThan(conversion('traffic_source', 'social') * 2)
  })

  test('logs 35 % in before the checkout, and has gaps of 40 seconds in the middle', () => {
    const early = sessions.filter((session) =>
      session.find(
        (row) => row.event_type !== 'checkout' && row.is_authenticated === '1' && row.event_type !== 'purchase',
      ),
    )
    expect(early.length / sessions.length).toBeCloseTo(0.35, 1)
    const gaps = sessions
      .flatMap((session) =>
        session.slice(1).map((row, index) => Date.parse(row.event_ts!) - Date.parse(session[index]!.event_ts!)),
      )
      .sort((a, b) => a - b)
    expect(gaps[gaps.length >> 1]! / 1000).toBeGreaterThan(35)
    expect(gaps[gaps.length >> 1]! / 1000).toBeLessThan(45)
  })

  test('follows the hours of the orders', () => {
    const starts = sessions.map((session) => Number(session[0]!.event_ts!.slice(11, 13)))
    const at = (low: number, high: number) => starts.filter((hour) => hour >= low && hour <= high).length
    expect(at(2, 5)).toBeLessThan(at(13, 16) / 5)
  })

  test('has the same bytes on every machine', async () => {
    const small = scratch()
    await writeOlist(folderSink(small), { orders: 40, seed: 2 })
    const { text: events } = await generate({ from: small, seed: 2, defects: 0.02 })
    expect(createHash('sha256').update(events).digest('hex')).toBe(
      '68d0cd20996c56b4a4e998b241766b207d0b4372730cc6c6f566dfdc0792c3f3',
    )
  })

  test('is the same for the same seed, another for another', async () => {
    expect((await generate({ from: folder, seed: 9 })).text).toBe(text)
    expect((await generate({ from: folder, seed: 10 })).text).not.toBe(text)
  })

  test('takes its rates from the options', async () => {
    const all = await generate({ from: folder, seed: 1, linkRate: 1, conversionRate: 1, unlinkedPurchaseRate: 0 })
    const found = [...groupBy(parseObjects(all.text), 'session_id').values()]
    expect(found).toHaveLength(groupBy(read(folder, 'olist_order_items_dataset.csv'), 'order_id').size)
    expect(found.every((session) => session.at(-1)!.order_id !== '')).toBe(true)
  })

  test('counts planted defects as a reader of the contract finds them', async () => {
    for (const seed of [1, 2]) {
      const dirty = await generate({ from: folder, seed, conversionRate: 0.5, defects: 0.05 })
      const { planted, ...counts } = dirty.tally.olist_clickstream_events!
      const found = recount(contract, dirty.text)
      expect(counts).toEqual({ ...found, kept: found.kept.length })
      expect(planted.version).toBeGreaterThan(0)
      expect(planted.not_accepted).toBeGreaterThan(0)
    }
  })

  test('refuses a folder without the files, a file without the columns, and rates out of range', async () => {
    const empty = scratch()
    await expect(generate({ from: empty, seed: 1 })).rejects.toThrow('generator: no olist_customers_dataset.csv in')
    writeFileSync(join(empty, 'olist_customers_dataset.csv'), 'a,b\n1,2\n')
    await expect(generate({ from: empty, seed: 1 })).rejects.toThrow(
      'olist_customers_dataset.csv has no column customer_id, got a,b',
    )
    await expect(generate({ from: folder, seed: 1, conversionRate: 0 })).rejects.toThrow(
      'conversionRate must be above 0',
    )
    await expect(generate({ from: folder, seed: 1, linkRate: 2 })).rejects.toThrow(
      'linkRate must be from 0 to 1, got 2',
    )
  })
})

describe('olist with its clickstream', () => {
  test('links only to orders that survive cleaning, and counts all ten tables', async () => {
    const folder = scratch()
    const tally = await generateOlistWithClickstream(folder, { orders: 1500, seed: 3, defects: 0.1 })
    expect(Object.keys(tally).sort()).toEqual(Object.keys(builtIn.olist!.tables).sort())
    const text = (name: string) => readFileSync(join(folder, name), 'utf8')
    const kept = new Map(
      recount(builtIn.olist!.tables.orders!, text('olist_orders_dataset.csv')).kept.map((row) => [row.order_id, row]),
    )
    const events = recount(contract, text(clickstreamFile)).kept
    const purchases = events.filter((row) => row.event_type === 'purchase' && row.order_id !== '')
    expect(purchases.length).toBeGreaterThan(500)
    for (const event of purchases) expect(kept.get(event.order_id)?.order_purchase_timestamp).toBe(event.event_ts)
  })
})

const real = process.env.DROPLAKE_REAL_DATA
describe('clickstream over real files', () => {
  test.skipIf(!real)('keeps every rule (needs DROPLAKE_REAL_DATA)', { timeout: 120_000 }, async () => {
    const folder = join(real!, 'olist-15k')
    const { text } = await generate({ from: folder, seed: 1, conversionRate: 0.2 })
    const sessions = checkRules(parseObjects(text), folder)
    expect(sessions.filter(isConverting).length).toBeGreaterThan(8000)
  })
})
