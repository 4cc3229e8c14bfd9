//! The tables that hold a record: how its rows are read from where it was made, and added as a copy.

use db::{Statement, sql};

sql! {
    RECORD = "select * from records where id = $1";
    ADD_RECORD = "insert into records (id, type, organisation_id, title, title_key, state, revision, content,
            version, effective_version, review_day, expiry_day, created_by, created_at, changed_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)";
    PARTIES = "select * from record_parties where record_id = $1 order by position, organisation_id";
    ADD_PARTY = "insert into record_parties (record_id, organisation_id, position, joined_at, left_at, joining,
            type, state, title_key, changed_at, due_day)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    PURPOSES = "select * from record_purposes where record_id = $1 order by purpose";
    ADD_PURPOSE = "insert into record_purposes (record_id, purpose) values ($1, $2)";
    VERSIONS = "select * from versions where record_id = $1 order by number";
    ADD_VERSION = "insert into versions (record_id, number, base, joins, text, digest, fixed_by, fixed_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8)";
    LINES = "select * from lines where record_id = $1 order by id";
    ADD_LINE = "insert into lines (id, record_id, version, organisation_id, stage, role, outcome, reason, digest,
            decided_by, decided_at, proof, seal, answer, answered_by, answered_at, answer_seal,
            opened_at, closed_at, lead_id)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)";
    COMMENTS = "select * from comments where record_id = $1 order by id";
    ADD_COMMENT = "insert into comments (id, record_id, question, scope, text, person_id, organisation_id, at)
        values ($1, $2, $3, $4, $5, $6, $7, $8)";
    BLOBS = "select distinct b.digest, b.bytes from attachments a join blobs b on b.digest = a.digest
        where a.record_id = $1 order by b.digest";
    ADD_BLOB = "insert into blobs (digest, bytes) values ($1, $2) on conflict (digest) do nothing";
    ATTACHMENTS = "select * from attachments where record_id = $1 order by id";
    ADD_ATTACHMENT = "insert into attachments (id, record_id, question, scope, name, media_type, size, digest,
            person_id, at, removed_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    IN_FORCE = "select * from in_force where record_id = $1 order by number";
    ADD_IN_FORCE = "insert into in_force (record_id, number, at, until_at, version, digest)
        values ($1, $2, $3, $4, $5, $6)";
    PUBLICATIONS = "select * from publications where record_id = $1 order by revision";
    ADD_PUBLICATION = "insert into publications (record_id, revision, at, until_at, withdrawn, version, title, lead,
            parties, parties_key, purposes, search_key, extent, withheld, look_again_day, item, published_by, lead_id)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)";
}

/// How a column is read, and what becomes of it in a copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Column {
    /// Text, cut.
    Text(&'static str),
    Number(&'static str),
    /// UTC microseconds.
    Time(&'static str),
    Bytes(&'static str),
    /// A version's canonical text, and its digest.
    Fixed(&'static str),
    /// The sealed statement of a decision.
    Seal(&'static str),
    /// An item of the register, which an act names by its digest.
    Item(&'static str),
}

pub struct Table {
    pub read: &'static Statement,
    pub add: &'static Statement,
    /// In the order of the insert.
    pub columns: &'static [Column],
}

use Column::{Bytes, Fixed, Item, Number, Seal, Text, Time};

/// Every table, each after those that it refers to.
pub const TABLES: &[Table] = &[
    Table {
        read: &RECORD,
        add: &ADD_RECORD,
        columns: &[
            Text("id"),
            Text("type"),
            Text("organisation_id"),
            Text("title"),
            Text("title_key"),
            Text("state"),
            Number("revision"),
            Text("content"),
            Number("version"),
            Number("effective_version"),
            Text("review_day"),
            Text("expiry_day"),
            Text("created_by"),
            Time("created_at"),
            Time("changed_at"),
        ],
    },
    Table {
        read: &PARTIES,
        add: &ADD_PARTY,
        columns: &[
            Text("record_id"),
            Text("organisation_id"),
            Number("position"),
            Time("joined_at"),
            Time("left_at"),
            Number("joining"),
            Text("type"),
            Text("state"),
            Text("title_key"),
            Time("changed_at"),
            Text("due_day"),
        ],
    },
    Table {
        read: &PURPOSES,
        add: &ADD_PURPOSE,
        columns: &[Text("record_id"), Text("purpose")],
    },
    Table {
        read: &VERSIONS,
        add: &ADD_VERSION,
        columns: &[
            Text("record_id"),
            Number("number"),
            Number("base"),
            Text("joins"),
            Fixed("text"),
            Text("digest"),
            Text("fixed_by"),
            Time("fixed_at"),
        ],
    },
    Table {
        read: &LINES,
        add: &ADD_LINE,
        columns: &[
            Text("id"),
            Text("record_id"),
            Number("version"),
            Text("organisation_id"),
            Text("stage"),
            Text("role"),
            Text("outcome"),
            Text("reason"),
            Text("digest"),
            Text("decided_by"),
            Time("decided_at"),
            Text("proof"),
            Seal("seal"),
            Text("answer"),
            Text("answered_by"),
            Time("answered_at"),
            Seal("answer_seal"),
            Time("opened_at"),
            Time("closed_at"),
            Text("lead_id"),
        ],
    },
    Table {
        read: &COMMENTS,
        add: &ADD_COMMENT,
        columns: &[
            Text("id"),
            Text("record_id"),
            Text("question"),
            Text("scope"),
            Text("text"),
            Text("person_id"),
            Text("organisation_id"),
            Time("at"),
        ],
    },
    Table {
        read: &BLOBS,
        add: &ADD_BLOB,
        columns: &[Text("digest"), Bytes("bytes")],
    },
    Table {
        read: &ATTACHMENTS,
        add: &ADD_ATTACHMENT,
        columns: &[
            Text("id"),
            Text("record_id"),
            Text("question"),
            Text("scope"),
            Text("name"),
            Text("media_type"),
            Number("size"),
            Text("digest"),
            Text("person_id"),
            Time("at"),
            Time("removed_at"),
        ],
    },
    Table {
        read: &IN_FORCE,
        add: &ADD_IN_FORCE,
        columns: &[
            Text("record_id"),
            Number("number"),
            Time("at"),
            Time("until_at"),
            Number("version"),
            Text("digest"),
        ],
    },
    Table {
        read: &PUBLICATIONS,
        add: &ADD_PUBLICATION,
        columns: &[
            Text("record_id"),
            Number("revision"),
            Time("at"),
            Time("until_at"),
            Number("withdrawn"),
            Number("version"),
            Text("title"),
            Text("lead"),
            Text("parties"),
            Text("parties_key"),
            Text("purposes"),
            Text("search_key"),
            Text("extent"),
            Text("withheld"),
            Text("look_again_day"),
            Item("item"),
            Text("published_by"),
            Text("lead_id"),
        ],
    },
];
