import { describe, test } from 'vitest'
import { expectModel } from '../testing/expect-model.ts'

describe('fact_events', () => {
  test('an event carries its person, and one without a login or a known customer stays without', async () => {
    const event = {
      session_id: 's1',
      customer_id: 'c1',
      event_type: 'purchase',
      event_ts: '2018-02-01 00:00:00',
      product_id: 'p1',
      order_id: 'o1',
      device_type: 'mobile',
      traffic_source: 'email',
      is_authenticated: '1',
      customer_city: 'recife',
      customer_state: 'PE',
    }
    const computed = { event_date: '2018-02-01', event_month: '2018-02' }
    await expectModel('fact_events', {
      given: {
        customers: [{ customer_id: 'c1', customer_unique_id: 'ana' }],
        olist_clickstream_events: [
          { event_id: 'e1', ...event },
          { event_id: 'e2', ...event, customer_id: null },
          { event_id: 'e3', ...event, customer_id: 'ghost', order_id: null },
        ],
      },
      expected: [
        { event_id: 'e1', ...event, ...computed, customer_unique_id: 'ana' },
        { event_id: 'e2', ...event, ...computed, customer_id: null, customer_unique_id: null },
        { event_id: 'e3', ...event, ...computed, customer_id: 'ghost', order_id: null, customer_unique_id: null },
      ],
    })
  })
})

describe('fact_payments', () => {
  test('a payment carries the day of its order, and that of an unknown order stays', async () => {
    const payment = { payment_type: 'voucher', payment_value: '0.00' }
    await expectModel('fact_payments', {
      given: {
        orders: [{ order_id: 'o1', order_purchase_timestamp: '2018-01-01 00:00:00' }],
        order_payments: [
          { order_id: 'o1', payment_sequential: 1, payment_installments: 10, ...payment },
          { order_id: 'o1', payment_sequential: 2, ...payment },
          { order_id: 'o9', payment_sequential: 1, ...payment },
        ],
      },
      expected: [
        {
          order_id: 'o1',
          payment_sequential: '1',
          payment_installments: '10',
          ...payment,
          order_date: '2018-01-01',
        },
        { order_id: 'o1', payment_sequential: '2', payment_installments: null, ...payment, order_date: '2018-01-01' },
        { order_id: 'o9', payment_sequential: '1', payment_installments: null, ...payment, order_date: null },
      ],
    })
  })
})

describe('fact_reviews', () => {
  test('hours to answer are exact to the second, and half a hundredth rounds up', async () => {
    const created = '2018-01-31 00:00:00'
    const answers = ['2018-01-31 00:00:18', '2018-01-31 00:00:17', '2018-02-01 12:00:00', '2018-01-30 23:00:00', null]
    await expectModel('fact_reviews', {
      given: {
        order_reviews: answers.map((review_answer_timestamp, index) => ({
          review_id: `r${index}`,
          review_creation_date: created,
          review_answer_timestamp,
        })),
      },
      columns: ['review_id', 'created', 'answered', 'hours_to_answer', 'review_month'],
      expected: [
        [answers[0], '0.01'],
        [answers[1], '0.00'],
        [answers[2], '36.00'],
        [answers[3], '-1.00'],
        [null, null],
      ].map(([answered, hours_to_answer], index) => ({
        review_id: `r${index}`,
        created,
        answered: answered ?? null,
        hours_to_answer: hours_to_answer ?? null,
        review_month: '2018-01',
      })),
    })
  })

  test('a title or a message is a comment, and one review of two orders is two rows', async () => {
    await expectModel('fact_reviews', {
      given: {
        order_reviews: [
          { review_id: 'r1', order_id: 'o1', review_score: 5, review_comment_title: 'bom' },
          { review_id: 'r1', order_id: 'o2', review_score: 5, review_comment_message: 'ótimo\n😀' },
          { review_id: 'r2', order_id: 'o3', review_score: 1 },
        ],
      },
      columns: ['review_id', 'order_id', 'score', 'has_comment'],
      expected: [
        { review_id: 'r1', order_id: 'o1', score: '5', has_comment: 'true' },
        { review_id: 'r1', order_id: 'o2', score: '5', has_comment: 'true' },
        { review_id: 'r2', order_id: 'o3', score: '1', has_comment: 'false' },
      ],
    })
  })
})
