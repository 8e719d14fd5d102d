/*
Fails on the first name, which its engine quotes.
Grain: one person.
materialization: table
columns:
  person_id: natural key
  value: what a name is not
*/
select person_id, date_parse(full_name, '%Y-%m-%d') as value from cleaned.people
