/** What the objects of a lake are written as. A change that older or newer code would misread makes it one more. */
export const lakeFormat = 2

/** Thrown when a lake is of another format: nothing of it may be read or written. */
export class WrongFormat extends Error {
  override readonly name = 'WrongFormat'
  constructor(found: number) {
    const way =
      found > lakeFormat
        ? 'Update droplake, or drop its raw/ into a fresh lake'
        : 'Generate the data anew, or drop its raw/ into a fresh lake'
    super(
      `lake: this lake has format ${found}; this droplake reads format ${lakeFormat}. ${way}: droplake drop OLD/raw --lake NEW`,
    )
  }
}

/** Refuses an object of another format; what was written before there were numbers has format 1. */
export function checkFormat(object: { format?: unknown }): void {
  const found = typeof object.format === 'number' ? object.format : 1
  if (found !== lakeFormat) throw new WrongFormat(found)
}
