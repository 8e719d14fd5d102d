/*
Customers with their country.
Grain: one customer.
materialization: table
audits:
  unique(customer_id)
  not_null(customer_id)
columns:
  customer_id: natural key
  country: as last told
*/
select customer_id, country from cleaned.customers
