-- A line keeps what the version it is about says of its party, and the seal of an answer to conditions.

alter table lines add column organisation_name text;
alter table lines add column answer_seal text;

-- Comments are read page by page.
drop index comments_record;
create index comments_record on comments (record_id, at, id);
