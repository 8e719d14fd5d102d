import { draw, type Weighted, weighted } from '../distribution.ts'
import { below, between, chance, createRandom, pick, type Random } from '../random.ts'

export interface Place {
  city: string
  /** The city with its accents; the same text where it has none. */
  accented: string
  state: string
  /** Far from the south-east: slow and dear to deliver to. */
  remote: boolean
  /** First and last zip prefix. */
  zips: readonly [number, number]
  /** degrees */
  lat: number
  lng: number
  /** Zip prefixes in use. */
  prefixes: number
}

/**
 * State: share of customers, share of sellers, and its cities: name, first and last zip prefix, latitude, longitude, weight
 * in the state. Geography is true to some kilometres; weights are rounded.
 */
const states: Record<string, [number, number, string]> = {
  SP: [
    4175,
    1769,
    `são paulo 1001-5895 -23.55 -46.63 37|são paulo 8010-8490 -23.54 -46.45 4|campinas 13010-13149 -22.91 -47.06 5|guarulhos 7010-7299 -23.46 -46.53 4
    são bernardo do campo 9600-9899 -23.69 -46.56 3|santo andré 9010-9299 -23.66 -46.53 3|osasco 6010-6299 -23.53 -46.79 3|santos 11010-11099 -23.96 -46.33 3
    são josé dos campos 12210-12249 -23.18 -45.88 2|sorocaba 18010-18109 -23.50 -47.46 3|jundiaí 13201-13219 -23.19 -46.89 2|ribeirão preto 14010-14109 -21.18 -47.81 2
    mogi das cruzes 8710-8799 -23.52 -46.19 2|barueri 6401-6499 -23.51 -46.87 2|piracicaba 13400-13439 -22.73 -47.65 2|são josé do rio preto 15010-15104 -20.82 -49.38 2
    bauru 17010-17059 -22.31 -49.06 2|americana 13465-13479 -22.74 -47.33 1|franca 14400-14414 -20.54 -47.40 1|taubaté 12010-12099 -23.03 -45.56 1
    limeira 13480-13489 -22.56 -47.40 1|praia grande 11700-11729 -24.01 -46.40 1|marília 17500-17529 -22.22 -49.95 1|araraquara 14800-14811 -21.79 -48.18 1
    são carlos 13560-13579 -22.02 -47.89 1|cotia 6700-6729 -23.60 -46.92 1|ibitinga 14940-14940 -21.76 -48.83 1|presidente prudente 19010-19069 -22.12 -51.39 1`,
  ],
  RJ: [
    1285,
    171,
    `rio de janeiro 20010-23799 -22.91 -43.20 54|niterói 24020-24399 -22.88 -43.10 7|são gonçalo 24400-24799 -22.83 -43.05 3|nova iguaçu 26010-26299 -22.76 -43.45 3
    duque de caxias 25010-25299 -22.79 -43.31 3|petrópolis 25610-25779 -22.51 -43.18 2|campos dos goytacazes 28010-28149 -21.75 -41.32 2|volta redonda 27210-27299 -22.52 -44.10 2
    macaé 27900-27979 -22.37 -41.79 2|cabo frio 28905-28924 -22.88 -42.02 1`,
  ],
  MG: [
    1164,
    244,
    `belo horizonte 30110-31999 -19.92 -43.94 24|juiz de fora 36010-36109 -21.76 -43.35 4|contagem 32010-32299 -19.93 -44.05 4|uberlândia 38400-38415 -18.91 -48.28 4
    betim 32600-32699 -19.97 -44.20 2|montes claros 39400-39409 -16.73 -43.86 2|uberaba 38010-38099 -19.75 -47.93 2|governador valadares 35010-35109 -18.85 -41.95 1
    ipatinga 35160-35164 -19.47 -42.54 1|poços de caldas 37701-37719 -21.79 -46.57 1|divinópolis 35500-35504 -20.14 -44.89 1|santa luzia 33010-33199 -19.77 -43.85 1`,
  ],
  RS: [
    547,
    129,
    `porto alegre 90010-91999 -30.03 -51.22 25|canoas 92010-92449 -29.92 -51.18 4|caxias do sul 95010-95124 -29.17 -51.18 4|pelotas 96010-96099 -31.77 -52.34 3
    santa maria 97010-97119 -29.68 -53.81 3|novo hamburgo 93310-93599 -29.68 -51.13 2|passo fundo 99010-99104 -28.26 -52.41 2|gravataí 94010-94299 -29.94 -50.99 2`,
  ],
  PR: [
    505,
    349,
    `curitiba 80010-82999 -25.43 -49.27 30|londrina 86010-86099 -23.31 -51.16 6|maringá 87010-87099 -23.42 -51.94 6|ponta grossa 84010-84109 -25.09 -50.16 3
    cascavel 85801-85819 -24.96 -53.46 3|são josé dos pinhais 83005-83189 -25.53 -49.21 2|foz do iguaçu 85851-85869 -25.55 -54.59 2|guarapuava 85010-85109 -25.39 -51.46 1`,
  ],
  SC: [
    364,
    190,
    `florianópolis 88010-88069 -27.60 -48.55 16|joinville 89201-89239 -26.30 -48.85 9|blumenau 89010-89069 -26.92 -49.07 8|itajaí 88301-88319 -26.91 -48.66 4
    chapecó 89801-89816 -27.10 -52.62 4|balneário camboriú 88330-88339 -26.99 -48.63 3|criciúma 88801-88819 -28.68 -49.37 3|são josé 88101-88123 -27.61 -48.63 4`,
  ],
  BA: [
    338,
    19,
    `salvador 40010-41999 -12.97 -38.50 37|feira de santana 44001-44109 -12.27 -38.97 6|vitória da conquista 45000-45099 -14.87 -40.84 4|lauro de freitas 42700-42729 -12.89 -38.32 4
    ilhéus 45650-45669 -14.79 -39.05 2|camaçari 42800-42829 -12.70 -38.32 2|juazeiro 48900-48909 -9.41 -40.50 1`,
  ],
  DF: [214, 30, 'brasília 70040-73402 -15.79 -47.88 100'],
  ES: [
    203,
    23,
    'vitória 29010-29099 -20.32 -40.34 20|vila velha 29100-29129 -20.33 -40.29 20|serra 29160-29184 -20.13 -40.31 14|cariacica 29140-29159 -20.26 -40.42 8|linhares 29900-29919 -19.39 -40.07 4',
  ],
  GO: [
    202,
    40,
    'goiânia 74003-74899 -16.69 -49.26 34|anápolis 75001-75149 -16.33 -48.95 8|aparecida de goiânia 74905-74993 -16.82 -49.25 8|rio verde 75900-75919 -17.80 -50.92 3|luziânia 72800-72859 -16.25 -47.95 3',
  ],
  PE: [
    165,
    9,
    'recife 50010-52999 -8.05 -34.88 37|olinda 53010-53439 -8.01 -34.85 8|jaboatão dos guararapes 54080-54499 -8.11 -35.01 10|caruaru 55002-55099 -8.28 -35.97 6|petrolina 56300-56332 -9.39 -40.50 5',
  ],
  CE: [
    134,
    13,
    'fortaleza 60010-61599 -3.73 -38.53 49|sobral 62010-62114 -3.69 -40.35 4|juazeiro do norte 63010-63059 -7.21 -39.32 4|caucaia 61600-61699 -3.74 -38.65 4',
  ],
  PA: [
    98,
    1,
    'belém 66010-66999 -1.46 -48.49 45|ananindeua 67010-67199 -1.37 -48.37 12|santarém 68005-68109 -2.44 -54.71 6|marabá 68500-68514 -5.37 -49.12 5',
  ],
  MT: [
    91,
    4,
    'cuiabá 78005-78099 -15.60 -56.10 34|várzea grande 78110-78169 -15.65 -56.13 8|rondonópolis 78700-78750 -16.47 -54.64 10|sinop 78550-78559 -11.86 -55.50 6',
  ],
  MA: [75, 1, 'são luís 65010-65099 -2.53 -44.30 47|imperatriz 65900-65919 -5.53 -47.48 8'],
  MS: [72, 5, 'campo grande 79002-79124 -20.47 -54.62 46|dourados 79800-79849 -22.22 -54.81 12'],
  PB: [54, 6, 'joão pessoa 58010-58099 -7.12 -34.86 54|campina grande 58400-58439 -7.23 -35.88 16'],
  PI: [50, 1, 'teresina 64000-64099 -5.09 -42.80 58|parnaíba 64200-64219 -2.90 -41.78 6'],
  RN: [49, 5, 'natal 59010-59149 -5.79 -35.21 52|mossoró 59600-59649 -5.19 -37.34 12'],
  AL: [41, 0, 'maceió 57010-57099 -9.65 -35.74 60|arapiraca 57300-57319 -9.75 -36.66 10'],
  SE: [35, 2, 'aracaju 49010-49099 -10.91 -37.07 66|nossa senhora do socorro 49160-49169 -10.86 -37.13 6'],
  TO: [28, 0, 'palmas 77001-77299 -10.18 -48.33 40|araguaína 77800-77829 -7.19 -48.21 14'],
  RO: [25, 2, 'porto velho 76801-76834 -8.76 -63.90 46|ji-paraná 76900-76914 -10.88 -61.95 12'],
  AM: [15, 1, 'manaus 69005-69099 -3.12 -60.02 95|itacoatiara 69100-69109 -3.14 -58.44 5'],
  AC: [8, 1, 'rio branco 69900-69924 -9.97 -67.81 88|cruzeiro do sul 69980-69980 -7.63 -72.67 12'],
  AP: [7, 0, 'macapá 68900-68914 0.03 -51.07 90|santana 68925-68925 -0.06 -51.18 10'],
  RR: [5, 0, 'boa vista 69301-69319 2.82 -60.67 100'],
}

