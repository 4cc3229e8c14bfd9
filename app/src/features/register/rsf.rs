//! The public register in Register Serialisation Format: every publication and withdrawal in order, with
//! the root over them, so that a copy taken earlier can be compared.

use axum::extract::RawQuery;
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use db::{args, sql};
use jiff::Timestamp;
use ledger::register::{Kind, Row, write};
use serde_json::{Value, json};

use crate::kernel::{Ctx, Refusal};
use crate::web::as_of::AsOf;
use crate::web::{Fields, Visit};

sql! {
    ENTRIES = "select record_id, at, item from publications where at < $1 order by at, record_id, revision";
}

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
    let text = export(&visit, asked.as_ref()).await?;
    let headers = [
        (
            header::CONTENT_TYPE,
            "application/uk-gov-rsf; charset=utf-8",
        ),
        (header::CACHE_CONTROL, "no-cache"),
    ];
    Ok((headers, text).into_response())
}

/// The register, whole or as it was at the end of a day.
pub async fn export(ctx: &Ctx, on: Option<&AsOf>) -> Result<String, Refusal> {
    let until = on.map_or(i64::MAX, AsOf::until);
    let entries = ctx.app.db.all(&ENTRIES, args![until]).await?;
    let begun = entries.first().map_or(Ok(0), |row| row.int("at"))?;
    let mut rows = described(&time(begun)?);
    for row in &entries {
        let item: Value = serde_json::from_str(&row.text("item")?).map_err(Refusal::broken)?;
        rows.push(Row::user(
            row.text("record_id")?,
            time(row.int("at")?)?,
            item,
        ));
    }
    write(&rows).map_err(Refusal::broken)
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
