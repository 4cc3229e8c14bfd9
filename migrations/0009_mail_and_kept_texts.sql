-- What an e-mail is about and whom it is written to, so that pages can say when it does not arrive.
alter table jobs add column about text not null default '';
alter table jobs add column person_id text not null default '';
create index jobs_about on jobs (about, created_at);

-- What somebody had typed when their session ended. It is offered to them again once they have signed in.
create table kept_texts (
  id text primary key,
  person_id text not null references people (id),
  path text not null,               -- where it was sent
  fields text not null,             -- locked JSON
  kept_at bigint not null,
  until bigint not null
);
create index kept_texts_person on kept_texts (person_id, kept_at);
create index kept_texts_until on kept_texts (until);
create index sessions_form_token on sessions (form_token);
