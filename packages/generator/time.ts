export const hour = 3600
export const day = 86_400

const two = Array.from({ length: 100 }, (_, value) => String(value).padStart(2, '0'))
const days = new Map<number, string>()

/** `YYYY-MM-DD` of a number of days since 1970. */
export function dayText(dayNumber: number): string {
  let text = days.get(dayNumber)
  if (text === undefined) {
    text = new Date(dayNumber * day * 1000).toISOString().slice(0, 10)
    days.set(dayNumber, text)
  }
  return text
}

/** `YYYY-MM-DD HH:MM:SS` of UTC seconds since 1970. */
export function timeText(seconds: number): string {
  const dayNumber = Math.floor(seconds / day)
  const inDay = seconds - dayNumber * day
  const minute = Math.floor(inDay / 60)
  return `${dayText(dayNumber)} ${two[Math.floor(minute / 60)]}:${two[minute % 60]}:${two[inDay % 60]}`
}

/** UTC seconds of `YYYY-MM-DD HH:MM:SS`; undefined for any other text. */
export function parseTime(text: string): number | undefined {
  if (!/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(text)) return undefined
  const milliseconds = Date.parse(`${text.replace(' ', 'T')}Z`)
  if (Number.isNaN(milliseconds)) return undefined
  const seconds = milliseconds / 1000
  return timeText(seconds) === text ? seconds : undefined
}

/** Midnight of that moment's day, UTC seconds. */
export const midnight = (seconds: number): number => Math.floor(seconds / day) * day
