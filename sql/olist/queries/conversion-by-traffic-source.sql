/*
Conversion by Traffic Source: share of sessions with a purchase, best source first.
columns:
  traffic_source: where the session came from; null where not recorded
  total_sessions: distinct sessions
  converted_sessions: those with a purchase
  conversion_rate_pct: 0 to 100
*/
with
events as (select * from curated.fact_events),
sessions as (
  select
    traffic_source,
    count(distinct session_id) as total_sessions,
    count(distinct case when event_type = 'purchase' then session_id end) as converted_sessions
  from events
  group by traffic_source
),
final as (
  select
    traffic_source,
    total_sessions,
    converted_sessions,
    cast(
      round(100 * cast(converted_sessions as double) / total_sessions, 2) as decimal(5, 2)
    ) as conversion_rate_pct
  from sessions
)
select * from final
order by conversion_rate_pct desc, traffic_source nulls last
