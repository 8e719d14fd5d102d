import { describe, expect, it } from 'vitest'
import { type Counts, combine, noCounts } from './counts.ts'
import { fit, type Rates } from './fit.ts'
import { countMonth, type Measured, priceMonth } from './price.ts'
import { prices } from './prices.ts'

const counts = (some: Partial<Counts>): Counts => ({ ...noCounts(), ...some })
const sample = (gb: number, files: number, transitions: number) => ({
  gb,
  files,
  liveBytes: 1e6,
  counts: counts({ transitions, scannedBytes: 500 }),
})

describe('rates', () => {
  it('are found from three runs that differ in bytes and in files', () => {
    const of = (gb: number, files: number) => sample(gb, files, 100 + 1_000 * gb + 3 * files)
    const rates = fit({ small: of(0.01, 10), large: of(0.1, 10), many: of(0.02, 40) })
    expect(rates.perRun.transitions).toBeCloseTo(100)
    expect(rates.perGb.transitions).toBeCloseTo(1_000)
    expect(rates.perFile.transitions).toBeCloseTo(3)
    expect([rates.perRun.scannedBytes, rates.perGb.scannedBytes]).toEqual([500, 0])
  })

  it('never fall below nothing', () => {
    const { perRun, perGb } = fit({
      small: sample(0.01, 10, 50),
      large: sample(0.1, 10, 40),
      many: sample(0.01, 20, 90),
    })
    expect([perGb.transitions, perRun.transitions]).toEqual([0, 10])
  })

  it('need runs that differ', () => {
    const same = sample(1, 1, 1)
    expect(() => fit({ small: same, large: same, many: same })).toThrow('cost: the large sample needs more bytes')
  })
})

const rates: Rates = {
  perRun: counts({ transitions: 100, queries: 20, scannedBytes: 2e6, writtenBytes: 1e6 }),
  perGb: counts({ transitions: 1_000, writtenBytes: 1e9 }),
  perFile: counts({ transitions: 2 }),
  liveBytes: 1e6,
}
const measured: Measured = { rates, standing: counts({ lambdaCalls: 4_320 }), livePerRaw: 0.5 }
const month = { gb: 2, files: 30, runs: 10, stored: 0 }
const dollarsOf = (unit: string, of: Measured = measured, at = month) =>
  priceMonth(of, at).lines.find((line) => line.unit.startsWith(unit))?.dollars

describe('a month', () => {
  it('counts runs, gigabytes, files, and what goes on without any', () => {
    const { transitions, lambdaCalls, crawls } = countMonth(measured, month)
    expect({ transitions, lambdaCalls, crawls }).toEqual({
      transitions: 10 * 100 + 2 * 1_000 + 30 * 2,
      lambdaCalls: 4_320,
      crawls: 1,
    })
  })

  it('takes what a run scans and rewrites in proportion to the lake at its middle', () => {
    // One gigabyte of raw files is half a gigabyte to readers: 500 times the measured lake.
    expect(countMonth(measured, month)).toMatchObject({
      scannedBytes: 10 * 2e6 * 500,
      writtenBytes: 10 * 1e6 * 500 + 2e9,
    })
    expect(countMonth(measured, { ...month, stored: 1 }).scannedBytes).toBe(10 * 2e6 * 1_000)
  })

  it('bills a query 10 MB at least', () => {
    expect(dollarsOf('GB scanned', measured, { ...month, gb: 0.001 })).toBeCloseTo(10 * 20 * 10e6 * (5 / 1e12))
    expect(dollarsOf('GB scanned')).toBeCloseTo(10 * 2e6 * 500 * (5 / 1e12))
  })

  it('takes a stage’s own counts where it told them', () => {
    const { transitions, lambdaCalls } = countMonth({ ...measured, ofStage: { transitions: 7 } }, month)
    expect({ transitions, lambdaCalls }).toEqual({ transitions: 70, lambdaCalls: 4_320 })
  })

  it('adds up, and sets beside it what a job and a crawler bill at the least', () => {
    const { lines, total, others } = priceMonth(measured, month)
    expect(total).toBeCloseTo(lines.reduce((sum, { count, price }) => sum + count * price, 0))
    expect(dollarsOf('state transitions')).toBeCloseTo((3_060 / 1_000) * 0.025)
    const [job, crawler] = others.map(({ dollars }) => dollars)
    expect(job).toBeCloseTo(10 * 2 * (1 / 60) * 0.44)
    expect(crawler).toBeCloseTo(10 * prices.glue.crawlerDpu * (10 / 60) * 0.44)
  })
})

it('counts combine name by name', () => {
  expect(combine((name) => (name === 'reads' ? 2 : 0))).toEqual(counts({ reads: 2 }))
})
