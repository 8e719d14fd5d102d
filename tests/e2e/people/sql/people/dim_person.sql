/*
People.
Grain: one person.
materialization: table
audits:
  unique(person_id)
columns:
  person_id: natural key
  full_name: as they came last
*/
select person_id, full_name from cleaned.people
