import { setTimeout as sleep } from 'node:timers/promises'

/** Does the work until it succeeds, `again` refuses its error, or it failed that often; waits a little longer each time, by chance. */
export async function retried<T>(
  work: () => Promise<T>,
  { attempts, again }: { attempts: number; again: (error: unknown) => boolean },
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work()
    } catch (error) {
      if (attempt >= attempts || !again(error)) throw error
      await sleep(Math.random() * Math.min(1_000, 50 * 2 ** attempt))
    }
  }
}
