-- Words that the public register and the directory are searched by, in SQLite's own index of words (FTS5).
-- `words` are cut at spaces and nowhere else. Both indexes are asked like functions, by what words have to begin
-- with: `publication_words('hous* rough*')`. Beginnings of up to twelve letters are kept, longer ones are gathered.
-- Triggers keep the indexes, so whoever writes a row needs not know.

-- Newest first by its rowid: the moment of publication times 1,024, and which one of that moment it is.
create virtual table publication_words using fts5(
  words, record_id unindexed, revision unindexed,
  content = '', contentless_unindexed = 1, detail = none, prefix = '1 2 3 4 5 6 7 8 9 10 11 12',
  tokenize = "unicode61 remove_diacritics 0 categories 'L* M* N* P* S* Co'"
);
create trigger publication_words_add after insert on publications when new.withdrawn = 0 begin
  insert into publication_words (rowid, words, record_id, revision) values (
    new.at * 1024 + (select count(*) from publications where at = new.at),
    new.search_key || replace(' ' || new.parties_key, ' ', ' o_') || replace(rtrim(new.purposes), ' ', ' p_'),
    new.record_id,
    new.revision
  );
end;
insert into publication_words (rowid, words, record_id, revision)
  select place, words, record_id, revision from (
    select at * 1024 + row_number() over (partition by at order by record_id, revision) as place,
      search_key || replace(' ' || parties_key, ' ', ' o_') || replace(rtrim(purposes), ' ', ' p_') as words,
      record_id, revision, withdrawn
    from publications
  ) where withdrawn = 0;

-- With all that the directory is searched by, so that reading it in its order reads nothing else.
drop index organisations_name;
create index organisations_name on organisations (name_key, id, kind, fee_number, ods_code);

create virtual table organisation_words using fts5(
  words, id unindexed,
  content = '', contentless_unindexed = 1, contentless_delete = 1, detail = none,
  prefix = '1 2 3 4 5 6 7 8 9 10 11 12',
  tokenize = "unicode61 remove_diacritics 0 categories 'L* M* N* P* S* Co'"
);
create trigger organisation_words_add after insert on organisations begin
  insert into organisation_words (words, id) values (new.name_key || ' k_' || new.kind, new.id);
end;
create trigger organisation_words_change after update of name_key, kind on organisations
when old.name_key <> new.name_key or old.kind <> new.kind begin
  delete from organisation_words where rowid in (select rowid from organisation_words where id = new.id);
  insert into organisation_words (words, id) values (new.name_key || ' k_' || new.kind, new.id);
end;
insert into organisation_words (words, id) select name_key || ' k_' || kind, id from organisations;
