/*
Reviews of orders, without their texts.
Grain: one review of one order.
materialization: incremental
partition: review_month
audits:
  unique(review_id, order_id)
  not_null(review_id, order_id, score, review_month)
  relationships order_id -> curated.fact_orders.order_id
  no_fall(50%)
columns:
  review_id: review; may stand at several orders
  order_id: order
  score: 1 to 5
  has_comment: a title or a message was written
  created: survey sent
  answered: survey answered
  hours_to_answer: hours from created to answered; null where not answered
  review_month: month in which the survey was sent, YYYY-MM
*/
with
reviews as (select * from cleaned.order_reviews),
final as (
  select
    review_id,
    order_id,
    review_score as score,
    review_comment_title is not null or review_comment_message is not null as has_comment,
    review_creation_date as created,
    review_answer_timestamp as answered,
    cast(
      round(date_diff('millisecond', review_creation_date, review_answer_timestamp) / 3600000e0, 2) as decimal(10, 2)
    ) as hours_to_answer,
    review_month
  from reviews
)
select * from final
