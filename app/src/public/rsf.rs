//! The public register in Register Serialisation Format: every publication and withdrawal in order, with
//! the root over them, so that a copy taken earlier can be compared.

use std::io::{BufWriter, Seek as _, Write as _};

use axum::body::Body;
use axum::extract::RawQuery;
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use db::{args, sql};
use jiff::Timestamp;
use ledger::register::{Kind, Row, Writer};
use serde_json::{Value, json};
use tokio_util::io::ReaderStream;

use crate::kernel::as_of::AsOf;
use crate::kernel::{Ctx, Refusal};
use crate::web::{Fields, Visit};

sql! {
    ENTRIES = "select record_id, revision, at, item from publications
        where at < $1 and (at, record_id, revision) > ($2, $3, $4)
        order by at, record_id, revision limit $5";
}

/// So many entries are held in memory at once.
const PART: i64 = 500;

/// Name, whether it holds one value or several, and what it says.
const FIELDS: [(&str, &str, &str); 8] = [
    ("agreement", "1", "The id of the agreement."),
    ("title", "1", "What the agreement is called."),
    ("lead", "1", "The organisation that leads."),
    (
        "parties",
        "n",
        "The organisations that are party to it, at that version.",
    ),
    ("version", "1", "The version that was published."),
    (
        "digest",
        "1",
        "SHA-256 of the canonical text that was signed, in hexadecimal.",
    ),
    (
        "extent",
        "1",
        "Whether the full text or a summary was published.",
    ),
    ("status", "1", "Whether it was published or withdrawn."),
];

pub async fn show(visit: Visit, RawQuery(query): RawQuery) -> Result<Response, Refusal> {
    let asked = AsOf::read(&Fields::parse(&query.unwrap_or_default()), visit.now)?;
    // Whole before the first byte goes out, so that what is sent has an end; in a file without a name.
    let mut file = tempfile::tempfile().map_err(Refusal::broken)?;
    let mut written = BufWriter::new(&mut file);
    export(&visit, asked.as_ref(), &mut written).await?;
    written.flush().map_err(Refusal::broken)?;
    drop(written);
    file.rewind().map_err(Refusal::broken)?;
    let headers = [
        (
            header::CONTENT_TYPE,
            "application/uk-gov-rsf; charset=utf-8",
        ),
        (header::CACHE_CONTROL, "no-cache"),
    ];
    let bytes = ReaderStream::new(tokio::fs::File::from_std(file));
    Ok((headers, Body::from_stream(bytes)).into_response())
}

/// The register, whole or as it was at the end of a day.
pub async fn export(
    ctx: &Ctx,
    on: Option<&AsOf>,
    to: &mut impl std::io::Write,
) -> Result<(), Refusal> {
    let until = on.map_or(i64::MAX, AsOf::until);
    let mut writer = Writer::default();
    let mut put = |text: String| to.write_all(text.as_bytes()).map_err(Refusal::broken);
    put(writer.first_line())?;
    let mut after = (i64::MIN, String::new(), 0);
    let mut is_first = true;
    loop {
        let args = args![until, after.0, after.1.as_str(), after.2, PART];
        let entries = ctx.app.db.all(&ENTRIES, args).await?;
        if std::mem::take(&mut is_first) {
            let begun = entries.first().map_or(Ok(0), |row| row.int("at"))?;
            for row in described(&time(begun)?) {
                put(writer.row(&row).map_err(Refusal::broken)?)?;
            }
        }
        for row in &entries {
            let (at, record) = (row.int("at")?, row.text("record_id")?);
            let item: Value = serde_json::from_str(&row.text("item")?).map_err(Refusal::broken)?;
            let entry = Row::user(record.as_str(), time(at)?, item);
            put(writer.row(&entry).map_err(Refusal::broken)?)?;
            after = (at, record, row.int("revision")?);
        }
        if (entries.len() as i64) < PART {
            return put(writer.last_line());
        }
    }
}

/// What the register is and which fields it has.
fn described(at: &str) -> Vec<Row> {
    let system = |key: String, item: Value| Row {
        kind: Kind::System,
        key,
        timestamp: at.to_owned(),
        item,
    };
    let mut rows = vec![system("name".to_owned(), json!({ "name": "agreement" }))];
    for (field, cardinality, text) in FIELDS {
        let item = json!({
            "field": field, "cardinality": cardinality, "datatype": "string", "phase": "alpha", "text": text,
        });
        rows.push(system(format!("field:{field}"), item));
    }
    let fields: Vec<&str> = FIELDS.iter().map(|(field, ..)| *field).collect();
    let item = json!({
        "register": "agreement", "fields": fields, "phase": "alpha",
        "text": "Published agreements about sharing information about people",
    });
    rows.push(system("register:agreement".to_owned(), item));
    rows
}

/// Whole seconds, as the format has it.
fn time(micros: i64) -> Result<String, Refusal> {
    let at = Timestamp::from_microsecond(micros).map_err(Refusal::broken)?;
    Ok(at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string())
}
