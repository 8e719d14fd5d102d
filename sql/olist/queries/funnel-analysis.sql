/*
Funnel Analysis: sessions that reached each type of event, most first.
columns:
  event_type: step of the funnel
  sessions: distinct sessions with such an event
*/
with
events as (select * from curated.fact_events),
final as (
  select event_type, count(distinct session_id) as sessions
  from events
  group by event_type
)
select * from final
order by sessions desc, event_type
