import { describe, test } from 'vitest'
import { expectModel } from '../testing/expect-model.ts'

describe('dim_customer', () => {
  test('two customers of one person are two rows, zips keep their zeros', async () => {
    const home = { customer_city: 'são paulo', customer_state: 'SP', customer_zip_code_prefix: '01037' }
    await expectModel('dim_customer', {
      given: {
        customers: [
          { customer_id: 'c2', customer_unique_id: 'ana', ...home },
          { customer_id: 'c1', customer_unique_id: 'ana' },
        ],
      },
      expected: [
        {
          customer_id: 'c1',
          customer_unique_id: 'ana',
          customer_city: null,
          customer_state: null,
          customer_zip_code_prefix: null,
        },
        { customer_id: 'c2', customer_unique_id: 'ana', ...home },
      ],
    })
  })
})

describe('dim_product', () => {
  const sizes = {
    product_photos_qty: '4',
    product_weight_g: '0',
    product_length_cm: '16',
    product_height_cm: '10',
    product_width_cm: '14',
  }
  const unsized = Object.fromEntries(Object.keys(sizes).map((name) => [name, null]))
  test('a category without a translation keeps its Portuguese name, none stays none', async () => {
    await expectModel('dim_product', {
      given: {
        products: [
          { product_id: 'p1', product_category_name: 'beleza_saude', ...sizes },
          { product_id: 'p2', product_category_name: 'pc_gamer' },
          { product_id: 'p3' },
        ],
        category_translation: [
          { product_category_name: 'beleza_saude', product_category_name_english: 'health_beauty' },
        ],
      },
      expected: [
        { product_id: 'p1', product_category_name: 'beleza_saude', category_english: 'health_beauty', ...sizes },
        { product_id: 'p2', product_category_name: 'pc_gamer', category_english: 'pc_gamer', ...unsized },
        { product_id: 'p3', product_category_name: null, category_english: null, ...unsized },
      ],
    })
  })
})

describe('dim_person', () => {
  test('a person with two orders lives where the later one went, even where that is not known', async () => {
    await expectModel('dim_person', {
      given: {
        customers: [
          { customer_id: 'c1', customer_unique_id: 'ana', customer_city: 'recife', customer_state: 'PE' },
          { customer_id: 'c2', customer_unique_id: 'ana', customer_city: 'santos', customer_state: 'SP' },
          { customer_id: 'c3', customer_unique_id: 'rui', customer_city: 'recife', customer_state: 'PE' },
          { customer_id: 'c4', customer_unique_id: 'rui' },
        ],
        orders: [
          { order_id: 'o2', customer_id: 'c2', order_purchase_timestamp: '2018-03-01 00:00:00' },
          { order_id: 'o1', customer_id: 'c1', order_purchase_timestamp: '2017-03-01 00:00:00' },
          { order_id: 'o3', customer_id: 'c3', order_purchase_timestamp: '2018-01-01 08:00:00' },
          { order_id: 'o4', customer_id: 'c4', order_purchase_timestamp: '2018-01-02 08:00:00' },
        ],
      },
      expected: [
        {
          customer_unique_id: 'ana',
          customer_city: 'santos',
          customer_state: 'SP',
          first_order_at: '2017-03-01 00:00:00',
          last_order_at: '2018-03-01 00:00:00',
          orders: '2',
        },
        {
          customer_unique_id: 'rui',
          customer_city: null,
          customer_state: null,
          first_order_at: '2018-01-01 08:00:00',
          last_order_at: '2018-01-02 08:00:00',
          orders: '2',
        },
      ],
    })
  })

  test('orders of the same moment are told apart by their ids, and a person without orders is kept', async () => {
    await expectModel('dim_person', {
      given: {
        customers: [
          { customer_id: 'c1', customer_unique_id: 'ana', customer_city: 'recife' },
          { customer_id: 'c2', customer_unique_id: 'ana', customer_city: 'santos' },
          { customer_id: 'c5', customer_unique_id: 'ana', customer_city: 'natal' },
          { customer_id: 'c6', customer_unique_id: 'eva', customer_city: 'olinda' },
        ],
        orders: [
          { order_id: 'o8', customer_id: 'c2', order_purchase_timestamp: '2018-03-01 00:00:00' },
          { order_id: 'o9', customer_id: 'c1', order_purchase_timestamp: '2018-03-01 00:00:00' },
        ],
      },
      columns: ['customer_unique_id', 'customer_city', 'first_order_at', 'orders'],
      expected: [
        { customer_unique_id: 'ana', customer_city: 'recife', first_order_at: '2018-03-01 00:00:00', orders: '2' },
        { customer_unique_id: 'eva', customer_city: 'olinda', first_order_at: null, orders: '0' },
      ],
    })
  })
})
