-- One portable text for SQLite and PostgreSQL: text, bigint and bytea; times are UTC microseconds;
-- days are text as YYYY-MM-DD; truth is 0 or 1; structured content is JSON text, read whole.

create table organisations (
  id text primary key,
  name text not null,
  name_key text not null,           -- folded name, for duplicates and search
  kind text not null,
  area text not null default '',
  fee_number text not null default '',
  ods_code text not null default '',
  standing text not null,           -- registered, external
  lead_id text references organisations (id),
  revision bigint not null,
  created_at bigint not null
);
create index organisations_name on organisations (name_key, id);
create index organisations_fee_number on organisations (fee_number);
create index organisations_ods_code on organisations (ods_code);
create index organisations_lead on organisations (lead_id, name_key, id);

create table people (
  id text primary key,
  email text not null unique,       -- folded to lower case
  name text not null,
  password text,                    -- Argon2id, absent until the invitation is used
  totp text,                        -- the authenticator app's secret, locked
  totp_step bigint not null default 0, -- the newest 30 seconds whose code was used
  created_at bigint not null
);

-- What a person may do for an organisation, and when. A deputy stands in between two days.
create table roles (
  id text primary key,
  organisation_id text not null references organisations (id),
  person_id text not null references people (id),
  role text not null,
  deputy_for text references people (id),
  from_day text not null default '',
  until_day text not null default '',
  granted_by text not null,
  granted_at bigint not null,
  ended_at bigint
);
create index roles_person on roles (person_id, ended_at);
create index roles_organisation on roles (organisation_id, ended_at, role);

create table sessions (
  id text not null unique,
  token_hash text primary key,
  person_id text not null references people (id),
  organisation_id text references organisations (id),
  form_token text not null,
  credential text not null default '', -- how it was begun: password, passkey, invitation …
  address text not null default '',
  device text not null default '',
  created_at bigint not null,
  seen_at bigint not null,
  checked_at bigint not null,       -- when the person last showed who they are
  ended_at bigint,
  bound_to text references organisations (id), -- began at this organisation's provider: acts for no other
  said text,                        -- what the provider said: issuer, amr, acr, auth_time, as JSON
  id_token text                     -- locked; the provider asks for it at sign-out
);
create index sessions_person on sessions (person_id, ended_at);
create index sessions_bound on sessions (bound_to, ended_at);

-- Where the people of an organisation sign in (OpenID Connect).
create table providers (
  organisation_id text primary key references organisations (id),
  issuer text not null,
  client_id text not null,
  client_secret text not null,      -- locked
  revision bigint not null,
  set_at bigint not null
);

-- E-mail domains that an organisation says are its own. Nothing rests on one until it is confirmed.
create table domains (
  id text primary key,
  organisation_id text not null references organisations (id),
  domain text not null,             -- lower case, ASCII
  asked_at bigint not null,
  decided_at bigint,
  confirmed bigint,                 -- 1 or 0 once decided
  ended_at bigint
);
create index domains_organisation on domains (organisation_id, ended_at);
create index domains_decided on domains (decided_at);
create unique index domains_once on domains (domain) where confirmed = 1 and ended_at is null;

-- Who somebody is at a provider: the subject, which never changes, and never the address.
create table openid_accounts (
  issuer text not null,
  subject text not null,
  person_id text not null references people (id),
  organisation_id text not null references organisations (id),
  linked_at bigint not null,
  primary key (issuer, subject)
);
create index openid_accounts_person on openid_accounts (person_id);

-- Who came in by their organisation's provider and domain, and waits for a role.
create table joiners (
  id text primary key,
  organisation_id text not null references organisations (id),
  person_id text not null references people (id),
  asked_at bigint not null,
  decided_at bigint,
  granted bigint,                   -- 1 or 0 once decided
  decided_by text
);
create index joiners_organisation on joiners (organisation_id, decided_at);
create index joiners_person on joiners (person_id);

