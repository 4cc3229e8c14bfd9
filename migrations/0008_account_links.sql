-- Links that go to the address of an account: to choose a new password, or to prove the address. They are
-- asked for by the address alone, whether it has an account or not.
create table account_links (
  token_hash text primary key,
  kind text not null,               -- reset, prove
  email text not null,              -- folded to lower case
  made_at bigint not null,
  expires_at bigint not null,
  used_at bigint
);
create index account_links_email on account_links (email, made_at);
create index account_links_expires on account_links (expires_at);
