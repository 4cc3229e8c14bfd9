//! The first page, and what a gateway says about itself.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use govuk::Button;
use maud::html;
use serde_json::json;

use crate::kernel::{Refusal, health};
use crate::web::seen::ForOperator;
use crate::web::{Sheet, Visit, see_other};

pub async fn home(visit: Visit) -> Response {
    if visit.acting.is_some() {
        return see_other("/in-tray");
    }
    let body = html! {
        p class="govuk-body-l" {
            "Agree how you share information about people, with every partner, in one place."
        }
        p class="govuk-body" { "Use this gateway to:" }
        ul class="govuk-list govuk-list--bullet" {
            li { "draft an information sharing agreement, and be told in plain words which law applies" }
            li { "let every partner’s data protection officer see all of it before anyone signs" }
            li { "sign exactly the text that was reviewed" }
            li { "publish it, so that the public can see what is shared and why" }
        }
        (Button::start("Sign in", "/sign-in"))
        h2 class="govuk-heading-m" { "New here?" }
        p class="govuk-body" {
            a class="govuk-link" href="/organisations/new" { "Set up your organisation" }
            ". It is free for every partner, however small. It takes about 10 minutes, and you can stop and come back."
        }
        p class="govuk-body" {
            "You do not need an account to "
            a class="govuk-link" href="/register" { "read the public register of agreements" }
            "."
        }
    };
    visit.show(Sheet::new("Information sharing gateway", body))
}

pub async fn about(visit: Visit) -> Response {
    let packs = &visit.app.packs;
    let body = html! {
        p class="govuk-body" {
            "Aldgate is an open information sharing gateway. It holds agreements about how public bodies and \
             their partners share information about people. It does not hold residents’ data."
        }
        p class="govuk-body" {
            "What it says about the law is information, not legal advice. Ask your data protection officer or a \
             lawyer before you rely on it."
        }
        h2 class="govuk-heading-m" { "Who sees what" }
        p class="govuk-body" {
            "A draft is seen only by people with a role in an organisation that is a party to it. Only what a party \
             publishes is public. An auditor reads everything of their own organisation, with the list of who did \
             what, and changes nothing. The operators have no page on which they could read drafts; \
             they do hold the database and its backups."
        }
        h2 class="govuk-heading-m" { "What it runs on" }
        p class="govuk-body" { "Aldgate " (env!("CARGO_PKG_VERSION")) ", with the packs “" (packs.name) "” " (packs.version_name()) "." }
        p class="govuk-body" {
            "The data protection regulator is " a class="govuk-link" href=(packs.regulator.url) { (packs.regulator.name) } "."
        }
    };
    visit.show(Sheet::new("About this gateway", body))
}

pub async fn accessibility(visit: Visit) -> Response {
    let body = html! {
        p class="govuk-body" {
            "This gateway is built to meet the Web Content Accessibility Guidelines 2.2 at level AA. Every page works \
             with a keyboard, with a screen reader, when zoomed to 400% and without JavaScript."
        }
        p class="govuk-body" {
            "Every page of the main journey is checked automatically whenever the program changes. Automatic checks \
             find only some problems."
        }
        p class="govuk-body" {
            "If something does not work for you, tell the operator of this gateway. Agreements can also be read \
             as tagged PDF documents."
        }
    };
    visit.show(Sheet::new("Accessibility", body))
}

/// Well when the database answers and can be written.
pub async fn health(visit: Visit, ForOperator(seen): ForOperator) -> Result<Response, Refusal> {
    db::sql! { ALIVE = "select size from ledger_size where id = 1"; }
    let acts = visit.app.db.one(&ALIVE, &[]).await?.int("size")?;
    let cannot = health::cannot_write(&visit.app).await;
    let mut said = json!({ "status": "ok", "acts": acts });
    if let Some(why) = cannot {
        said["status"] = format!("cannot write: {why}").into();
    }
    if let Some(seen) = seen {
        said["seen"] = json!(seen);
    }
    let status = match cannot {
        None => StatusCode::OK,
        Some(_) => StatusCode::SERVICE_UNAVAILABLE,
    };
    Ok((status, Json(said)).into_response())
}
