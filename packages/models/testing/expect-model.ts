import { expect } from 'vitest'
import { qualifiedName, quoteName } from '../quote.ts'
import { type GivenRow, openModelLake, type TextRow } from './model-lake.ts'

/**
 * Builds olist's models over the given cleaned rows, and expects exactly these rows of one of them, in the order of
 * their columns. `columns` leaves the others out.
 */
export async function expectModel(
  name: string,
  options: { given: Record<string, GivenRow[]>; expected: TextRow[]; columns?: string[] },
): Promise<void> {
  const lake = await openModelLake('olist', options.given)
  try {
    await lake.build()
    const model = lake.models.find((candidate) => candidate.name === name)!
    const columns = options.columns ?? model.columns.map((column) => column.name)
    const order = columns.map((_, index) => `${index + 1} nulls last`).join(', ')
    const table = qualifiedName('curated', name)
    const rows = await lake.rows(`select ${columns.map(quoteName).join(', ')} from ${table} order by ${order}`)
    expect(rows).toEqual(options.expected)
  } finally {
    lake.duck.close()
  }
}

/** Builds olist's models over the given cleaned rows, and expects the rows of a saved query in its order. */
export async function expectQuery(
  name: string,
  options: { given: Record<string, GivenRow[]>; expected: TextRow[] },
): Promise<void> {
  const lake = await openModelLake('olist', options.given)
  try {
    await lake.build()
    expect(await lake.query(name)).toEqual(options.expected)
  } finally {
    lake.duck.close()
  }
}
