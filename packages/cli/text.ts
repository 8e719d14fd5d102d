import { stripVTControlCharacters } from 'node:util'

/** File names, cells and messages come from outside: nothing in them may steer the terminal. One line comes out. */
export const readable = (text: string) => stripVTControlCharacters(text).replace(/\p{Cc}+/gu, ' ')

/** At most `width` characters, the last of them … where something was cut off. */
export function clip(text: string, width: number): string {
  if (text.length <= width) return text
  return `${text.slice(0, Math.max(0, width - 1)).replace(/[\ud800-\udbff]$/, '')}…`
}

export const count = (n: number) => n.toLocaleString('en-US')

/** `1 file`, `1,204 files` */
export const many = (n: number, one: string, more = `${one}s`) => `${count(n)} ${n === 1 ? one : more}`

export function bytes(n: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  let unit = 0
  let size = n
  for (; size >= 1000 && unit < units.length - 1; unit++) size /= 1000
  return `${unit === 0 ? size : size.toFixed(1)} ${units[unit]}`
}

export function duration(ms: number): string {
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`
  const minutes = Math.floor(ms / 60_000)
  return minutes < 60
    ? `${minutes} min ${Math.floor((ms % 60_000) / 1000)} s`
    : `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}

/** `12 s ago`, `3 min ago`, `5 h ago`, `9 days ago` */
export function ago(at: number, now: number): string {
  const seconds = Math.max(0, Math.round((now - at) / 1000))
  if (seconds < 60) return `${seconds} s ago`
  if (seconds < 3600) return `${Math.round(seconds / 60)} min ago`
  if (seconds < 48 * 3600) return `${Math.round(seconds / 3600)} h ago`
  return `${Math.round(seconds / 86_400)} days ago`
}

/** As a person reads it, in UTC: `2026-03-01 12:30:05` */
export const moment = (iso: string) => iso.slice(0, 19).replace('T', ' ')

/** What an error says first. */
export const firstLineOf = (error: unknown): string =>
  error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)
