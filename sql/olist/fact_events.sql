/*
Clicks of shop sessions, with the person where the visitor had logged in.
Grain: one event.
materialization: incremental
partition: event_month
audits:
  unique(event_id)
  not_null(event_id, session_id, event_type, event_ts, event_month)
  relationships order_id -> curated.fact_orders.order_id
  relationships customer_id -> curated.dim_customer.customer_id
  relationships product_id -> curated.dim_product.product_id
  no_fall(50%)
columns:
  event_id: event
  session_id: session
  customer_id: customer; null until the visitor logs in
  event_type: page_view, view_product, add_to_cart, checkout or purchase
  event_ts: time of the event, UTC
  product_id: product looked at or bought
  order_id: order of a purchase
  device_type: lower case
  traffic_source: lower case
  is_authenticated: 0 or 1
  customer_city: lower case
  customer_state: two letters
  event_date: day of the event
  customer_unique_id: the person; null where the customer is not known
  event_month: month of the event, YYYY-MM
*/
with
events as (select * from cleaned.olist_clickstream_events),
customers as (select * from cleaned.customers),
final as (
  select
    events.event_id,
    events.session_id,
    events.customer_id,
    events.event_type,
    events.event_ts,
    events.product_id,
    events.order_id,
    events.device_type,
    events.traffic_source,
    events.is_authenticated,
    events.customer_city,
    events.customer_state,
    events.event_date,
    customers.customer_unique_id,
    events.event_month
  from events
  left join customers on customers.customer_id = events.customer_id
)
select * from final
