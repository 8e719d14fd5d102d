/*
Units sold. An item whose order is not known stays, in the month 'unknown', until its order arrives:
so a change of one month's orders may take rows out of another partition, and the table is built as a whole.
Grain: one unit of one order.
materialization: table
partition: order_month
audits:
  unique(order_id, order_item_id)
  not_null(order_id, order_item_id, product_id, price, order_month)
  relationships order_id -> curated.fact_orders.order_id
  relationships product_id -> curated.dim_product.product_id
  no_fall(50%)
columns:
  order_id: order
  product_id: product
  price: price of the unit, BRL
  freight_value: freight of the unit, BRL
  order_item_id: number of the unit in its order
  seller_id: seller
  order_date: day of purchase; null where the order is not known
  order_month: month of purchase, YYYY-MM; 'unknown' where the order is not known
*/
with
order_items as (select * from cleaned.order_items),
orders as (select * from cleaned.orders),
final as (
  select
    order_items.order_id,
    order_items.product_id,
    order_items.price,
    order_items.freight_value,
    order_items.order_item_id,
    order_items.seller_id,
    orders.order_date,
    coalesce(orders.order_month, 'unknown') as order_month
  from order_items
  left join orders on orders.order_id = order_items.order_id
)
select * from final
