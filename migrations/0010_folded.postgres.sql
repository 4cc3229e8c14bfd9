-- Names and titles are found without accents and apostrophes, and organisations are compared by what their names look
-- like. What stands here already is folded again by the program, where the line below says so.
alter table organisations add column look_key text not null default '';

-- refill

update record_parties set title_key = (select r.title_key from records r where r.id = record_id);
create index organisations_look on organisations (look_key);
