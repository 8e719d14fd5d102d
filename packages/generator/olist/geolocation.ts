import { draw } from '../distribution.ts'
import { below, between, chance, createRandom, type Random } from '../random.ts'
import { type Place, type PlaceShares, prefixAt, prefixPoint, zipText } from './places.ts'

/** Share of rows that repeat another one exactly. */
const repeats = 0.26

export interface Point {
  cells: string[]
  /** How often the row comes once more. */
  copies: number
}

/** Fifteen decimals or fewer around a coordinate, from whole numbers: no float is ever printed. */
function coordinate(random: Random, degrees: number): string {
  const units = Math.round(degrees * 10_000) + between(random, -60, 60)
  const whole = Math.floor(Math.abs(units) / 10_000)
  const decimals = String(Math.abs(units) % 10_000).padStart(4, '0')
  const digits = chance(random, 0.02) ? 4 : between(random, 9, 11)
  const fine = String(between(random, 10 ** 9, 4 * 10 ** 9)).slice(1) + String(between(random, 11, 99))
  // A last zero would be the same number with a digit less.
  return `${units < 0 ? '-' : ''}${whole}.${decimals}${fine.slice(0, digits - 1)}${between(random, 1, 9)}`
}

function point(random: Random, place: Place, zip: number): string[] {
  const { lat, lng } = prefixPoint(place, zip)
  // Some points of the public file lie abroad.
  const abroad = chance(random, 30 / 1_000_000)
  const city = place.accented !== place.city && chance(random, 0.16) ? place.accented : place.city
  return [
    zipText(random, zip),
    coordinate(random, abroad ? lat + 60 : lat),
    coordinate(random, abroad ? lng + 40 : lng),
    city,
    place.state,
  ]
}

/** Points of `rows` rows, copies counted. */
export function* geolocationPoints(seed: number, places: PlaceShares, rows: number): Generator<Point> {
  const random = createRandom(seed, 'geolocation')
  let left = rows
  while (left > 0) {
    const place = draw(random, places.customers)
    const cells = point(random, place, prefixAt(place, below(random, place.prefixes)))
    let copies = 0
    while (copies + 1 < left && chance(random, repeats)) copies++
    left -= copies + 1
    yield { cells, copies }
  }
}
