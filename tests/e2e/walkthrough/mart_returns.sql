/*
Returns by reason.
Grain: one reason.
materialization: table
audits:
  unique(reason)
  not_null(reason, returns, refunds)
columns:
  reason: damaged, wrong item or changed mind
  returns: number of returns
  refunds: sum of refunds, BRL
*/
with
returned as (select * from cleaned.returns),
final as (
  select reason, count(*) as returns, cast(sum(refund) as decimal(18, 2)) as refunds
  from returned
  group by reason
)
select * from final
