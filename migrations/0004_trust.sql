-- What others have said about an organisation, and e-mail counted by the day.

-- When the operator, or an organisation that knew it, said who acts under its name. Its name or its kind
-- changed: null again.
alter table organisations add column confirmed_at bigint;
update organisations set confirmed_at = (select min(c.decided_at) from claims c
  where c.organisation_id = organisations.id and c.confirmed = 1) where standing = 'registered';
update organisations set confirmed_at = (select min(d.decided_at) from domains d
  where d.organisation_id = organisations.id and d.confirmed = 1)
  where standing = 'registered' and confirmed_at is null;
create index organisations_not_confirmed on organisations (created_at, id)
  where confirmed_at is null and standing = 'registered';

-- The organisation that would look after the listed one; null where a person asks for their own.
alter table claims add column supporter_id text references organisations (id);

-- E-mail that went out for an organisation, counted over a day.
create table mails (
  id text primary key,
  organisation_id text not null references organisations (id),
  recipient text not null,          -- keyed hash of the address
  at bigint not null
);
create index mails_organisation on mails (organisation_id, at);
create index mails_recipient on mails (recipient, at);
create index mails_at on mails (at);
