//! The keys that sign, published with their history.

use axum::Json;
use axum::extract::Query;
use axum::response::{IntoResponse as _, Response};
use govuk::Table;
use maud::{Markup, html};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::kernel::clock::moment;
use crate::kernel::{Ctx, Refusal};
use crate::ledger::keys;
use crate::ledger::keys::{Owner, PublicKey};
use crate::web::problem_json::{ApiRefusal, Bounds};
use crate::web::{Sheet, Visit};

/// Keys of organisations on a page, and in an answer to a program.
const SHOWN: usize = 100;
const LISTED: usize = 1_000;

/// Where a page of the organisations' keys begins: after this one.
#[derive(Deserialize)]
pub struct From {
    after: Option<String>,
}

impl From {
    /// "org_….2": the second key of an organisation.
    fn place(&self) -> (&str, i64) {
        let after = self.after.as_deref().unwrap_or_default();
        let (owner, number) = after.rsplit_once('.').unwrap_or((after, ""));
        (owner, number.parse().unwrap_or(0))
    }
}

fn next((owner, number): (String, i64)) -> String {
    format!("{owner}.{number}")
}

/// The keys of the log and of the gateway as a witness.
async fn own(ctx: &Ctx) -> Result<Vec<PublicKey>, Refusal> {
    let mut own = keys::history(ctx, &Owner::Log).await?;
    own.extend(keys::history(ctx, &Owner::Witness).await?);
    Ok(own)
}

pub async fn show(visit: Visit, Query(from): Query<From>) -> Result<Response, Refusal> {
    let origin = keys::origin(&visit).await?;
    let ours = own(&visit).await?;
    let (organisations, more) = keys::of_organisations(&visit, from.place(), SHOWN).await?;
    let body = html! {
        p class="govuk-body" {
            "Everything that is done in this gateway is added to a log. Anyone can check that nothing was taken out of it \
             or changed. These are the public keys to check it with."
        }
        p class="govuk-body" { "The log is called " span class="app-code app-break" { (origin) } ". Keep a copy of its key: a copy that you got some other way protects you best." }
        h2 class="govuk-heading-m" { "The log" }
        (table("Keys of the log", &ours))
        h2 class="govuk-heading-m" { "Organisations" }
        @if organisations.is_empty() {
            p class="govuk-body" { "No organisation has sealed a decision yet." }
        } @else { (table("Keys of organisations", &organisations)) }
        @if let Some(more) = more {
            p class="govuk-body" { a class="govuk-link" rel="next" href={ "/log/keys?after=" (next(more)) } { "Next page" } }
        }
        p class="govuk-body" { a class="govuk-link" href="/api/v1/log/keys" { "The keys for programs (JSON)" } }
    };
    Ok(visit.show(Sheet::new("Keys of the log", body).wide()))
}

fn table(caption: &str, keys: &[PublicKey]) -> Markup {
    let rows = keys
        .iter()
        .map(|key| {
            vec![
                html! { span class="app-code app-break" { (key.vkey) } }.into(),
                moment(key.from).into(),
                html! {
                    @match key.until {
                        None => "In use",
                        Some(until) => { (moment(until)) br; (why(key)) }
                    }
                }
                .into(),
            ]
        })
        .collect();
    html! {
        div class="app-scroll" role="region" tabindex="0" aria-label=(caption) {
            (Table {
                caption,
                caption_hidden: true,
                head: vec!["Public key".into(), "From".into(), "Until".into()],
                rows,
                ..Table::default()
            })
        }
    }
}

fn why(key: &PublicKey) -> &'static str {
    match key.ended_why.as_str() {
        "leaked" => "It leaked. Trust only what the log shows from before.",
        "lost" => "It was lost.",
        _ => "Replaced, as planned.",
    }
}

/// The keys for programs.
#[derive(Serialize, ToSchema)]
pub struct LogKeys {
    /// The log's name, which its checkpoints begin with.
    pub origin: String,
    /// Keys with their history: on the first page those of the log too. Times are UTC microseconds.
    #[schema(value_type = Vec<Object>)]
    pub keys: Vec<PublicKey>,
    /// Give this as `after` to get the next page. Absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// The public keys of the log and of organisations, with their history.
#[utoipa::path(
    get,
    path = "/api/v1/log/keys",
    params(("after" = Option<String>, Query, description = "Where the page begins: `next` of the page before")),
    responses(
        (status = 200, description = "A page of keys", body = LogKeys),
        Bounds,
    )
)]
pub async fn list(visit: Visit, Query(from): Query<From>) -> Result<Response, ApiRefusal> {
    let ctx: &Ctx = &visit;
    let origin = keys::origin(ctx).await?;
    let mut keys = match from.after {
        None => own(ctx).await?,
        Some(_) => Vec::new(),
    };
    let (organisations, more) = keys::of_organisations(ctx, from.place(), LISTED).await?;
    keys.extend(organisations);
    let next = more.map(next);
    Ok(Json(LogKeys { origin, keys, next }).into_response())
}