const remote = new Set([
  'AC',
  'AM',
  'AP',
  'PA',
  'RO',
  'RR',
  'TO',
  'MA',
  'PI',
  'CE',
  'RN',
  'PB',
  'PE',
  'AL',
  'SE',
  'BA',
  'MT',
])
const plain = (city: string) => city.normalize('NFD').replaceAll(/\p{M}/gu, '')

export interface PlaceShares {
  customers: Weighted<Place>
  sellers: Weighted<Place>
}

/** All places; the more orders, the more zip prefixes of a city are in use. */
export function createPlaces(orders: number): PlaceShares {
  const customers: [Place, number][] = []
  const sellers: [Place, number][] = []
  for (const [state, [customerShare, sellerShare, text]] of Object.entries(states)) {
    const cities = text.split(/[|\n]/).map((city) => {
      const [, accented, first, last, lat, lng, weight] = /^\s*(\D+) (\d+)-(\d+) (\S+) (\S+) (\d+)$/.exec(city)!
      return {
        accented: accented!,
        zips: [Number(first), Number(last)] as const,
        lat: Number(lat),
        lng: Number(lng),
        weight: Number(weight),
      }
    })
    const total = cities.reduce((sum, { weight }) => sum + weight, 0)
    for (const { weight, accented, zips, lat, lng } of cities) {
      const share = (customerShare * weight) / total
      const prefixes = Math.max(1, Math.min(zips[1] - zips[0] + 1, Math.floor((share * orders) / 25_000)))
      const place = { city: plain(accented), accented, state, remote: remote.has(state), zips, lat, lng, prefixes }
      customers.push([place, share * 1000])
      sellers.push([place, (sellerShare * weight * 1000) / total])
    }
  }
  return { customers: weighted(customers), sellers: weighted(sellers) }
}

