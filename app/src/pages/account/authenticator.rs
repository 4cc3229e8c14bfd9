//! `/me/authenticator`: an authenticator app is set up, or removed.

use axum::response::Response;
use govuk::{Button, Input, WarningText};
use maud::{Markup, html};
use qrcode::{Color, QrCode};

use crate::identity::people;
use crate::identity::{authenticator, codes, nonce};
use crate::kernel::ids::PersonId;
use crate::kernel::{Problem, Refusal};
use crate::pages::account::recovery_codes::shown;
use crate::web::step_up;
use crate::web::step_up::About;
use crate::web::{Posted, Sheet, Visit, error_of, see_other};

const BACK: &str = "/me";

fn adding(person: &PersonId) -> About<'_> {
    About::Act {
        kind: "authenticator.added",
        subject: person.as_str(),
    }
}

fn removing(person: &PersonId) -> About<'_> {
    About::Act {
        kind: "authenticator.removed",
        subject: person.as_str(),
    }
}

fn purpose(visit: &Visit) -> String {
    format!("add-authenticator {}", visit.form_token)
}

pub async fn show(visit: Visit) -> Result<Response, Refusal> {
    ask(&visit, Vec::new()).await
}

async fn ask(visit: &Visit, problems: Vec<Problem>) -> Result<Response, Refusal> {
    let person = &visit.ctx.acting()?.person;
    let proof = step_up::fields(visit, adding(person), &problems).await?;
    let body = html! {
        p class="govuk-body" {
            "An authenticator app shows a new code every 30 seconds. With it, your password alone opens nothing. \
             A passkey is safer and quicker; take the app where you cannot use one."
        }
        @if authenticator::is_set(visit, person).await? {
            (WarningText::new("You have an app already. The new one takes its place."))
        }
        (visit.form("/me/authenticator", html! {
            (proof)
            div class="govuk-button-group" {
                (Button::submit("Continue"))
                a class="govuk-link" href=(BACK) { "Cancel" }
            }
        }))
    };
    Ok(visit.show(
        Sheet::new("Set up an authenticator app", body)
            .back(BACK)
            .problems(problems),
    ))
}

/// `POST /me/authenticator`: the person has shown who they are.
pub async fn start(posted: Posted) -> Result<Response, Refusal> {
    let person = &posted.ctx.acting()?.person;
    match step_up::check(&posted, adding(person)).await {
        Err(Refusal::Invalid(problems)) => return ask(&posted, problems).await,
        other => other?,
    };
    let nonce = nonce::issue(&posted, &purpose(&posted));
    let email = people::email_of(&posted, person).await?;
    let setup = authenticator::setup(&posted, &nonce, &email);
    Ok(secret(&posted, &nonce, &setup, Vec::new()))
}

/// The secret, this once, and the question for the first code.
fn secret(
    visit: &Visit,
    nonce: &str,
    setup: &authenticator::Setup,
    problems: Vec<Problem>,
) -> Response {
    let spaced = setup
        .text
        .as_bytes()
        .chunks(4)
        .map(String::from_utf8_lossy)
        .collect::<Vec<_>>()
        .join(" ");
    let body = html! {
        p class="govuk-body" { "Point the app’s camera at this picture." }
        (picture(&setup.address))
        p class="govuk-body" { "Or type this secret into the app. Show it to no one." }
        p class="govuk-body" { span class="app-code app-break" id="secret" { (spaced) } }
        (visit.form("/me/authenticator/confirm", html! {
            input type="hidden" name="nonce" value=(nonce);
            input type="hidden" name="secret" value=(setup.locked);
            (Input {
                id: "code",
                name: "code",
                label: "Code that the app shows".into(),
                error: error_of(&problems, "code"),
                autocomplete: "one-time-code",
                inputmode: "numeric",
                width: Some(10),
                ..Input::default()
            })
            div class="govuk-button-group" {
                (Button::submit("Confirm"))
                a class="govuk-link" href=(BACK) { "Cancel" }
            }
        }))
    };
    visit.show(
        Sheet::new("Set up an authenticator app", body)
            .back(BACK)
            .problems(problems),
    )
}

