import { draw, logNormal, popular } from '../distribution.ts'
import { below, between, chance, createRandom, hexId, pick, type Random } from '../random.ts'
import { type Category, categories, categoryShares } from './categories.ts'
import { countText, type NumberStyle } from './number-text.ts'

export interface Product {
  id: string
  category: Category | undefined
  nameLength: number
  descriptionLength: number
  photos: number
  /** g, cm; undefined for the two of 32,951 without dimensions */
  size: { weight: number; length: number; height: number; width: number } | undefined
  /** cents, before a seller's variations */
  price: number
  /** Index of the seller who sells it. */
  seller: number
}

const clamp = (value: number, low: number, high: number) => Math.max(low, Math.min(high, Math.round(value)))

/** Whole money ends in ,90 or ,00 or ,99 mostly. */
function shelfPrice(random: Random, brl: number): number {
  const whole = clamp(brl, 1, 6700) * 100
  const at = below(random, 100)
  if (at < 36) return whole - 10
  if (at < 66) return whole
  if (at < 84) return whole - 1
  return whole - 100 + between(random, 5, 95)
}

/** Every tenth product makes sure that each seller sells something. */
function sellerOf(random: Random, index: number, sellers: number): number {
  return index % 10 === 0 ? (index / 10) % sellers : popular(random, sellers)
}

export function createProduct(seed: number, index: number, sellers: number): Product {
  const random = createRandom(seed, 'product', index)
  const category = draw(random, categoryShares)
  const model = category ?? categories[index % categories.length]!
  const weight = clamp(logNormal(random, model.weight, 0.8), 50, 40_000)
  const bulk = logNormal(random, weight < 1000 ? 20 : 33, 0.35)
  return {
    id: hexId(random),
    category,
    nameLength: clamp(52 + (chance(random, 0.6) ? between(random, -2, 8) : between(random, -32, 2)), 5, 70),
    descriptionLength: clamp(logNormal(random, 600, 0.75), 4, 3990),
    photos: pick(random, [1, 1, 1, 1, 1, 1, 2, 2, 3, 3, 4, 5, 6]),
    size: chance(random, 2 / 32_951)
      ? undefined
      : {
          weight: chance(random, 4 / 32_951) ? 0 : weight < 300 ? weight : Math.round(weight / 50) * 50,
          length: clamp(bulk * 1.2, 16, 105),
          height: clamp(logNormal(random, 13, 0.7), 2, 105),
          width: clamp(bulk * 0.9, 11, 105),
        },
    price: Math.max(85, shelfPrice(random, logNormal(random, model.price, model.spread * 0.95))),
    seller: sellerOf(random, index, sellers),
  }
}

export function productCells(product: Product, style: NumberStyle): string[] {
  const { category, size } = product
  // The four fields are empty together.
  const known = (count: number) => countText(category ? count : undefined, style)
  return [
    product.id,
    category?.name ?? '',
    known(product.nameLength),
    known(product.descriptionLength),
    known(product.photos),
    ...[size?.weight, size?.length, size?.height, size?.width].map((count) => countText(count, style)),
  ]
}
