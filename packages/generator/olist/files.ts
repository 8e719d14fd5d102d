import { contractOf } from '../contract-of.ts'
import { between } from '../random.ts'
import type { FileSpec } from '../table-writer.ts'
import { moneyText, type NumberStyle } from './number-text.ts'
import { drawAddress, type PlaceShares, zipText } from './places.ts'

export type OlistTable =
  | 'customers'
  | 'orders'
  | 'order_items'
  | 'order_payments'
  | 'order_reviews'
  | 'products'
  | 'sellers'
  | 'geolocation'
  | 'category_translation'

/** The nine files: names, how they are quoted, and what an outdated row of each looks like. */
export function olistFiles(places: PlaceShares, style: NumberStyle): Record<OlistTable, FileSpec> {
  const file = (table: OlistTable, fileName: string, rest: Omit<FileSpec, 'table' | 'fileName'>): FileSpec => ({
    table: contractOf('olist', table),
    fileName,
    ...rest,
  })
  return {
    customers: file('customers', 'olist_customers_dataset.csv', {
      mixedQuotes: ['customer_id', 'customer_unique_id', 'customer_zip_code_prefix'],
      version: (cells, random) => {
        const { place, zip } = drawAddress(random, places.customers)
        return [...cells.slice(0, 2), zipText(random, zip), place.city, place.state]
      },
    }),
    orders: file('orders', 'olist_orders_dataset.csv', {
      mixedQuotes: ['order_id', 'customer_id'],
      version: (cells) => [cells[0]!, cells[1]!, 'processing', cells[3]!, cells[4]!, '', '', cells[7]!],
    }),
    order_items: file('order_items', 'olist_order_items_dataset.csv', {
      mixedQuotes: ['order_id', 'product_id', 'seller_id'],
      version: (cells, random) => cells.with(6, moneyText(between(random, 500, 9000), style)),
    }),
    order_payments: file('order_payments', 'olist_order_payments_dataset.csv', {
      mixedQuotes: ['order_id'],
      version: (cells, random) => cells.with(3, String(between(random, 1, 10))),
    }),
    order_reviews: file('order_reviews', 'olist_order_reviews_dataset.csv', {
      mixedQuotes: ['review_id', 'order_id', 'review_comment_message'],
      // Answered earlier, at the very moment of the survey: the greatest answer wins.
      version: (cells, random) => [cells[0]!, cells[1]!, String(between(random, 1, 5)), '', '', cells[5]!, cells[5]!],
    }),
    products: file('products', 'olist_products_dataset.csv', {
      mixedQuotes: ['product_id'],
      version: (cells, random) => cells.with(5, String(between(random, 50, 30_000))),
    }),
    sellers: file('sellers', 'olist_sellers_dataset.csv', {
      mixedQuotes: ['seller_id', 'seller_zip_code_prefix'],
      version: (cells, random) => {
        const { place, zip } = drawAddress(random, places.sellers)
        return [cells[0]!, zipText(random, zip), place.city, place.state]
      },
    }),
    geolocation: file('geolocation', 'olist_geolocation_dataset.csv', { mixedQuotes: ['geolocation_zip_code_prefix'] }),
    category_translation: file('category_translation', 'product_category_name_translation.csv', {
      bom: true,
      finalNewline: false,
      version: (cells) => [cells[0]!, cells[1]!.replaceAll('_', ' ')],
    }),
  }
}
