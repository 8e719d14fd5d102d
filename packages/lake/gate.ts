/** Lets work begin when a place is free, in order of arrival. */
export interface Gate {
  /** Waits for a place; call what it returns to leave. */
  enter(): Promise<() => void>
  /** Does the work in a place. Work must not enter the same gate again: all places could be held by those that wait. */
  through<T>(work: () => Promise<T>): Promise<T>
}

/** At most `places` callers between `enter` and their leaving. */
export function gate(places: number): Gate {
  let free = places
  const waiting = new Set<() => void>()
  const leave = () => {
    const [next] = waiting
    if (next) {
      waiting.delete(next)
      next()
    } else free += 1
  }
  const enter = async () => {
    if (free > 0) free -= 1
    else await new Promise<void>((enter) => waiting.add(enter))
    return leave
  }
  return {
    enter,
    async through(work) {
      await enter()
      try {
        return await work()
      } finally {
        leave()
      }
    },
  }
}
