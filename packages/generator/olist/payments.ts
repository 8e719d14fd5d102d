import { draw, weighted } from '../distribution.ts'
import { below, between, chance, type Random } from '../random.ts'

export interface Payment {
  type: 'credit_card' | 'boleto' | 'voucher' | 'debit_card' | 'not_defined'
  installments: number
  /** cents */
  value: number
}

/** How an order is paid; `split` is a card with vouchers. */
export type PaymentPlan = 'credit_card' | 'boleto' | 'debit_card' | 'voucher' | 'split' | 'two_cards'

const plans = weighted<PaymentPlan>([
  ['credit_card', 7440],
  ['boleto', 1948],
  ['debit_card', 157],
  ['voucher', 170],
  ['split', 252],
  ['two_cards', 33],
])
const installments = weighted([
  [1, 4023],
  [2, 1835],
  [3, 1546],
  [4, 1036],
  [5, 800],
  [6, 575],
  [7, 231],
  [8, 631],
  [9, 101],
  [10, 801],
  [12, 26],
  [15, 9],
  [18, 4],
  [24, 3],
  [0, 1],
] as const)

export const drawPaymentPlan = (random: Random): PaymentPlan => draw(random, plans)

/** Parts that sum to the total, each at least one cent where the total allows. */
function split(random: Random, total: number, parts: number): number[] {
  const values: number[] = []
  let rest = total
  for (let left = parts; left > 1; left--) {
    const value = Math.min(
      Math.max(1, Math.floor((rest * between(random, 100, 900)) / (left * 600))),
      Math.max(0, rest - left + 1),
    )
    values.push(value)
    rest -= value
  }
  return [...values, rest]
}

/** Payments of one order in their sequence. 0.6 % do not sum to `total` (cents); zero and `not_defined` ones are rare. */
export function drawPayments(random: Random, plan: PaymentPlan, total: number): Payment[] {
  if (chance(random, 3 / 99_441)) return [{ type: 'not_defined', installments: 1, value: 0 }]
  const paid = chance(random, 0.006) ? Math.max(1, total + pickDifference(random)) : total
  const card = (value: number): Payment => ({ type: 'credit_card', installments: draw(random, installments), value })
  const voucher = (value: number): Payment => ({ type: 'voucher', installments: 1, value })
  const few = () => (chance(random, 0.8) ? 1 : between(random, 2, chance(random, 0.1) ? 11 : 5))
  switch (plan) {
    case 'credit_card':
      return [card(paid)]
    case 'boleto':
    case 'debit_card':
      return [{ type: plan, installments: 1, value: paid }]
    case 'two_cards':
      return split(random, paid, 2).map(card)
    case 'voucher': {
      const payments = split(random, paid, few()).map(voucher)
      // An emptied voucher is a payment of zero.
      return chance(random, 0.004) ? [...payments, voucher(0)] : payments
    }
    case 'split': {
      const [first, ...others] = split(random, paid, 1 + few()).reverse()
      return [card(first!), ...others.map(voucher)]
    }
  }
}

const pickDifference = (random: Random) =>
  below(random, 2) === 0 ? between(random, -1, 1) || 1 : between(random, -1100, 4000)
