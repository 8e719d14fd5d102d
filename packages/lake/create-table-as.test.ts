import { describe, expect, it } from 'vitest'
import { parseCreateTableAs } from './create-table-as.ts'

const text = (location: string, partition = '') =>
  `CREATE TABLE "olist_build"."dim__r1_1" WITH (format = 'PARQUET', write_compression = 'SNAPPY', external_location = '${location}'${partition}) AS\nselect 1 as x\nfrom a`

describe('create table as', () => {
  it('is taken apart, quotes in the path included', () => {
    expect(parseCreateTableAs(text(`/home/o''neil/lake/x/`))).toEqual({
      database: 'olist_build',
      table: 'dim__r1_1',
      location: `/home/o'neil/lake/x/`,
      select: 'select 1 as x\nfrom a',
    })
    expect(parseCreateTableAs(text('s3://b/x/', `, partitioned_by = ARRAY['order_month']`))).toMatchObject({
      location: 's3://b/x/',
      partitionColumn: 'order_month',
    })
  })

  it('leaves other statements alone and refuses other forms', () => {
    expect(parseCreateTableAs('select 1')).toBeUndefined()
    for (const sql of [
      'create table a.b as select 1',
      text('x').replace('PARQUET', 'ORC'),
      text('x', `, partitioned_by = ARRAY['a','b']`),
    ])
      expect(() => parseCreateTableAs(sql)).toThrow(/only create table/)
  })
})
