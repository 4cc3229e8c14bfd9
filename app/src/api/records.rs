//! The records an organisation takes part in, for programs.

use axum::Json;
use axum::extract::{Path, Query};
use axum::response::{IntoResponse as _, Response};
use db::{args, sql};
use serde::{Deserialize, Serialize};
use serde_json::Value as JsonValue;
use utoipa::ToSchema;

use crate::identity::api_tokens::TokenScope;
use crate::kernel::Refusal;
use crate::kernel::access::Action;
use crate::records::{fetch, leftovers};
use crate::web::api_token::Program;
use crate::web::problem_json::{ApiRefusal, Bounds, ProblemDetails, Rights};

sql! {
    MINE = "select r.id, r.type, r.title, r.state, r.version, r.changed_at, r.review_day, r.expiry_day,
            r.organisation_id, o.name as lead
        from record_parties p join records r on r.id = p.record_id join organisations o on o.id = r.organisation_id
        where p.organisation_id = $1 and p.left_at is null and p.record_id > $2
        order by p.record_id limit $3";
}

const PAGE: usize = 100;

#[derive(Deserialize)]
pub struct From {
    after: Option<String>,
}

/// A page of records, in the order of their ids.
#[derive(Serialize, ToSchema)]
pub struct RecordPage {
    pub records: Vec<RecordEntry>,
    /// Give this as `after` to get the next page. Absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// One record, in brief.
#[derive(Serialize, ToSchema)]
pub struct RecordEntry {
    #[schema(example = "agr_01KAJ5X6R1M5Z3V8Q2T7W9Y4CD")]
    pub id: String,
    /// `agreement`, `assurance`, `memorandum` or another type of the packs.
    #[serde(rename = "type")]
    pub type_id: String,
    pub title: String,
    /// A state of the type's workflow, such as `draft` or `in_force`.
    pub state: String,
    pub lead: Organisation,
    /// The newest fixed version; 0 before the first.
    pub version: i64,
    /// Microseconds since 1970, UTC.
    pub changed_at: i64,
    /// When it is to be reviewed, or empty.
    pub review_day: String,
    /// When it ends, or empty.
    pub expiry_day: String,
}

#[derive(Serialize, ToSchema)]
pub struct Organisation {
    pub id: String,
    pub name: String,
}

/// One record with its working text.
#[derive(Serialize, ToSchema)]
pub struct WholeRecord {
    pub id: String,
    #[serde(rename = "type")]
    pub type_id: String,
    pub title: String,
    pub state: String,
    /// The id of the organisation that leads.
    pub lead: String,
    pub parties: Vec<RecordParty>,
    /// The newest fixed version; 0 before the first.
    pub version: i64,
    /// The version in force.
    pub version_in_force: Option<i64>,
    /// Rises with every change.
    pub revision: i64,
    pub created_at: i64,
    pub changed_at: i64,
    pub review_day: String,
    pub expiry_day: String,
    /// Answers of the record, of each party and of each data flow, by the ids of the questions.
    #[schema(value_type = Object)]
    pub content: JsonValue,
    /// Answers in `content` that count no longer, because the questions changed: they are kept, and answer nothing.
    pub not_counted: Vec<NotCounted>,
    /// Its type or its state is not known any more, so it can only be read.
    pub read_only: bool,
}

/// An answer that counts no longer.
#[derive(Serialize, ToSchema)]
pub struct NotCounted {
    /// Empty for the record's own answers, else the id of the party or the data flow.
    pub scope: String,
    /// Its name in the answers.
    pub answer: String,
    pub why: String,
}

#[derive(Serialize, ToSchema)]
pub struct RecordParty {
    pub id: String,
    pub name: String,
    pub kind: String,
    /// Whether it uses the gateway.
    pub registered: bool,
}

/// The records your organisation takes part in.
#[utoipa::path(
    get,
    path = "/api/v1/records",
    params(("after" = Option<String>, Query, description = "Where the page begins: `next` of the page before")),
    responses(
        (status = 200, description = "A page of records", body = RecordPage),
        (status = 404, description = "You hold no role today", body = ProblemDetails, content_type = "application/problem+json"),
        Rights,
        Bounds,
    ),
    security((), ("token" = ["read"])),
)]
pub async fn list(
    program: Program,
    query: Result<Query<From>, axum::extract::rejection::QueryRejection>,
) -> Result<Response, ApiRefusal> {
    let ctx = program.may(TokenScope::Read)?;
    let Query(from) =
        query.map_err(|_| Refusal::Malformed("The query cannot be read.".to_owned()))?;
    let acting = ctx.member()?;
    // A database refuses text with a zero in it; no id holds one.
    let after = from.after.unwrap_or_default().replace('\0', "");
    let args = args![&acting.organisation, after, PAGE as i64 + 1];
    let rows = ctx.app.db.all(&MINE, args).await.map_err(Refusal::from)?;
    let mut records = Vec::new();
    for row in rows.iter().take(PAGE) {
        let entry = || -> Result<RecordEntry, Refusal> {
            Ok(RecordEntry {
                id: row.text("id")?,
                type_id: row.text("type")?,
                title: row.text("title")?,
                state: row.text("state")?,
                lead: Organisation {
                    id: row.text("organisation_id")?,
                    name: row.text("lead")?,
                },
                version: row.int("version")?,
                changed_at: row.int("changed_at")?,
                review_day: row.text("review_day")?,
                expiry_day: row.text("expiry_day")?,
            })
        };
        records.push(entry()?);
    }
    let more = rows.len() > PAGE;
    let next = records.last().filter(|_| more).map(|last| last.id.clone());
    Ok(Json(RecordPage { records, next }).into_response())
}

/// One record.
#[utoipa::path(
    get,
    path = "/api/v1/records/{id}",
    params(("id" = String, Path, description = "The id of the record")),
    responses(
        (status = 200, description = "The record with its working text", body = WholeRecord),
        (status = 404, description = "There is no such record, or it is not yours to see", body = ProblemDetails, content_type = "application/problem+json"),
        Rights,
        Bounds,
    ),
    security((), ("token" = ["read"])),
)]
pub async fn show(program: Program, Path(id): Path<String>) -> Result<Response, ApiRefusal> {
    let ctx = program.may(TokenScope::Read)?;
    let record = fetch(ctx, &id.into(), Action::See).await?;
    let not_counted = leftovers::left_behind(ctx, &record)?
        .into_iter()
        .map(|(scope, answer, why)| NotCounted {
            scope: scope.to_string(),
            answer,
            why: why.words().to_owned(),
        })
        .collect();
    Ok(Json(WholeRecord {
        not_counted,
        read_only: record.is_outlived(),
        id: record.id.to_string(),
        type_id: record.type_id,
        title: record.title,
        state: record.state,
        lead: record.lead.to_string(),
        parties: record
            .parties
            .into_iter()
            .map(|party| RecordParty {
                id: party.id.to_string(),
                name: party.name,
                kind: party.kind,
                registered: party.registered,
            })
            .collect(),
        version: record.version,
        version_in_force: record.effective_version,
        revision: record.revision,
        created_at: record.created_at,
        changed_at: record.changed_at,
        review_day: record.review_day,
        expiry_day: record.expiry_day,
        content: serde_json::to_value(&record.content).map_err(Refusal::broken)?,
    })
    .into_response())
}
