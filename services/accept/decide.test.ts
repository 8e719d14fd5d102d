import type { Table } from '@droplake/contracts/table'
import { isItsOwn } from '@droplake/pipeline/failures'
import { emptyState, type LoggedSource } from '@droplake/pipeline/lake-state'
import type { Attempt, Source } from '@droplake/pipeline/markers'
import { describe, expect, test } from 'vitest'
import { createDecider, type Found } from './decide.ts'

const table = (kind: Table['kind']): Table => ({
  description: '',
  files: 't*.csv',
  columns: {},
  key: [],
  dedupe: 'none',
  kind,
  name: 't',
  dataset: 'd',
})
const source = (arrival: number, nonce?: string): Source => ({
  id: `s${arrival}`,
  key: `raw/d/${arrival}.csv`,
  table: 't',
  etag: 'e',
  version: 'v',
  bytes: 1,
  // A file's own time says nothing.
  lastModified: 1000 - arrival,
  arrival,
  ...(nonce ? { nonce } : {}),
})
const logged = (arrival: number, sha256: string, of: Partial<LoggedSource> = {}): LoggedSource => ({
  ...source(arrival),
  run: 'r0',
  outcome: 'taken',
  sha256,
  ...of,
})
const decider = (kind: Table['kind'], ...known: LoggedSource[]) =>
  createDecider(table(kind), { ...emptyState('d'), sources: Object.fromEntries(known.map((one) => [one.id, one])) })
const found = (sha256: string, of: Partial<Found> = {}): Found => ({ sha256, records: 1, rows: 1, reasons: {}, ...of })
const attempts = (...own: boolean[]): Attempt[] => own.map((one, n) => ({ run: `r${n}`, error: 'e', own: one }))

test('a file whose announced bytes are there no more is answered for without a fault: what is there now comes by itself', () => {
  const decide = decider('snapshot')
  const gone = found('a', { records: 3, rows: 2, gone: 'it was replaced' })
  expect(decide(source(1), gone, '', [])).toEqual({ outcome: 'empty', error: 'it was replaced' })
  expect(decide(source(2), found('b'), '', [])).toEqual({ outcome: 'taken' })
})

describe('events:', () => {
  test('bytes that this table has taken once are a duplicate for ever', () => {
    const decide = decider('append', logged(1, 'a'), logged(2, 'b'))
    expect(decide(source(3), found('a'), '', [])).toEqual({ outcome: 'duplicate' })
    expect(decide(source(4), found('c'), '', [])).toEqual({ outcome: 'taken' })
    expect(decide(source(5), found('c'), '', [])).toEqual({ outcome: 'duplicate' })
  })

  test('bytes that were never taken, or by another table, are no duplicate', () => {
    const decide = decider(
      'append',
      logged(1, 'a', { outcome: 'set_aside' }),
      logged(2, 'b', { outcome: 'empty' }),
      logged(3, 'c', { table: 'u' }),
    )
    for (const [n, sha] of ['a', 'b', 'c'].entries())
      expect(decide(source(10 + n), found(sha), '', []), sha).toEqual({ outcome: 'taken' })
  })
})

describe('snapshots:', () => {
  test('only the bytes of the latest are a duplicate, so that going back to earlier ones is news', () => {
    const decide = decider('snapshot', logged(2, 'b'), logged(1, 'a'))
    expect(decide(source(3), found('b'), '', [])).toEqual({ outcome: 'duplicate' })
    expect(decide(source(4), found('a'), '', [])).toEqual({ outcome: 'taken' })
    expect(decide(source(5), found('b'), '', [])).toEqual({ outcome: 'taken' })
    expect(decide(source(6), found('b'), '', [])).toEqual({ outcome: 'duplicate' })
  })

  test('one that came late is compared with the one before it, not with the newest', () => {
    const decide = decider('snapshot', logged(55, 'm'), logged(100, 'l'))
    expect(decide(source(50), found('a'), '', [])).toEqual({ outcome: 'taken' })
    // Between 50 and 60 the rows were those of 55: these bytes change them back.
    expect(decide(source(60), found('a'), '', [])).toEqual({ outcome: 'taken' })
  })
})

