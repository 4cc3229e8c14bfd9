//! The register for programs.

use axum::Json;
use axum::extract::{Path, RawQuery};
use axum::response::{IntoResponse as _, Response};
use serde::Serialize;
use utoipa::ToSchema;

use crate::kernel::as_of::AsOf;
use crate::kernel::clock::Now;
use crate::kernel::ids::RecordId;
use crate::public::register::{load, read};
use crate::records::publication::public_text::Said;
use crate::records::publication::store;
use crate::records::publication::store::{Entry, Search};
use crate::web::problem_json::{ApiRefusal, Bounds, ProblemDetails};
use crate::web::{Fields, Visit};

const PAGE: usize = 100;

/// A page of the register, newest first.
#[derive(Serialize, ToSchema)]
pub struct RegisterPage {
    pub agreements: Vec<RegisterEntry>,
    /// Give this as `after` to get the next page. Absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// One published agreement, in brief.
#[derive(Serialize, ToSchema)]
pub struct RegisterEntry {
    #[schema(example = "agr_01KAJ5X6R1M5Z3V8Q2T7W9Y4CD")]
    pub id: String,
    pub title: String,
    pub lead: String,
    pub parties: Vec<String>,
    /// `in_force` or `ended`.
    pub status: &'static str,
    pub version: i64,
    /// The day it was published, in London.
    #[schema(example = "2026-11-21")]
    pub published: String,
}

/// A published agreement.
#[derive(Serialize, ToSchema)]
pub struct PublishedAgreement {
    pub id: String,
    pub title: String,
    pub lead: String,
    pub parties: Vec<PublishedParty>,
    /// `in_force` or `ended`.
    pub status: &'static str,
    /// Ids of purposes.
    pub purposes: Vec<String>,
    pub version: i64,
    /// SHA-256 of the canonical text that `signed` lists the signatures on, in hexadecimal.
    pub digest: String,
    pub published: String,
    pub reviewed: Vec<Decided>,
    pub signed: Vec<Decided>,
    pub passages: Vec<PublishedPassage>,
}

#[derive(Serialize, ToSchema)]
pub struct PublishedParty {
    pub name: String,
    pub kind: String,
}

/// Which organisation reviewed or signed it, and when. People are not named.
#[derive(Serialize, ToSchema)]
pub struct Decided {
    pub organisation: String,
    pub on: String,
}

/// A section, for one party or flow where it is asked of each.
#[derive(Serialize, ToSchema)]
pub struct PublishedPassage {
    pub heading: String,
    pub answers: Vec<PublishedAnswer>,
}

/// An answer in plain words, or why it is withheld.
#[derive(Serialize, ToSchema)]
pub struct PublishedAnswer {
    pub question: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub answer: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub withheld: Option<WithheldAnswer>,
}

#[derive(Serialize, ToSchema)]
pub struct WithheldAnswer {
    pub ground: &'static str,
    pub words: String,
    /// The day on which it is looked at again.
    pub look_again: String,
}

fn status(in_force: bool) -> &'static str {
    if in_force { "in_force" } else { "ended" }
}

/// Published agreements.
#[utoipa::path(
    get,
    path = "/api/v1/register",
    params(
        ("text" = Option<String>, Query, description = "Words in the title, the parties or the published answers"),
        ("organisation" = Option<String>, Query, description = "Words of the name of a party"),
        ("purpose" = Option<String>, Query, description = "The id of a purpose"),
        ("status" = Option<String>, Query, description = "in_force or ended"),
        ("on" = Option<String>, Query, description = "A day (YYYY-MM-DD): the register as it was at the end of it"),
        ("after" = Option<String>, Query, description = "Where the page begins: `next` of the page before"),
    ),
    responses(
        (status = 200, description = "A page of agreements", body = RegisterPage),
        (status = 422, description = "`on` is no day, or a day to come", body = ProblemDetails, content_type = "application/problem+json"),
        Bounds,
    )
)]
pub async fn list(visit: Visit, RawQuery(query): RawQuery) -> Result<Response, ApiRefusal> {
    let fields = Fields::parse(&query.unwrap_or_default());
    let search = Search {
        on: AsOf::read(&fields, visit.now)?,
        ..read(&fields)
    };
    let mut found = store::search(&visit, &search, PAGE as i64 + 1).await?;
    let more = found.len() > PAGE;
    found.truncate(PAGE);
    let next = found.last().filter(|_| more).map(Entry::cursor);
    let agreements = found
        .into_iter()
        .map(|entry| RegisterEntry {
            id: entry.id,
            title: entry.title,
            lead: entry.lead,
            parties: entry.parties,
            status: status(entry.in_force),
            version: entry.version,
            published: Now(entry.published_at).today().to_string(),
        })
        .collect();
    Ok(Json(RegisterPage { agreements, next }).into_response())
}

/// One published agreement.
#[utoipa::path(
    get,
    path = "/api/v1/register/{id}",
    params(("id" = String, Path, description = "The id of the agreement")),
    responses(
        (status = 200, description = "What the public sees of it", body = PublishedAgreement),
        (status = 404, description = "It is not published", body = ProblemDetails, content_type = "application/problem+json"),
        Bounds,
    )
)]
pub async fn show(visit: Visit, Path(id): Path<RecordId>) -> Result<Response, ApiRefusal> {
    let (publication, _, text) = load(&visit, &id).await?;
    let passages = text
        .passages
        .iter()
        .map(|passage| PublishedPassage {
            heading: passage.heading.clone(),
            answers: passage
                .items
                .iter()
                .map(|item| {
                    let (answer, withheld) = match &item.said {
                        Said::Lines(lines) => (lines.clone(), None),
                        Said::Table(columns, rows) => {
                            (rows.iter().map(|row| flat(columns, row)).collect(), None)
                        }
                        Said::Withheld(withheld) => (
                            Vec::new(),
                            Some(WithheldAnswer {
                                ground: withheld.ground.as_str(),
                                words: withheld.words.clone(),
                                look_again: withheld.look_again.clone(),
                            }),
                        ),
                    };
                    PublishedAnswer {
                        question: item.label.clone(),
                        answer,
                        withheld,
                    }
                })
                .collect(),
        })
        .collect();
    Ok(Json(PublishedAgreement {
        id: text.record,
        title: text.title,
        lead: text.lead,
        parties: text
            .parties
            .into_iter()
            .map(|p| PublishedParty {
                name: p.name,
                kind: p.kind,
            })
            .collect(),
        status: status(text.in_force),
        purposes: text.purposes,
        version: text.version,
        digest: text.digest,
        published: Now(publication.at).today().to_string(),
        reviewed: decided(text.reviewed),
        signed: decided(text.signed),
        passages,
    })
    .into_response())
}

fn decided(who: Vec<(String, String)>) -> Vec<Decided> {
    who.into_iter()
        .map(|(organisation, on)| Decided { organisation, on })
        .collect()
}

/// "Item: name; Why it is needed: …".
fn flat(columns: &[String], row: &[String]) -> String {
    let cells: Vec<String> = columns
        .iter()
        .zip(row)
        .filter(|(_, cell)| !cell.is_empty())
        .map(|(column, cell)| format!("{column}: {cell}"))
        .collect();
    cells.join("; ")
}
