//! The keys that sign, published with their history.

use axum::Json;
use axum::response::{IntoResponse as _, Response};
use govuk::Table;
use maud::{Markup, html};
use serde::Serialize;
use utoipa::ToSchema;

use crate::kernel::clock::moment;
use crate::kernel::keys::{self, PublicKey};
use crate::kernel::{Ctx, Refusal};
use crate::web::api::ApiRefusal;
use crate::web::{Sheet, Visit};

pub async fn show(visit: Visit) -> Result<Response, Refusal> {
    let origin = keys::origin(&visit).await?;
    let all = keys::all(&visit).await?;
    let (ours, organisations): (Vec<_>, Vec<_>) = all
        .iter()
        .partition(|key| matches!(key.owner.as_str(), "log" | "witness"));
    let body = html! {
        p class="govuk-body" {
            "Everything that is done in this gateway is added to a log. Anybody can check that nothing was taken out of it \
             or changed. These are the public keys to check it with."
        }
        p class="govuk-body" { "The log is called " span class="app-code app-break" { (origin) } ". Keep a copy of its key: a copy that you got some other way protects you best." }
        h2 class="govuk-heading-m" { "The log" }
        (table("Keys of the log", &ours))
        h2 class="govuk-heading-m" { "Organisations" }
        @if organisations.is_empty() {
            p class="govuk-body" { "No organisation has sealed a decision yet." }
        } @else { (table("Keys of organisations", &organisations)) }
        p class="govuk-body" { a class="govuk-link" href="/api/v1/log/keys" { "The keys for programs (JSON)" } }
    };
    Ok(visit.show(Sheet::new("Keys of the log", body).wide()))
}

fn table(caption: &str, keys: &[&PublicKey]) -> Markup {
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
    /// Every key, with its history. Times are UTC microseconds.
    #[schema(value_type = Vec<Object>)]
    pub keys: Vec<PublicKey>,
}

/// The public keys of the log and of organisations, with their history.
#[utoipa::path(get, path = "/api/v1/log/keys", responses((status = 200, description = "Every key", body = LogKeys)))]
pub async fn list(visit: Visit) -> Result<Response, ApiRefusal> {
    let ctx: &Ctx = &visit;
    let origin = keys::origin(ctx).await?;
    let keys = keys::all(ctx).await?;
    Ok(Json(LogKeys { origin, keys }).into_response())
}
