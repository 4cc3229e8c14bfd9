-- Who proved that an address is whose, and memberships that are offered before they are held.

-- 'mail', 'provider' or 'operator' count everywhere; the id of an organisation, whose administrator handed a
-- link over, counts there only. Absent: no one has proved it.
alter table people add column proof text;
-- The same for a link that sets a password; '' where an administrator hands it over.
alter table invitations add column proof text not null default '';

update people set proof = (select i.organisation_id from invitations i
    join sessions s on s.person_id = i.person_id and s.credential = 'invitation' and s.created_at = i.used_at
    where i.person_id = people.id order by i.used_at desc limit 1);
update people set proof = 'provider' where exists (select 1 from openid_accounts a where a.person_id = people.id);
-- Made by `--demo`: no one else can have such an address.
update people set proof = 'operator' where email like '%.demo.example';

create table offers (
  id text primary key,
  token_hash text not null unique,
  organisation_id text not null references organisations (id),
  email text not null,              -- folded to lower case; whether it has an account is not looked at
  name text not null,               -- as the administrator typed it
  roles text not null,              -- words with spaces between
  proof text not null,              -- 'mail' when the link went to the address, 'operator', or ''
  made_by text not null,            -- '' for the operator
  made_at bigint not null,
  expires_at bigint not null,
  person_id text references people (id), -- who accepted
  outcome text,                     -- accepted, declined, withdrawn, replaced
  ended_at bigint
);
create index offers_organisation on offers (organisation_id, made_at);
create index offers_open on offers (email, organisation_id) where ended_at is null;
