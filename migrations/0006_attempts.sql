-- How often a password or a code was wrong, and where it was right before. A mark is a keyed hash: it names no
-- account and no address to whoever reads it.
create table attempts (
    mark text not null primary key,
    since_at bigint not null,
    wrong bigint not null
);
create table usual_places (
    mark text not null primary key,
    last_at bigint not null
);
create index attempts_since on attempts (since_at);
create index usual_places_last on usual_places (last_at);
