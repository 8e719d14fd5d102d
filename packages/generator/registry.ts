import { clickstreamFile, writeClickstream } from './clickstream.ts'
import { writeOlist } from './olist.ts'
import { folderSink, type Sink } from './sink.ts'
import type { Tally } from './tally.ts'

/** What the command's options give; each generator says which it takes. */
export interface GenerateOptions {
  seed: number
  defects?: number
  orders?: number
  /** First day of generated data. */
  start?: Date
  /** Folder of files to build on. */
  from?: string
  linkRate?: number
  conversionRate?: number
  unlinkedPurchaseRate?: number
}

export interface Generator {
  description: string
  takes: readonly (keyof GenerateOptions)[]
  /** Of those it takes, the ones without a default. */
  needs: readonly (keyof GenerateOptions)[]
  /** Writes every file through the sink and tells what a pipeline must count. */
  write(sink: Sink, options: GenerateOptions): Promise<Tally>
}

export const defaultOrders = 1000

/** By the name that `droplake generate` takes. */
export const generators: Record<string, Generator> = {
  olist: {
    description:
      'the nine Olist files: marketplace orders with items, payments, reviews, products, sellers, geolocation',
    takes: ['orders', 'seed', 'defects', 'start'],
    needs: [],
    write: (sink, { orders = defaultOrders, start, seed, defects = 0 }) =>
      writeOlist(sink, { orders, seed, defects, ...(start ? { from: start } : {}) }),
  },
  clickstream: {
    description: `${clickstreamFile}: shop sessions that lead to the orders of an Olist folder`,
    takes: ['from', 'seed', 'defects', 'linkRate', 'conversionRate', 'unlinkedPurchaseRate'],
    needs: ['from'],
    write: (sink, { from, ...options }) => {
      if (!from) throw new Error('generator: clickstream needs the folder of Olist files, got none; pass --from')
      return writeClickstream(sink, { from, ...options })
    },
  },
}

/** Olist files and the clickstream over them in one folder, which is created when absent. The tally has all ten tables. */
export async function generateOlistWithClickstream(folder: string, options: GenerateOptions): Promise<Tally> {
  const sink = folderSink(folder)
  const tables = await generators.olist!.write(sink, options)
  const events = await generators.clickstream!.write(sink, { ...options, from: folder })
  return { ...tables, ...events }
}
