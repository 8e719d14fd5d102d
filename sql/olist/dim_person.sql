/*
Persons over all their orders, where they lived at the latest one.
Grain: one customer_unique_id.
materialization: table
audits:
  unique(customer_unique_id)
  not_null(customer_unique_id)
  no_fall(50%)
columns:
  customer_unique_id: person
  customer_city: city of the latest order
  customer_state: state of the latest order
  first_order_at: purchase time of the first order; null where no order is known
  last_order_at: purchase time of the latest order
  orders: number of orders, of any status
*/
with
customers as (select * from cleaned.customers),
orders as (select * from cleaned.orders),
customer_orders as (
  select
    customers.customer_unique_id,
    customers.customer_city,
    customers.customer_state,
    orders.order_id,
    orders.order_purchase_timestamp,
    row_number() over (
      partition by customers.customer_unique_id
      order by
        orders.order_purchase_timestamp desc nulls last,
        orders.order_id desc nulls last,
        customers.customer_id desc
    ) as recency
  from customers
  left join orders on orders.customer_id = customers.customer_id
),
final as (
  select
    customer_unique_id,
    max(case when recency = 1 then customer_city end) as customer_city,
    max(case when recency = 1 then customer_state end) as customer_state,
    min(order_purchase_timestamp) as first_order_at,
    max(order_purchase_timestamp) as last_order_at,
    count(order_id) as orders
  from customer_orders
  group by customer_unique_id
)
select * from final
