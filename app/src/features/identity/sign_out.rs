//! `/sign-out`: a page with a question, so that looking at it ends nothing.

use axum::response::{IntoResponse as _, Response};
use axum_extra::extract::cookie::CookieJar;
use govuk::Button;
use maud::html;

use super::store;
use crate::kernel::Refusal;
use crate::web::session::no_cookie;
use crate::web::{Posted, Sheet, Visit, see_other};

pub async fn show(visit: Visit) -> Result<Response, Refusal> {
    let acting = visit.ctx.acting()?;
    let body = html! {
        p class="govuk-body" {
            "You are signed in as " (acting.name)
            @if !acting.organisation_name.is_empty() { " for " (acting.organisation_name) }
            ". Everything you saved is kept."
        }
        (visit.form("/sign-out", html! {
            div class="govuk-button-group" {
                (Button::submit("Sign out"))
                a class="govuk-link" href="/in-tray" { "Stay signed in" }
            }
        }))
    };
    Ok(visit.show(Sheet::new("Do you want to sign out?", body).back("/in-tray")))
}

pub async fn save(jar: CookieJar, posted: Posted) -> Result<Response, Refusal> {
    if let Some(acting) = &posted.acting {
        let change = store::end_session(&posted.ctx, &acting.person, &posted.session.hash());
        posted.commit(change).await?;
    }
    Ok((jar.add(no_cookie(&posted.app)), see_other("/")).into_response())
}
