-- Lists of the in-tray, each read from an index that holds no other rows.

drop index lines_waiting;
create index lines_of_role on lines (organisation_id, role, opened_at, id) where outcome is null and closed_at is null;
create index record_parties_state on record_parties (organisation_id, type, state, changed_at, record_id)
  where left_at is null;
create index record_parties_own_part on record_parties (organisation_id, changed_at, record_id)
  where joining = 0 and left_at is null;

alter table publications add column lead_id text not null default ''; -- who led the record then
update publications set lead_id = (select organisation_id from records where records.id = publications.record_id);
drop index publications_look_again;
create index publications_of_lead on publications (lead_id, look_again_day, record_id)
  where until_at is null and withdrawn = 0 and look_again_day <> '';
