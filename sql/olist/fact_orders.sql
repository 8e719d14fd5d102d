/*
Orders with their status, the times of their way to the customer, and what was ordered and paid.
Grain: one order.
materialization: incremental
partition: order_month
audits:
  unique(order_id)
  not_null(order_id, customer_id, order_purchase_timestamp, order_month)
  relationships customer_id -> curated.dim_customer.customer_id
  no_fall(50%)
columns:
  order_id: order
  customer_id: customer of this one order
  order_purchase_timestamp: time of purchase, UTC
  order_date: day of purchase
  order_status: created, approved, invoiced, processing, shipped, delivered, unavailable or canceled
  order_approved_at: payment approved
  order_delivered_carrier_date: handed to the carrier
  order_delivered_customer_date: arrived
  order_estimated_delivery_date: promised at purchase, at midnight
  items: units ordered; 0 where no item is known
  items_value: sum of prices, BRL
  freight_value: sum of freight, BRL
  payment_value: sum of payments, BRL; 0 where no payment is known
  order_month: month of purchase, YYYY-MM
*/
with
orders as (select * from cleaned.orders),
order_items as (select * from cleaned.order_items),
order_payments as (select * from cleaned.order_payments),
item_totals as (
  select
    order_id,
    count(*) as items,
    sum(price) as items_value,
    sum(freight_value) as freight_value
  from order_items
  group by order_id
),
payment_totals as (
  select order_id, sum(payment_value) as payment_value
  from order_payments
  group by order_id
),
final as (
  select
    orders.order_id,
    orders.customer_id,
    orders.order_purchase_timestamp,
    orders.order_date,
    orders.order_status,
    orders.order_approved_at,
    orders.order_delivered_carrier_date,
    orders.order_delivered_customer_date,
    orders.order_estimated_delivery_date,
    coalesce(item_totals.items, 0) as items,
    cast(coalesce(item_totals.items_value, 0) as decimal(18, 2)) as items_value,
    cast(coalesce(item_totals.freight_value, 0) as decimal(18, 2)) as freight_value,
    cast(coalesce(payment_totals.payment_value, 0) as decimal(18, 2)) as payment_value,
    orders.order_month
  from orders
  left join item_totals on item_totals.order_id = orders.order_id
  left join payment_totals on payment_totals.order_id = orders.order_id
)
select * from final
