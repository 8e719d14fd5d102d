import type { Value } from '@droplake/lake/query-engine'
import { describe, expect, it } from 'vitest'
import { dialect } from './dialect.ts'
import type { QueryEngineDriver } from './query-engine.ts'

/** What statements mean on Athena, case by case. `driverOf` is asked when the tests run. */
export function describeDialect(driverOf: () => QueryEngineDriver): void {
  const run = (sql: string) => driverOf().engine.run(sql)
  /** What the driver gives for a value or a type that has parts. */
  const asGiven = {
    value: (value: Value) =>
      driverOf().givesParts || value === null || typeof value !== 'object' ? value : text(value),
    type: (type: string) => (driverOf().givesParts ? type : type.replace(/^(array|map|row)\(.*\)$/, '$1')),
  }

  describe.each(Object.entries(dialect))('means what Athena means by %s', (_topic, cases) => {
    const alone = cases.filter(
      (each) => each.rows?.length === 1 && each.rows[0]?.length === 1 && !/\bfrom\b/.test(each.text),
    )

    it.runIf(alone.length > 0)('in expressions', async () => {
      const result = await run(`select ${alone.map((each, i) => `${each.text} as c${i}`).join(', ')}`)
      const found = alone.map(({ text, types }, i) => ({
        text,
        types: types && result.columns[i]?.type,
        value: result.rows[0]?.[i],
      }))
      expect(found).toEqual(
        alone.map(({ text, types, rows: [row] = [] }) => ({
          text,
          types: types && asGiven.type(types),
          value: row?.map(asGiven.value)[0],
        })),
      )
    })

    it('in statements', async () => {
      for (const { text, types, rows: expected } of cases.filter((each) => !alone.includes(each))) {
        if (!expected) {
          await expect(run(`select ${text}`), text).rejects.toMatchObject({ name: 'QueryFailed', kind: 'user' })
          continue
        }
        const result = await run(`select ${text}`)
        expect({ text, rows: result.rows }).toEqual({ text, rows: expected.map((row) => row.map(asGiven.value)) })
        const given = types?.split(' | ').map(asGiven.type)
        if (given)
          expect(
            result.columns.map((column) => column.type),
            text,
          ).toEqual(given)
      }
    })
  })
}

/** Athena's text of a value: `[1, null]`, `{a=1}`. */
function text(value: Value): string {
  if (Array.isArray(value)) return `[${value.map(text).join(', ')}]`
  if (value === null || typeof value !== 'object') return String(value)
  return `{${Object.entries(value)
    .map(([key, part]) => `${key}=${text(part)}`)
    .join(', ')}}`
}