describe('of either kind:', () => {
  const decide = decider('append', logged(1, 'a'))

  test('known bytes are taken again when they were forced', () => {
    expect(decide(source(2, 'nonce'), found('a'), '', [])).toEqual({ outcome: 'taken' })
  })

  test('a file without a record is empty, also when its bytes came before', () => {
    expect(decide(source(2), found('a', { records: 0, rows: 0 }), '', [])).toEqual({ outcome: 'empty' })
  })

  test('a file with nothing but blank records is empty', () => {
    expect(decide(source(2), found('b', { records: 3, rows: 0 }), '', [])).toEqual({ outcome: 'empty' })
  })

  test.each<[Record<string, number>, string]>([
    [{ 'not_a_time in at': 5 }, 'all 5 rows were rejected: 5 × not_a_time in at'],
    [
      { 'missing in id': 1, 'not_a_time in at': 3, cell_count: 1 },
      'all 5 rows were rejected: 3 × not_a_time in at, 2 for other reasons',
    ],
    [{ cell_count: 1 }, 'its only row was rejected: 1 × cell_count'],
  ])('a file whose rows were all rejected is set aside with the commonest reason, forced or not', (reasons, error) => {
    const rejected = Object.values(reasons).reduce((sum, rows) => sum + rows)
    for (const one of [source(2), source(2, 'nonce')])
      expect(decide(one, found('b', { records: 9, rows: 0, reasons }), '', [])).toEqual({
        outcome: 'set_aside',
        error,
        rejected,
      })
  })

  test('bytes that prove themselves wrong are set aside at once, forced or not', () => {
    const unreadable = found('x', { unreadable: 'it is a PDF' })
    for (const one of [source(2), source(2, 'nonce')])
      expect(decide(one, unreadable, '', [])).toEqual({ outcome: 'set_aside', error: 'it is a PDF' })
  })

  test('a file that failed otherwise waits, and is set aside after three failures of its own', () => {
    expect(decide(source(2), undefined, 'boom', attempts(true))).toEqual({ outcome: 'deferred', error: 'boom' })
    expect(decide(source(2), undefined, 'boom', attempts(true, true))).toEqual({ outcome: 'deferred', error: 'boom' })
    expect(decide(source(2), undefined, 'boom', attempts(true, true, true))).toEqual({
      outcome: 'set_aside',
      error: 'it failed 3 times: boom',
    })
  })

  test('failures of the service never add up', () => {
    const many = attempts(...Array.from({ length: 50 }, () => false))
    expect(decide(source(2), undefined, 'denied', many).outcome).toBe('deferred')
    expect(decide(source(2), undefined, 'denied', [...many, ...attempts(true, true)]).outcome).toBe('deferred')
  })
})

describe('an error is blamed on', () => {
  test.each([
    'Lambda.ServiceException',
    'Lambda.SdkClientException',
    'Lambda.TooManyRequestsException',
    'Lambda.ClientExecutionTimeoutException',
    'AccessDenied',
    'AccessDeniedException',
    'KMSAccessDeniedException',
    'ExpiredToken',
    'CredentialsProviderError',
    'ThrottlingException',
    'SlowDown',
    'ServiceUnavailable',
    'InternalError',
    'EACCES',
    'ENOSPC',
    'ECONNRESET',
    'ETIMEDOUT',
    'TimeoutError',
    'RequestTimeout',
    'InternalServerException',
  ])('the service or a permission: %s', (name) => expect(isItsOwn(name)).toBe(false))

  test.each(['Error', 'RangeError', 'TypeError', 'States.Timeout', 'Lambda.Unknown', 'Runtime.ExitError', 'Unknown'])(
    'the file: %s',
    (name) => expect(isItsOwn(name)).toBe(true),
  )
})
