-- Words that the public register and the directory are searched by, in PostgreSQL's own index of words.
-- Both indexes are asked by a function, by the words that a text has to begin: `publication_words('hous* rough*')`.
-- Words are taken as they stand, without a parser; of a longer one the first 200 characters count.

-- Newest first by `rowid`: the moment of publication times 1,024, and a number of the record's own.
alter table publications add column rowid bigint generated always as (
  at * 1024 + (get_byte(decode(md5(record_id), 'hex'), 0) * 256 + get_byte(decode(md5(record_id), 'hex'), 1)) % 1024
) stored;
alter table publications add column words tsvector generated always as (
  case when withdrawn = 0 then array_to_tsvector(string_to_array(
    trim(regexp_replace(search_key, '(\S{200})\S+', '\1', 'g'))
      || replace(' ' || parties_key, ' ', ' o_') || replace(rtrim(purposes), ' ', ' p_'),
    ' '
  )) end
) stored;
create index publications_rowid on publications (rowid);
create index publications_words on publications using gin (words);

-- With all that the directory is searched by, so that reading it in its order reads nothing else.
drop index organisations_name;
create index organisations_name on organisations (name_key, id, kind, fee_number, ods_code);

alter table organisations add column words tsvector generated always as (
  array_to_tsvector(string_to_array(
    trim(regexp_replace(name_key, '(\S{200})\S+', '\1', 'g')) || ' k_' || kind,
    ' '
  ))
) stored;
create index organisations_words on organisations using gin (words);

-- 'hous* p_housing' as 'hous':* & 'p_housing'.
create function words_query(query text) returns tsquery language sql immutable
  return replace(replace('''' || query || '''', ' ', ''' & '''), '*''', ''':*')::tsquery;

create function publication_words(query text) returns table (rowid bigint, record_id text, revision bigint)
  language sql stable
  begin atomic
    select p.rowid, p.record_id, p.revision from publications p where p.words @@ words_query(query);
  end;

create function organisation_words(query text) returns table (id text)
  language sql stable
  begin atomic
    select o.id from organisations o where o.words @@ words_query(query);
  end;