export interface Address {
  place: Place
  zip: number
}

/** A zip prefix in use there; 6 % lie outside of those, so that no geolocation point is known for them. */
export function drawAddress(random: Random, places: Weighted<Place>): Address {
  const place = draw(random, places)
  const [first, last] = place.zips
  if (chance(random, 0.06)) return { place, zip: between(random, first, last) }
  return { place, zip: prefixAt(place, below(random, place.prefixes)) }
}

/** The n-th zip prefix in use of a place. */
export function prefixAt(place: Place, n: number): number {
  const [first, last] = place.zips
  return first + Math.floor((n * (last - first + 1)) / place.prefixes)
}

/** Five digits, of which 60 % lost their leading zeros to a spreadsheet. */
export function zipText(random: Random, zip: number): string {
  return chance(random, 0.6) ? String(zip) : String(zip).padStart(5, '0')
}

/** A city as sellers typed it: 3 % are not just the city's name. */
export function sellerCity(random: Random, { city, accented, state }: Place): string {
  if (!chance(random, 0.03)) return city
  const low = state.toLowerCase()
  return pick(random, [
    `${city} / ${low}`,
    `${city} - ${low}`,
    `${low} / ${low}`,
    `${city}/${low}`,
    `${city}, ${low}, brasil`,
    `${city} ${low}`,
    `${city}\\${low}`,
    accented,
    `contato${between(random, 1, 99)}@loja.example`,
    String(between(random, 1_000_000, 9_999_999)).padStart(8, '0'),
  ])
}

/** Where a zip prefix lies: near its city, and always at the same place. */
export function prefixPoint(place: Place, zip: number): { lat: number; lng: number } {
  const random = createRandom(zip, 'prefix point')
  const spread = 900 + below(random, 300)
  return {
    lat: place.lat + (below(random, spread * 2) - spread) / 10_000,
    lng: place.lng + (below(random, spread * 2) - spread) / 10_000,
  }
}