/// A QR code as a drawing. Whoever cannot see it has the same as text below.
fn picture(address: &str) -> Markup {
    let Ok(code) = QrCode::new(address) else {
        return html! {};
    };
    let width = code.width();
    let dots: String = code
        .to_colors()
        .iter()
        .enumerate()
        .filter(|(_, color)| **color == Color::Dark)
        .map(|(at, _)| format!("M{} {}h1v1h-1z", at % width + 4, at / width + 4))
        .collect();
    let size = width + 8;
    html! {
        svg class="app-qr" role="img" aria-label="QR code with the secret" viewBox=(format!("0 0 {size} {size}")) width="240" height="240" {
            rect width=(size) height=(size) fill="#ffffff" {}
            path d=(dots) fill="#000000" {}
        }
    }
}

/// `POST /me/authenticator/confirm`: the app works.
pub async fn save(posted: Posted) -> Result<Response, Refusal> {
    let person = &posted.ctx.acting()?.person;
    let nonce = posted.fields.one("nonce");
    if !nonce::holds(&posted, &purpose(&posted), nonce, nonce::MINUTES_15) {
        let problem = Problem::new(
            "password",
            "That took too long. Show once more that it is you",
        );
        return ask(&posted, vec![problem]).await;
    }
    let locked = posted.fields.one("secret");
    let code = posted.fields.one("code");
    let Some(change) = authenticator::confirm(&posted, person, nonce, locked, code) else {
        let email = people::email_of(&posted, person).await?;
        let Some(setup) = authenticator::again(&posted, nonce, locked, &email) else {
            return ask(&posted, Vec::new()).await;
        };
        let problem = Problem::new("code", "Enter the code of 6 digits that the app shows now");
        return Ok(secret(&posted, nonce, &setup, vec![problem]));
    };
    let change = nonce::spend(&posted, nonce, change);
    if codes::left(&posted, person).await? > 0 {
        posted.commit(change).await?;
        return Ok(see_other("/me?done=authenticator"));
    }
    let (made, coded) = codes::make(&posted, person);
    posted.commit(change.and(coded)).await?;
    Ok(shown(
        &posted,
        "Your app is set up. Keep these codes",
        &made,
    ))
}

pub async fn ask_remove(visit: Visit) -> Result<Response, Refusal> {
    remove_page(&visit, Vec::new()).await
}

pub async fn remove(posted: Posted) -> Result<Response, Refusal> {
    let person = &posted.ctx.acting()?.person;
    if !authenticator::is_set(&posted, person).await? {
        return Err(Refusal::NotFound);
    }
    match step_up::check(&posted, removing(person)).await {
        Err(Refusal::Invalid(problems)) => return remove_page(&posted, problems).await,
        other => other?,
    };
    posted.commit(authenticator::remove(person)).await?;
    Ok(see_other("/me?done=no-authenticator"))
}

async fn remove_page(visit: &Visit, problems: Vec<Problem>) -> Result<Response, Refusal> {
    let person = &visit.ctx.acting()?.person;
    if !authenticator::is_set(visit, person).await? {
        return Err(Refusal::NotFound);
    }
    let proof = step_up::fields(visit, removing(person), &problems).await?;
    let body = html! {
        p class="govuk-body" { "Signing in with your password no longer asks for a code." }
        (visit.form("/me/authenticator/remove", html! {
            (proof)
            div class="govuk-button-group" {
                (Button::warning("Remove the app"))
                a class="govuk-link" href=(BACK) { "Keep it" }
            }
        }))
    };
    Ok(visit.show(
        Sheet::new("Do you want to remove the authenticator app?", body)
            .back(BACK)
            .problems(problems),
    ))
}
