/*
Customers as orders name them, each with the person behind it.
Grain: one customer_id, which is one per order.
materialization: table
audits:
  unique(customer_id)
  not_null(customer_unique_id)
  no_fall(50%)
columns:
  customer_id: customer of one order
  customer_unique_id: the person, over all orders
  customer_city: lower case
  customer_state: two letters
  customer_zip_code_prefix: first five digits
*/
with
customers as (select * from cleaned.customers),
final as (
  select
    customer_id,
    customer_unique_id,
    customer_city,
    customer_state,
    customer_zip_code_prefix
  from customers
)
select * from final
