import { expect, it } from 'vitest'
import { scriptedS3, xml } from './testing/scripted-s3.ts'
import type { Seen } from './testing/scripted-server.ts'

const keysIn = ({ body }: Seen) => [...body.matchAll(/<Key>([^<]*)<\/Key>/g)].map(([, key]) => key ?? '')
const keys = (count: number) => Array.from({ length: count }, (_, i) => `cleaned/${i}`)

const refusing = (refusals: Record<string, string>) =>
  xml(
    `<DeleteResult>${Object.entries(refusals)
      .map(([key, code]) => `<Error><Key>${key}</Key><Code>${code}</Code><Message>as scripted</Message></Error>`)
      .join('')}</DeleteResult>`,
  )

it('deletes a thousand keys in one request', async () => {
  const { store, seen } = await scriptedS3(() => refusing({}))
  await store.delete(keys(2_500))
  expect(seen.map((each) => keysIn(each).length)).toEqual([1_000, 1_000, 500])
  expect(seen.flatMap(keysIn)).toEqual(keys(2_500))
})

it('throws the names of keys that S3 refused inside a success', async () => {
  const { store, seen } = await scriptedS3(() => refusing({ 'cleaned/1': 'AccessDenied', 'cleaned/2': 'SlowDown' }))
  await expect(store.delete(keys(3))).rejects.toThrow(
    'object store: S3 did not delete from lake: cleaned/1 (AccessDenied: as scripted), cleaned/2 (SlowDown: as scripted)',
  )
  expect(seen).toHaveLength(1)
})

it('names ten of many refused keys', async () => {
  const { store } = await scriptedS3((seen) =>
    refusing(Object.fromEntries(keysIn(seen).map((key) => [key, 'AccessDenied']))),
  )
  await expect(store.delete(keys(25))).rejects.toThrow(/cleaned\/9 \(AccessDenied: as scripted\), and 15 more$/)
})

it('asks again for those keys alone that S3 was too busy for', async () => {
  const { store, seen } = await scriptedS3((_, at) =>
    refusing(at === 0 ? { 'cleaned/1': 'SlowDown', 'cleaned/3': 'InternalError' } : {}),
  )
  await store.delete(keys(5))
  expect(seen.map(keysIn)).toEqual([keys(5), ['cleaned/1', 'cleaned/3']])
})
