import { bytesOf, headerOf, kinds, type Right, setAside, taken, whole } from '../kind.ts'

/** Bytes and the characters they stand for. */
const { list, add } = kinds('en')
export const encodings = list

const header = headerOf('sellers').join(',')
const city = (id: string, name: string): Right => taken('sellers', [{ seller_id: `${id}a`, seller_city: name }])
const text = (id: string, name: string) => `${header}\n${id}a,01001,${name},SP\n`

const characters: [what: string, city: string][] = [
  ['Latin accents', 'são joão del-rei'],
  ['accents as marks of their own', 'sa\u0303o paulo'],
  ['Greek', 'αθήνα'],
  ['Chinese', '东京都'],
  ['an emoji of several code points', '👩‍👩‍👧 rio'],
  ['right-to-left text', 'القاهرة'],
  ['the mark that turns text around', 'rio\u202eoir'],
  ['a zero-width space', 'ri\u200bo'],
  ['the replacement character', 'ri\ufffdo'],
  ['control characters', 'ri\u0001\u0002o'],
  ['an escape sequence of terminals', 'ri\u001b[31mo'],
  ['a backspace', 'rio\u0008x'],
  ['the last code point', 'rio\u{10ffff}'],
  ['a line separator inside a cell', 'rio\u2028de janeiro'],
]
for (const [what, name] of characters) add(what, (id) => whole('sellers', id, text(id, name), city(id, name)))

add('accents in Latin-1', (id) =>
  whole('sellers', id, Buffer.from(text(id, 'são joão'), 'latin1'), city(id, 'são joão')),
)
add('the quotation marks and the euro sign of Windows', (id) => {
  const bytes = Buffer.from(text(id, 'xAyBz'), 'latin1')
  bytes[bytes.indexOf('xAy') + 1] = 0x93
  bytes[bytes.indexOf('yBz') + 1] = 0x80
  return whole('sellers', id, bytes, city(id, 'x“y€z'))
})
for (const [what, encode] of [
  ['UTF-16, little end first', (value: string) => Buffer.from(`\ufeff${value}`, 'utf16le')],
  ['UTF-16, big end first', (value: string) => Buffer.from(`\ufeff${value}`, 'utf16le').swap16()],
  ['UTF-16 without a byte order mark', (value: string) => Buffer.from(value, 'utf16le')],
] as const)
  add(what, (id) =>
    whole('sellers', id, encode(text(id, 'são paulo')), [city(id, 'são paulo'), setAside(/UTF-16|UTF-8|NUL/)]),
  )
add('UTF-32', (id) => {
  const points = [...`\ufeff${text(id, 'rio')}`]
  const bytes = Buffer.alloc(points.length * 4)
  points.forEach((point, n) => void bytes.writeUInt32LE(point.codePointAt(0)!, n * 4))
  return whole('sellers', id, bytes, setAside(/UTF|NUL/))
})
add('an encoding that is longer than needed', (id) => {
  const bytes = Buffer.from(text(id, 'x??y'))
  const at = bytes.indexOf('x??y')
  bytes[at + 1] = 0xc0
  bytes[at + 2] = 0xaf
  return whole('sellers', id, bytes, city(id, 'xà¯y'))
})
add('a file of NULs', (id) => whole('sellers', id, Buffer.alloc(5_000), setAside(/NUL|text/)))
add('a file with a page of NULs at its end', (id) =>
  whole('sellers', id, Buffer.concat([bytesOf(text(id, 'rio')), Buffer.alloc(4_096)]), [
    setAside(/NUL/),
    taken('sellers', [{ seller_id: `${id}a` }], { quarantined: { cell_count: 1 } }),
  ]),
)
add('random bytes', (id) => {
  let state = 7
  const bytes = Buffer.alloc(4_000, 0)
  for (let n = 0; n < bytes.length; n++) {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31
    bytes[n] = state >> 16
  }
  return whole('sellers', id, bytes, setAside(/./))
})
