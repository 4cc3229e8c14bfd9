//! `/sign-out`: a page with a question, so that looking at it ends nothing.

use axum::http::HeaderName;
use axum::response::{IntoResponse as _, Response};
use axum_extra::extract::cookie::CookieJar;
use govuk::Button;
use maud::html;
use url::Url;

use crate::adapters::encryption::unlock;
use crate::identity::openid::Provider;
use crate::identity::people;
use crate::kernel::Refusal;
use crate::kernel::refusal::Elsewhere;
use crate::web::refusals::go_on;
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
    let mut elsewhere = None;
    if let Some(acting) = &posted.acting {
        elsewhere = leave(&posted).await?;
        let change = people::end_session(&posted.ctx, &acting.person, &posted.session.hash());
        posted.commit(change).await?;
    }
    let jar = jar.add(no_cookie(&posted.app));
    // What the browser has kept of our pages goes as well.
    let clear = [(
        HeaderName::from_static("clear-site-data"),
        "\"cache\", \"storage\"",
    )];
    Ok(match elsewhere {
        Some(elsewhere) => {
            let text = "You are signed out here. You now go on to sign out of your organisation’s sign-in as well.";
            (jar, clear, go_on("You are signed out", text, &elsewhere)).into_response()
        }
        None => (jar, clear, see_other("/")).into_response(),
    })
}

/// Where the person signs out of the provider, if it offers that (OpenID Connect RP-Initiated Logout 1.0)
/// and the session began there.
async fn leave(posted: &Posted) -> Result<Option<Elsewhere>, Refusal> {
    let hash = posted.session.hash();
    let Some((organisation, locked)) = people::provider_of_session(posted, &hash).await? else {
        return Ok(None);
    };
    let Some(provider) = Provider::of(posted, &organisation).await? else {
        return Ok(None);
    };
    let providers = &posted.app.providers;
    // A provider that does not answer keeps nobody signed in here.
    let Ok(about) = providers.about(&provider.issuer, posted.now.0).await else {
        return Ok(None);
    };
    let end = about.additional_metadata().end_session_endpoint.as_deref();
    let allowed = end.filter(|end| providers.may_ask(end).is_ok());
    let Some(mut to) = allowed.and_then(|end| Url::parse(end).ok()) else {
        return Ok(None);
    };
    let hint = unlock(&posted.app, people::ID_TOKEN, &locked)
        .and_then(|hint| String::from_utf8(hint).ok());
    {
        let mut query = to.query_pairs_mut();
        query
            .append_pair("client_id", &provider.client_id)
            .append_pair(
                "post_logout_redirect_uri",
                &format!("{}/", posted.app.settings.address()),
            );
        if let Some(hint) = &hint {
            query.append_pair("id_token_hint", hint);
        }
    }
    Ok(Some(Elsewhere {
        to: to.into(),
        name: provider.host(),
        cookie: String::new(),
    }))
}
