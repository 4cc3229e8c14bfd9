-- Names and titles are found without accents and apostrophes, and organisations are compared by what their names look
-- like. What stands here already is folded again by the program, where the line below says so; the indexes of words are
-- made anew from it, because keeping them row by row would read them whole for each.
alter table organisations add column look_key text not null default '';
drop trigger publication_words_add;
drop table publication_words;
-- SQLite forgets this one when the table has no content of its own.
drop table if exists publication_words_content;
drop trigger organisation_words_add;
drop trigger organisation_words_change;
drop table organisation_words;
drop table if exists organisation_words_content;

-- refill

update record_parties set title_key = (select r.title_key from records r where r.id = record_id);
create index organisations_look on organisations (look_key);

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