-- What somebody sent in a form while they show at their provider that it is them.
create table held_forms (
  id text primary key,
  person_id text not null references people (id),
  session_id text not null,
  path text not null,
  fields text not null,             -- locked JSON
  nonce text not null,
  challenge text not null,          -- the digest of what is confirmed, which the provider's answer is bound to
  proof text,                       -- once shown
  until bigint not null,
  used_at bigint
);
create index held_forms_until on held_forms (until);
create index held_forms_person on held_forms (person_id, path);

create table passkeys (
  id text primary key,
  person_id text not null references people (id),
  name text not null,
  credential_id text not null unique, -- base64url
  credential text not null,         -- what the WebAuthn library knows of it, as JSON; no secret
  created_at bigint not null,
  used_at bigint
);
create index passkeys_person on passkeys (person_id);

create table recovery_codes (
  code_hash text primary key,
  person_id text not null references people (id),
  used_at bigint
);
create index recovery_codes_person on recovery_codes (person_id, used_at);

-- Nonces that were answered, so that no answer counts twice.
create table spent_nonces (
  hash text primary key,
  until bigint not null
);
create index spent_nonces_until on spent_nonces (until);

create table invitations (
  token_hash text primary key,
  person_id text not null references people (id),
  organisation_id text not null references organisations (id),
  expires_at bigint not null,
  used_at bigint
);
create index invitations_person on invitations (person_id);

-- A token with which a program of a person's reads for an organisation. Only its hash is kept.
create table api_tokens (
  id text primary key,
  token_hash text not null unique,
  person_id text not null references people (id),
  organisation_id text not null references organisations (id),
  name text not null,
  scopes text not null,             -- 'read prompts'
  created_at bigint not null,
  expires_at bigint not null,
  used_at bigint,                   -- to the day
  ended_at bigint
);
create index api_tokens_organisation on api_tokens (organisation_id, ended_at, created_at);
create index api_tokens_person on api_tokens (person_id, organisation_id);

-- Somebody says that a listed organisation is theirs. Until it is confirmed they have no role in it.
create table claims (
  id text primary key,
  organisation_id text not null references organisations (id),
  person_id text not null references people (id),
  details text not null,            -- JSON: what they say about it
  asked_at bigint not null,
  decided_at bigint,
  confirmed bigint,                 -- 1 or 0 once decided
  decided_by text                   -- '' for the operator
);
create index claims_organisation on claims (organisation_id, decided_at);
create index claims_waiting on claims (asked_at, id) where decided_at is null;
create index claims_person on claims (person_id, asked_at);

create table records (
  id text primary key,
  type text not null,
  organisation_id text not null references organisations (id),
  title text not null,
  title_key text not null,          -- folded title, for search
  state text not null,
  revision bigint not null,         -- rises with every change: who writes names the one they read
  version bigint not null,          -- the newest fixed version, 0 before the first
  effective_version bigint,         -- the version in force
  review_day text not null default '',
  expiry_day text not null default '',
  created_by text not null,
  created_at bigint not null,
  changed_at bigint not null,
  -- Last, so that a list does not read past it to what it shows.
  content text not null             -- the working answers, as JSON
);
create index records_organisation on records (organisation_id, type, changed_at, id);
create index records_type on records (type, id);
create index records_title on records (type, title_key);

create table record_parties (
  record_id text not null references records (id),
  organisation_id text not null references organisations (id),
  position bigint not null,
  joined_at bigint not null,
  left_at bigint,
  joining bigint,                   -- joins a fixed agreement: 0 while its part is drafted, then its version
  -- The rest is the record's, kept here so that an organisation's lists are read in their order.
  type text not null default '',
  state text not null default '',
  title_key text not null default '',
  changed_at bigint not null default 0,
  due_day text not null default '', -- in force: the earlier of the days of review and expiry
  primary key (record_id, organisation_id)
);
create index record_parties_organisation on record_parties (organisation_id, record_id);
create index record_parties_changed on record_parties (organisation_id, changed_at, record_id);
create index record_parties_title on record_parties (organisation_id, title_key, record_id);
create index record_parties_due on record_parties (organisation_id, due_day, record_id) where due_day <> '';
create index record_parties_left on record_parties (organisation_id, left_at, record_id) where left_at is not null;

