import type { Alert, Notifier } from '@droplake/lake/notifier'
import { afterEach, describe, expect, it } from 'vitest'

export interface NotifierDriver {
  notifier: Notifier
  /** Everything that arrived, as one text for each alert in the order of arrival. */
  received(): Promise<string[]>
  close?(): Promise<void>
}

/** What every notifier must do. `makeDriver` is called for each test. */
export function describeNotifier(name: string, makeDriver: () => Promise<NotifierDriver>): void {
  describe(`${name} as notifier`, () => {
    let driver: NotifierDriver | undefined
    const make = async () => {
      driver = await makeDriver()
      return driver
    }
    afterEach(() => driver?.close?.())

    it('delivers subject, text and dataset of an alert', async () => {
      const { notifier, received } = await make()
      await notifier.notify(alertOf(1))
      const [message, ...more] = await received()
      expect(more).toEqual([])
      for (const part of ['olist: run 1 held', 'fact_orders: not_null failed on 3 rows', 'olist'])
        expect(message).toContain(part)
    })

    it('delivers alerts one after the other', async () => {
      const { notifier, received } = await make()
      for (let i = 1; i <= 3; i += 1) await notifier.notify(alertOf(i))
      const messages = await received()
      expect(messages.map((message) => /run (\d+) held/.exec(message)?.[1])).toEqual(['1', '2', '3'])
    })

    it('delivers every one of many sent at once, each whole', async () => {
      const { notifier, received } = await make()
      await Promise.all(Array.from({ length: 40 }, (_, i) => notifier.notify(alertOf(i))))
      const messages = await received()
      const runs = messages.map((message) => Number(/run (\d+) held/.exec(message)?.[1])).sort((a, b) => a - b)
      expect(runs).toEqual(Array.from({ length: 40 }, (_, i) => i))
      for (const message of messages) expect(message).toContain('droplake runs show')
    })

    it('takes texts with quotes, several lines and letters beyond ASCII', async () => {
      const { notifier, received } = await make()
      await notifier.notify({ ...alertOf(5), text: 'first "quoted"\nsecond: São Paulo 😀' })
      const [message] = await received()
      expect(message).toContain('São Paulo 😀')
    })
  })
}

export const alertOf = (run: number): Alert => ({
  subject: `olist: run ${run} held`,
  text: 'fact_orders: not_null failed on 3 rows\nnext: droplake runs show',
  attributes: { kind: 'held', dataset: 'olist', status: 'held', severity: 'error', run: `r${run}` },
})
