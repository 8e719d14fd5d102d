/*
Revenue by month.
Grain: one month.
materialization: table
audits:
  unique(month)
columns:
  month: YYYY-MM
  orders: number of orders
  revenue: sum of their amounts
*/
with
orders as (select * from curated.fact_orders),
final as (
  select order_month as month, count(*) as orders, cast(sum(amount) as decimal(18, 2)) as revenue
  from orders
  group by order_month
)
select * from final