create table record_purposes (
  record_id text not null references records (id),
  purpose text not null,
  primary key (record_id, purpose)
);
create index record_purposes_purpose on record_purposes (purpose, record_id);

-- Every set of packs this gateway has run on: what a version's questions and law were.
create table pack_sets (
  digest text primary key,
  name text not null,
  version text not null,
  files text not null,              -- JSON: path to text
  first_used_at bigint not null
);

-- A version is the canonical text that reviewers saw and signers sign.
create table versions (
  record_id text not null references records (id),
  number bigint not null,
  base bigint,                      -- a joining party's version adds only its own part to this one
  joins text references organisations (id),
  digest text not null,             -- SHA-256 of text, hexadecimal
  fixed_by text not null,
  fixed_at bigint not null,
  text text not null,               -- RFC 8785 canonical JSON
  primary key (record_id, number)
);

create table lines (
  id text primary key,
  record_id text not null references records (id),
  version bigint not null,
  organisation_id text not null references organisations (id),
  lead_id text not null,            -- who leads the record
  stage text not null,              -- review, sign_off
  role text not null,               -- whose decision it is
  outcome text,                     -- agrees, conditions, against; signed, declined
  reason text not null default '',
  digest text not null,             -- of the version this line is about
  decided_by text references people (id),
  decided_at bigint,
  proof text,                       -- how the person was authenticated, as JSON
  seal text,                        -- the party's sealed statement of the decision, as JSON
  answer text,                      -- the author's answer to conditions
  answered_by text references people (id),
  answered_at bigint,
  overruled_by text references people (id),
  overruled_reason text,
  overruled_at bigint,
  overrule_seal text,               -- the same for the overruling
  opened_at bigint not null,
  closed_at bigint                  -- a newer version took its place
);
-- What waits for somebody, in the order in which it was asked.
create index lines_undecided on lines (id) where outcome is null and closed_at is null;
create index lines_waiting on lines (organisation_id, opened_at, id) where outcome is null and closed_at is null;
create index lines_awaited on lines (lead_id, opened_at, id) where outcome is null and closed_at is null;
create index lines_against on lines (organisation_id, opened_at, id)
  where outcome = 'against' and overruled_at is null and closed_at is null;
create index lines_conditions on lines (lead_id, opened_at, id)
  where outcome = 'conditions' and answered_at is null and closed_at is null;
create unique index lines_once on lines (record_id, version, organisation_id, stage, role);

-- A link and a code with which somebody without an account decides one line.
create table one_time_links (
  id text primary key,
  token_hash text not null unique,
  code_hash text not null,          -- of the code with the link's token: useless without the link
  record_id text not null references records (id),
  line_id text not null references lines (id),
  person_id text not null references people (id),
  sent_to text not null,            -- an e-mail address
  by_mail bigint not null,          -- 0 when the link was handed over by whoever made it
  made_by text not null references people (id),
  made_for text not null references organisations (id), -- the organisation that named the person
  made_at bigint not null,
  expires_at bigint not null,
  wrong_codes bigint not null default 0,
  ended_at bigint                   -- taken back, or another took its place
);
create index one_time_links_line on one_time_links (line_id, ended_at);

create table comments (
  id text primary key,
  record_id text not null references records (id),
  question text not null,
  scope text not null,              -- '' or the party or the flow
  text text not null,
  person_id text not null references people (id),
  organisation_id text not null references organisations (id),
  at bigint not null
);
create index comments_record on comments (record_id, at);

create table blobs (
  digest text primary key,
  bytes bytea not null
);

create table attachments (
  id text primary key,
  record_id text not null references records (id),
  question text not null,
  scope text not null,
  name text not null,
  media_type text not null,
  size bigint not null,
  digest text not null references blobs (digest),
  person_id text not null references people (id),
  at bigint not null,
  removed_at bigint
);
create index attachments_record on attachments (record_id, at);

