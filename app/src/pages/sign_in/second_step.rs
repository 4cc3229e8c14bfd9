//! `/sign-in/code`: the second step for whoever has an authenticator app.

use axum::response::Response;
use axum_extra::extract::cookie::CookieJar;
use govuk::{Button, Input};
use maud::html;

use crate::identity::{authenticator, codes, nonce};
use crate::kernel::ids::PersonId;
use crate::kernel::{Change, Ctx, Problem, Refusal};
use crate::pages::sign_in::enter::{before, enter, local};
use crate::pages::sign_in::password;
use crate::web::{Posted, Sheet, Visit, error_of, origin, see_other};

fn purpose(person: &PersonId) -> String {
    format!("sign-in code {person}")
}

/// The page that asks for the code. Its nonce stands for the password that was right.
pub fn ask(visit: &Visit, person: &PersonId, next: &str) -> Response {
    let nonce = nonce::issue(visit, &purpose(person));
    page(visit, person, &nonce, next, Vec::new())
}

fn page(
    visit: &Visit,
    person: &PersonId,
    nonce: &str,
    next: &str,
    problems: Vec<Problem>,
) -> Response {
    let body = html! {
        (visit.form("/sign-in/code", html! {
            input type="hidden" name="person" value=(person);
            input type="hidden" name="nonce" value=(nonce);
            @if !next.is_empty() { input type="hidden" name="next" value=(next); }
            (Input {
                id: "code",
                name: "code",
                label: "Code".into(),
                hint: Some("The one that your authenticator app shows now, or one of your recovery codes. If you have a passkey, go back and sign in with it."),
                error: error_of(&problems, "code"),
                autocomplete: "one-time-code",
                autocapitalize: "none",
                spellcheck: Some(false),
                width: Some(30),
                ..Input::default()
            })
            (Button::submit("Sign in"))
        }))
    };
    visit.show(
        Sheet::new("Enter your code", body)
            .back("/sign-in")
            .problems(problems),
    )
}

/// Somebody who has reloaded the page starts again.
pub async fn show() -> Response {
    see_other("/sign-in")
}

/// `POST /sign-in/code`.
pub async fn save(jar: CookieJar, posted: Posted) -> Result<Response, Refusal> {
    let person = PersonId::from(posted.fields.one("person"));
    let nonce = posted.fields.one("nonce");
    let next = local(posted.fields.one("next")).unwrap_or_default();
    if !nonce::holds(&posted, &purpose(&person), nonce, nonce::MINUTES_15) {
        let problem = Problem::new("email", "That took too long. Sign in again");
        return password::page(&posted, "", next, vec![problem]).await;
    }
    let network = origin::network(&posted.address);
    let attempt = match posted.app.attempts.allow(
        posted.app.clock.elapsed(),
        &format!("code {person}"),
        &network,
    ) {
        Ok(attempt) => attempt,
        Err(refusal) => return Ok(posted.refused(refusal, "/sign-in")),
    };
    let Some(used) = redeem(&posted, &person, posted.fields.one("code")).await? else {
        let problem = Problem::new("code", "The code is wrong, or was used before");
        return Ok(page(&posted, &person, nonce, next, vec![problem]));
    };
    let (begun, entry) = enter(&posted, &person, "password and code", next).await?;
    let change = nonce::spend(&posted, nonce, used.and(begun));
    match before(&posted).commit(change).await {
        Ok(()) => {
            posted.app.attempts.fits(&attempt);
            Ok(entry.answer(&posted, jar))
        }
        Err(Refusal::Raced) => Ok(see_other("/sign-in")),
        Err(other) => Err(other),
    }
}

/// The change that uses up a code of the app or a recovery code, or none when it is neither.
async fn redeem(ctx: &Ctx, person: &PersonId, code: &str) -> Result<Option<Change>, Refusal> {
    match authenticator::redeem(ctx, person, code).await? {
        Some(change) => Ok(Some(change)),
        None => codes::redeem(ctx, person, code).await,
    }
}
