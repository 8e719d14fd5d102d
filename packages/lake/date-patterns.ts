import { QueryFailed } from './query-engine.ts'

/** A pattern of `date_format` and `date_parse` (MySQL's letters) as one of DuckDB's strftime. */
export function mysqlPattern(pattern: string): string {
  return pattern.replace(/%(.)/gs, (_, letter: string) => {
    const strftime = mysql[letter]
    if (strftime === undefined) throw new QueryFailed('user', `the date pattern %${letter} is not translated to DuckDB`)
    return strftime
  })
}

const mysql: Record<string, string> = {
  a: '%a',
  b: '%b',
  c: '%-m',
  d: '%d',
  e: '%-d',
  f: '%f',
  H: '%H',
  h: '%I',
  I: '%I',
  i: '%M',
  j: '%j',
  k: '%-H',
  l: '%-I',
  M: '%B',
  m: '%m',
  p: '%p',
  r: '%I:%M:%S %p',
  S: '%S',
  s: '%S',
  T: '%H:%M:%S',
  v: '%V',
  W: '%A',
  x: '%G',
  Y: '%Y',
  y: '%y',
  '%': '%%',
}

/** A pattern of `format_datetime` and `parse_datetime` (Joda's letters) as one of DuckDB's strftime. */
export function jodaPattern(pattern: string): string {
  return pattern.replace(/'([^']*)'|([A-Za-z])\2*|%/g, (token, quoted: string | undefined) => {
    if (quoted !== undefined) return quoted === '' ? "'" : quoted.replaceAll('%', '%%')
    if (token === '%') return '%%'
    const strftime = joda[token]
    if (strftime === undefined) throw new QueryFailed('user', `the date pattern ${token} is not translated to DuckDB`)
    return strftime
  })
}

const joda: Record<string, string> = {
  yyyy: '%Y',
  YYYY: '%Y',
  yy: '%y',
  y: '%Y',
  xxxx: '%G',
  MMMM: '%B',
  MMM: '%b',
  MM: '%m',
  M: '%-m',
  dd: '%d',
  d: '%-d',
  DDD: '%j',
  EEEE: '%A',
  EEE: '%a',
  E: '%a',
  e: '%u',
  ww: '%V',
  HH: '%H',
  H: '%-H',
  hh: '%I',
  h: '%-I',
  mm: '%M',
  m: '%-M',
  ss: '%S',
  s: '%-S',
  SSS: '%g',
  a: '%p',
}