-- Which version of a record was in force, and when: for any day, for ever.
create table in_force (
  record_id text not null references records (id),
  number bigint not null,           -- from 1 for each record
  at bigint not null,
  until_at bigint,                  -- null for what is so now
  version bigint,                   -- null where none was
  digest text,
  primary key (record_id, number)
);

-- What the public saw of a record, and when: one version, and what of it. The newest row, without an end,
-- is the register; the others are what it said on any day. What the register is searched by is kept here,
-- so that nothing of a draft can reach it.
create table publications (
  record_id text not null references records (id),
  revision bigint not null,         -- from 1 for each record
  at bigint not null,
  until_at bigint,
  withdrawn bigint not null,
  version bigint not null,
  title text not null,
  lead text not null,
  parties text not null,            -- names, one on each line
  parties_key text not null,        -- the names, folded
  purposes text not null,           -- ' fire_safety licensing '
  search_key text not null,         -- folded title, parties and what is shown
  extent text not null,             -- full, summary
  withheld text not null,           -- JSON: what is withheld, the ground, the day of the next look
  look_again_day text not null,     -- the earliest of these days, or ''
  item text not null,               -- the register's item, canonical JSON
  published_by text not null,
  primary key (record_id, revision)
);
create index publications_at on publications (at, record_id, revision);
create index publications_look_again on publications (look_again_day, record_id)
  where look_again_day <> '' and until_at is null and withdrawn = 0;

-- Work that follows an act: written with it, done afterwards.
create table jobs (
  id text primary key,
  kind text not null,
  payload text,                     -- JSON; emptied when the job ends, for it may hold a link
  due_at bigint not null,
  attempts bigint not null,
  claimed_until bigint not null,    -- until then one process has it
  created_at bigint not null,
  ended_at bigint,
  outcome text,                     -- done, given_up
  fault text                        -- of the last attempt
);
create index jobs_due on jobs (due_at, id) where ended_at is null;
create index jobs_outcome on jobs (outcome, ended_at);

-- The ledger: every act, its salt and its place in the Merkle tree.
create table acts (
  sequence bigint primary key,
  at bigint not null,
  person_id text not null,
  organisation_id text not null,
  kind text not null,
  subject text not null,
  act text,                         -- canonical JSON; null once erased, with its salt
  salt bytea,
  entry bytea not null              -- the leaf: a salted commitment to the act
);
create index acts_subject on acts (subject, sequence);
create index acts_organisation on acts (organisation_id, sequence);

create table ledger_nodes (
  position bigint primary key,
  hash bytea not null
);

create table ledger_size (
  id bigint primary key,
  size bigint not null
);
insert into ledger_size (id, size) values (1, 0);

-- Public halves and dates of the keys that sign. The private half is made from the gateway's secret and
-- the id, and is never stored.
create table keys (
  id text primary key,
  owner text not null,              -- log, or an organisation
  number bigint not null,           -- from 1 for each owner
  vkey text not null,               -- C2SP signed-note: name+hash+key
  from_at bigint not null,
  until_at bigint,                  -- what it signs from then on does not count
  ended_why text not null default '' -- planned, leaked, lost
);
create unique index keys_owner on keys (owner, number);

-- Signed statements of the log's size and root, as they were given out. One for each size, for ever.
create table checkpoints (
  size bigint primary key,
  at bigint not null,
  note text not null                -- C2SP tlog-checkpoint, with the log's own signatures
);

-- What witnesses signed below our checkpoints.
create table cosignatures (
  size bigint not null references checkpoints (size),
  witness text not null,            -- the witness's public key
  line text not null,               -- C2SP tlog-cosignature, one signature line
  at bigint not null,
  primary key (size, witness)
);

-- The last checkpoint of each other log that this gateway cosigned as a witness.
create table witnessed (
  origin text primary key,
  size bigint not null,
  root bytea not null,
  note text not null,
  at bigint not null
);
