/*
Sales by month and product category. Canceled and unavailable orders count in gross_revenue only.
Grain: one month and category.
materialization: table
audits:
  unique(order_month, product_category_name)
  not_null(order_month, product_category_name, revenue, gross_revenue)
columns:
  order_month: month of purchase, YYYY-MM; 'unknown' where the order is not known
  product_category_name: Portuguese; '(unknown)' where the product or its category is not known
  category_english: English name
  orders: orders with at least one unit of the category
  units: units sold
  revenue: sum of prices, BRL
  gross_revenue: sum of prices, canceled and unavailable orders included, BRL
  freight: sum of freight, BRL
  share_pct: share of the month's revenue, 0 to 100; null in a month without revenue
*/
with
items as (select * from curated.fact_order_items),
orders as (select * from curated.fact_orders),
products as (select * from curated.dim_product),
sold as (
  select
    items.order_month,
    items.order_id,
    items.price,
    items.freight_value,
    coalesce(products.product_category_name, '(unknown)') as product_category_name,
    coalesce(products.category_english, '(unknown)') as category_english,
    coalesce(orders.order_status, 'unknown') not in ('canceled', 'unavailable') as counts
  from items
  left join orders on orders.order_id = items.order_id
  left join products on products.product_id = items.product_id
),
totals as (
  select
    order_month,
    product_category_name,
    category_english,
    count(distinct case when counts then order_id end) as orders,
    count(case when counts then 1 end) as units,
    cast(coalesce(sum(case when counts then price end), 0) as decimal(18, 2)) as revenue,
    cast(sum(price) as decimal(18, 2)) as gross_revenue,
    cast(coalesce(sum(case when counts then freight_value end), 0) as decimal(18, 2)) as freight
  from sold
  group by order_month, product_category_name, category_english
),
shares as (
  select *, cast(sum(revenue) over (partition by order_month) as double) as month_revenue
  from totals
),
final as (
  select
    order_month,
    product_category_name,
    category_english,
    orders,
    units,
    revenue,
    gross_revenue,
    freight,
    cast(round(100 * cast(revenue as double) / nullif(month_revenue, 0), 2) as decimal(5, 2)) as share_pct
  from shares
)
select * from final
