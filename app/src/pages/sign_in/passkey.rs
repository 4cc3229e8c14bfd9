//! Signing in with a passkey: no address is typed, the passkey says whose it is.

use axum::response::Response;
use axum_extra::extract::cookie::CookieJar;
use govuk::Button;
use maud::{Markup, html};

use crate::identity::nonce;
use crate::identity::passkeys::{RelyingParty, challenge};
use crate::kernel::{Problem, Refusal};
use crate::pages::sign_in::enter::{before, enter, local};
use crate::pages::sign_in::password;
use crate::web::{Posted, Visit, step_up};

const PURPOSE: &str = "sign-in";

fn statement(nonce: &str) -> String {
    format!("aldgate-sign-in-v1\n{nonce}\n")
}

/// The button. A script shows it, because without scripts it can do nothing.
pub fn form(visit: &Visit, next: &str) -> Markup {
    let Some(party) = RelyingParty::of(&visit.app.settings) else {
        return html! {};
    };
    let nonce = nonce::issue(visit, PURPOSE);
    let challenges = serde_json::json!({ "": challenge(&statement(&nonce)) });
    html! {
        div id="with-passkey" hidden {
            (visit.form("/sign-in/passkey", html! {
                @if !next.is_empty() { input type="hidden" name="next" value=(next); }
                div class="govuk-form-group app-proof" data-passkey=(party.request(&[])) data-challenges=(challenges) {
                    p class="govuk-error-message" role="alert" hidden {}
                    input type="hidden" name="nonce" value=(nonce);
                    input type="hidden" name="passkey" value="";
                }
                (Button::secondary("Sign in with a passkey"))
            }))
        }
    }
}

/// `POST /sign-in/passkey`.
pub async fn save(jar: CookieJar, posted: Posted) -> Result<Response, Refusal> {
    let next = local(posted.fields.one("next")).unwrap_or_default();
    let nonce = posted.fields.one("nonce");
    let answered = match RelyingParty::of(&posted.app.settings) {
        Some(party) if nonce::holds(&posted, PURPOSE, nonce, nonce::LASTS) => {
            let challenge = challenge(&statement(nonce));
            let answer = posted.fields.one("passkey");
            party.answered(&posted, &challenge, answer).await?
        }
        _ => None,
    };
    let Some(answered) = answered else {
        return unknown(&posted, next).await;
    };
    let (change, entry) = enter(&posted, &answered.passkey.person, "passkey", next).await?;
    let used = step_up::used(&posted, &answered.passkey, nonce)?;
    match before(&posted).commit(used.and(change)).await {
        Ok(()) => Ok(entry.answer(&posted, jar)),
        // The same answer a second time.
        Err(Refusal::Raced) => unknown(&posted, next).await,
        Err(other) => Err(other),
    }
}

async fn unknown(posted: &Posted, next: &str) -> Result<Response, Refusal> {
    let problem = Problem::new(
        "email",
        "This passkey did not fit. Try again, or sign in with your password",
    );
    password::page(posted, "", next, vec![problem]).await
}
