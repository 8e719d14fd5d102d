/*
Orders with the customer's country.
Grain: one order.
materialization: incremental
partition: order_month
audits:
  unique(order_id)
  relationships customer_id -> curated.dim_customer.customer_id
columns:
  order_id: natural key
  customer_id: who ordered
  ordered_at: UTC
  amount: as charged
  country: of the customer
  order_month: month of the order, YYYY-MM
*/
select order_id, customer_id, ordered_at, amount, country, order_month from enriched.orders
