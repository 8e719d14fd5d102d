import { test } from 'vitest'
import { expectQuery } from '../testing/expect-model.ts'

const event = (session_id: string, event_type: string, traffic_source: string | null) => ({
  event_id: `${session_id} ${event_type}`,
  session_id,
  event_type,
  traffic_source,
})

test('Funnel Analysis counts sessions, not events, and orders equal steps by name', async () => {
  await expectQuery('funnel-analysis', {
    given: {
      olist_clickstream_events: [
        event('s1', 'page_view', 'direct'),
        { ...event('s1', 'page_view', 'direct'), event_id: 'again' },
        event('s2', 'page_view', 'direct'),
        event('s1', 'view_product', 'direct'),
        event('s1', 'add_to_cart', 'direct'),
      ],
    },
    expected: [
      { event_type: 'page_view', sessions: '2' },
      { event_type: 'add_to_cart', sessions: '1' },
      { event_type: 'view_product', sessions: '1' },
    ],
  })
})

test('Conversion by Traffic Source is a share of sessions in percent, 0 where nobody bought', async () => {
  await expectQuery('conversion-by-traffic-source', {
    given: {
      olist_clickstream_events: [
        event('s1', 'page_view', 'email'),
        event('s1', 'purchase', 'email'),
        event('s2', 'page_view', 'email'),
        event('s3', 'page_view', 'email'),
        event('s4', 'page_view', 'direct'),
        event('s5', 'page_view', null),
        event('s6', 'purchase', 'social'),
      ],
    },
    expected: [
      { traffic_source: 'social', total_sessions: '1', converted_sessions: '1', conversion_rate_pct: '100.00' },
      { traffic_source: 'email', total_sessions: '3', converted_sessions: '1', conversion_rate_pct: '33.33' },
      { traffic_source: 'direct', total_sessions: '1', converted_sessions: '0', conversion_rate_pct: '0.00' },
      { traffic_source: null, total_sessions: '1', converted_sessions: '0', conversion_rate_pct: '0.00' },
    ],
  })
})

test('Top Categories by Revenue sums all orders, names ten categories, and leaves out unknown products', async () => {
  const categories = Array.from({ length: 12 }, (_, index) => `category_${String(index).padStart(2, '0')}`)
  await expectQuery('top-categories-by-revenue', {
    given: {
      orders: [{ order_id: 'o1', order_status: 'canceled' }],
      products: [
        ...categories.map((product_category_name) => ({ product_id: product_category_name, product_category_name })),
        { product_id: 'plain' },
      ],
      order_items: [
        ...categories.map((product_id, index) => ({ order_id: 'o1', product_id, price: `${index}.10` })),
        { order_id: 'o2', product_id: 'category_11', price: '100.00' },
        { order_id: 'o2', product_id: 'plain', price: '11.00' },
        { order_id: 'o2', product_id: 'nothing', price: '999.00' },
      ],
    },
    expected: [
      { product_category_name: 'category_11', revenue: '111.10' },
      { product_category_name: null, revenue: '11.00' },
      ...[10, 9, 8, 7, 6, 5, 4, 3].map((index) => ({
        product_category_name: categories[index]!,
        revenue: `${index}.10`,
      })),
    ],
  })
})
