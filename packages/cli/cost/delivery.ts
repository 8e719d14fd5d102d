import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readRecords } from '@droplake/generator/csv-reader'
import { generators } from '@droplake/generator/registry'
import { folderSink, memorySink } from '@droplake/generator/sink'

/** The month that deliveries are of, and its share of the generated orders. */
const month = '2018-08'
const shareOfMonth = 0.0655
/** Share of rows with a defect. */
const defects = 0.01

/** Files that hold rows of orders; of the others a shop sends all. */
const byOrder = [
  'olist_orders_dataset.csv',
  'olist_order_items_dataset.csv',
  'olist_order_payments_dataset.csv',
  'olist_order_reviews_dataset.csv',
]

/**
 * Writes what a shop delivers after a day: about so many orders of one month with all that belongs to them, and the sessions
 * that led to them; `whole`: orders of all months. Returns the ten files.
 */
export async function writeDelivery(
  folder: string,
  { name, seed, orders, whole = false }: { name: string; seed: number; orders: number; whole?: boolean },
): Promise<string[]> {
  mkdirSync(folder, { recursive: true })
  const { sink, files } = memorySink()
  await generators.olist!.write(sink, { orders: Math.ceil(whole ? orders : orders / shareOfMonth), seed, defects })
  if (!whole) keepMonth(files)
  for (const [file, bytes] of files) writeFileSync(join(folder, file), bytes)
  await generators.clickstream!.write(folderSink(folder), { from: folder, seed, defects })
  return [...files.keys(), 'olist_clickstream_events.csv'].map((file) => {
    const path = join(folder, file.replace('.csv', `_${name}.csv`))
    renameSync(join(folder, file), path)
    return path
  })
}

/** Leaves out the orders of other months, and what belongs to them. */
function keepMonth(files: Map<string, Uint8Array>): void {
  const wanted = { order_id: new Set<string>(), customer_id: new Set<string>() }
  const isWanted = (column: keyof typeof wanted) => (row: Row) => wanted[column].has(row.get(column) ?? '')
  files.set(
    byOrder[0]!,
    filtered(files.get(byOrder[0]!)!, (row) => {
      if (!row.get('order_purchase_timestamp')?.startsWith(month)) return false
      for (const column of ['order_id', 'customer_id'] as const) wanted[column].add(row.get(column) ?? '')
      return true
    }),
  )
  for (const file of byOrder.slice(1)) files.set(file, filtered(files.get(file)!, isWanted('order_id')))
  const customers = 'olist_customers_dataset.csv'
  files.set(customers, filtered(files.get(customers)!, isWanted('customer_id')))
}

type Row = Map<string, string>

/** A CSV file's header and the rows that are wanted. */
function filtered(bytes: Uint8Array, isWanted: (row: Row) => boolean): Uint8Array {
  const [header = [], ...rows] = readRecords(Buffer.from(bytes).toString('utf8'))
  const columns = header.map((name) => name.trim())
  const kept = rows.filter((cells) => isWanted(new Map(columns.map((name, n) => [name, cells[n] ?? '']))))
  return Buffer.from([header, ...kept].map((cells) => `${cells.map(quoted).join(',')}\n`).join(''))
}

const quoted = (cell: string) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)
