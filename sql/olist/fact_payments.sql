/*
Payments of orders; vouchers make several for one order.
Grain: one payment of one order.
materialization: table
audits:
  unique(order_id, payment_sequential)
  not_null(order_id, payment_sequential, payment_value)
  relationships order_id -> curated.fact_orders.order_id
  no_fall(50%)
columns:
  order_id: order
  payment_sequential: number of the payment in its order
  payment_type: credit_card, boleto, voucher, debit_card or not_defined
  payment_installments: number of instalments
  payment_value: BRL
  order_date: day of purchase; null where the order is not known
*/
with
order_payments as (select * from cleaned.order_payments),
orders as (select * from cleaned.orders),
final as (
  select
    order_payments.order_id,
    order_payments.payment_sequential,
    order_payments.payment_type,
    order_payments.payment_installments,
    order_payments.payment_value,
    orders.order_date
  from order_payments
  left join orders on orders.order_id = order_payments.order_id
)
select * from final
