//! `/sign-in`.

use axum::extract::RawQuery;
use axum::http::HeaderValue;
use axum::http::header::RETRY_AFTER;
use axum::response::{IntoResponse as _, Response};
use axum_extra::extract::cookie::CookieJar;
use govuk::{Button, PasswordInput};
use maud::{Markup, html};

use crate::identity::people;
use crate::identity::{authenticator, credential, passkeys};
use crate::kernel::{Problem, Refusal};
use crate::pages::sign_in::enter::{before, enter, local, settled};
use crate::pages::sign_in::{demo, fields, passkey, second_step};
use crate::web::{Fields, Posted, Sheet, Visit, browser, error_of, origin, see_other};

pub async fn show(visit: Visit, RawQuery(query): RawQuery) -> Result<Response, Refusal> {
    let query = Fields::parse(&query.unwrap_or_default());
    let next = local(query.one("next")).unwrap_or_default();
    if visit.acting.is_some() && !visit.app.settings.demo {
        return Ok(see_other(local(next).unwrap_or("/in-tray")));
    }
    page(&visit, "", next, Vec::new()).await
}

pub async fn save(jar: CookieJar, posted: Posted) -> Result<Response, Refusal> {
    let email = posted.fields.one("email");
    let password = posted.fields.one("password");
    let next = local(posted.fields.one("next")).unwrap_or_default();
    let mut problems = Vec::new();
    if email.trim().is_empty() {
        problems.push(Problem::new("email", "Enter your email address"));
    }
    if password.is_empty() {
        problems.push(Problem::new("password", "Enter your password"));
    }
    if !problems.is_empty() {
        return page(&posted, email, next, problems).await;
    }
    // Whether it was the address or the password is not said, and takes the same time.
    let network = origin::network(&posted.address);
    let named = people::fold_email(email);
    let browser = browser::known(&posted, &jar, &named);
    let tried = posted.app.attempts.allow_in(
        posted.app.clock.elapsed(),
        &named,
        &network,
        browser.as_deref(),
    );
    let attempt = match tried {
        Ok(attempt) => attempt,
        Err(refusal) => return Ok(too_often(&posted, refusal)),
    };
    let account = people::by_email(&posted.ctx, email).await?;
    let stored = account.as_ref().and_then(|a| a.password.clone());
    let fits = credential::verify(&posted.ctx, password.to_owned(), stored).await?;
    match account {
        Some(account) if fits => {
            posted.app.attempts.fits(&attempt);
            let jar = settled(&posted, jar, email);
            if authenticator::is_set(&posted, &account.id).await?
                || (posted.app.settings.asks_second_step()
                    && !passkeys::of_person(&posted, &account.id).await?.is_empty())
            {
                return Ok((jar, second_step::ask(&posted, &account.id, next)).into_response());
            }
            let (change, entry) = enter(&posted, &account.id, "password", next).await?;
            before(&posted).commit(change).await?;
            Ok(entry.answer(&posted, jar))
        }
        _ => {
            let wrong = Problem::new(
                "email",
                "The email address or the password is wrong. Check both and try again",
            );
            page(&posted, email, next, vec![wrong]).await
        }
    }
}

/// Costs nothing but the answer: no hash, no look at the database.
fn too_often(visit: &Visit, refusal: Refusal) -> Response {
    let mut response = visit.refused(refusal, "/sign-in");
    let wait = HeaderValue::from_static("900");
    response.headers_mut().insert(RETRY_AFTER, wait);
    response
}

pub(super) async fn page(
    visit: &Visit,
    email: &str,
    next: &str,
    problems: Vec<Problem>,
) -> Result<Response, Refusal> {
    let body = ways(visit, email, next, &problems).await?;
    Ok(visit.show(Sheet::new("Sign in", body).problems(problems)))
}

/// Every way to sign in, on to this page.
pub(crate) async fn ways(
    visit: &Visit,
    email: &str,
    next: &str,
    problems: &[Problem],
) -> Result<Markup, Refusal> {
    Ok(html! {
        (visit.form("/sign-in", form(email, next, problems)))
        (passkey::form(visit, next))
        p class="govuk-body" {
            a class="govuk-link" href=(to_organisation(next)) { "Sign in with your organisation" }
        }
        h2 class="govuk-heading-m" { "No account yet?" }
        p class="govuk-body" {
            "If your organisation uses this gateway, ask its administrator to add you. If it does not, you can "
            a class="govuk-link" href="/organisations/new" { "set up your organisation" } "."
        }
        p class="govuk-body" {
            a class="govuk-link" href="/forgotten-password" { "I have forgotten my password" }
        }
        @if visit.app.settings.demo { (demo::people(visit, next).await?) }
    })
}

fn to_organisation(next: &str) -> String {
    if next.is_empty() {
        return "/sign-in/organisation".to_owned();
    }
    let next: String = form_urlencoded::byte_serialize(next.as_bytes()).collect();
    format!("/sign-in/organisation?next={next}")
}

fn form(email: &str, next: &str, problems: &[Problem]) -> Markup {
    html! {
        @if !next.is_empty() { input type="hidden" name="next" value=(next); }
        (fields::email("Email address", None, email, problems, true))
        (PasswordInput {
            id: "password",
            name: "password",
            label: "Password".into(),
            autocomplete: "current-password",
            error: error_of(problems, "password"),
            ..PasswordInput::default()
        })
        (Button::submit("Sign in"))
    }
}
