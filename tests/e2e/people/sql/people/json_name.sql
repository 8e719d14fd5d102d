/*
Fails on the first name, which its engine quotes.
Grain: one person.
materialization: table
columns:
  person_id: natural key
  value: what a name is not
*/
select person_id, json_extract_scalar(json_format(json_parse(full_name)), '$.a') as value from cleaned.people
