/*
Top Categories by Revenue: the ten categories with the greatest sum of prices, over all orders.
columns:
  product_category_name: Portuguese; null for products without a category
  revenue: sum of prices, BRL, canceled orders included
*/
with
items as (select * from curated.fact_order_items),
products as (select * from curated.dim_product),
final as (
  select products.product_category_name, cast(sum(items.price) as decimal(18, 2)) as revenue
  from items
  join products on products.product_id = items.product_id
  group by products.product_category_name
)
select * from final
order by revenue desc, product_category_name nulls last
limit 10
