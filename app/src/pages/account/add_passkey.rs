//! `/me/passkeys/new`: first the person shows who they are, then the browser makes the passkey.

use axum::response::Response;
use govuk::{Button, Input};
use maud::html;
use serde_json::Value as Json;

use crate::identity::passkeys;
use crate::identity::passkeys::{RelyingParty, challenge};
use crate::identity::people;
use crate::identity::{codes, nonce};
use crate::kernel::ids::PersonId;
use crate::kernel::{Problem, Refusal};
use crate::pages::account::recovery_codes::shown;
use crate::web::step_up;
use crate::web::step_up::About;
use crate::web::{Posted, Sheet, Visit, error_of, see_other};

const BACK: &str = "/me";
/// The most passkeys a person has: a phone, two computers and a few keys are far from it.
const MOST: usize = 20;

pub async fn show(visit: Visit) -> Result<Response, Refusal> {
    visit.ctx.acting()?;
    ask(&visit, &visit.device, Vec::new()).await
}

/// The name, and who asks.
async fn ask(visit: &Visit, typed: &str, problems: Vec<Problem>) -> Result<Response, Refusal> {
    let person = &visit.ctx.acting()?.person;
    let party = match party(visit) {
        Ok(party) => party,
        Err(refusal) => return Ok(visit.refused(refusal, BACK)),
    };
    let proof = step_up::fields(visit, adding(person), &problems).await?;
    let body = html! {
        p class="govuk-body" { "Next, your browser asks where the passkey is to be kept. Follow what it says." }
        noscript {
            p class="govuk-body" { "Passkeys need JavaScript, which is switched off in this browser." }
        }
        @if visit.app.settings.url.is_empty() {
            // Somebody who tries it on their own machine may have come by its number.
            p class="govuk-body" {
                "A passkey belongs to the name in the address, here " strong { (party.name()) }
                ". At an address of numbers, such as 127.0.0.1, none can be made."
            }
        }
        (visit.form("/me/passkeys/new", html! {
            (Input {
                id: "passkey_name",
                name: "passkey_name",
                label: "Name for this passkey".into(),
                hint: Some("So that you know which one it is, such as: work laptop"),
                value: typed,
                error: error_of(&problems, "passkey_name"),
                autocomplete: "off",
                ..Input::default()
            })
            (proof)
            div class="govuk-button-group" {
                (Button::submit("Continue"))
                a class="govuk-link" href=(BACK) { "Cancel" }
            }
        }))
    };
    Ok(visit.show(
        Sheet::new("Add a passkey", body)
            .back(BACK)
            .problems(problems),
    ))
}

/// `POST /me/passkeys/new`: the person has shown who they are.
pub async fn start(posted: Posted) -> Result<Response, Refusal> {
    let person = &posted.ctx.acting()?.person;
    let name = posted.fields.one("passkey_name").trim();
    if let Some(problem) = name_problem(name) {
        return ask(&posted, name, vec![problem]).await;
    }
    match step_up::check(&posted, adding(person)).await {
        Err(Refusal::Invalid(problems)) => return ask(&posted, name, problems).await,
        other => other?,
    };
    create(&posted, name, Vec::new()).await
}

fn name_problem(name: &str) -> Option<Problem> {
    let message = if name.is_empty() {
        "Enter a name for this passkey"
    } else if name.chars().count() > 60 || text::Name::new(name).is_err() {
        "The name must be 60 characters or fewer, of characters that can be seen"
    } else {
        return None;
    };
    Some(Problem::new("passkey_name", message))
}

/// The page on which the browser makes the passkey.
async fn create(visit: &Visit, name: &str, problems: Vec<Problem>) -> Result<Response, Refusal> {
    let nonce = nonce::issue(visit, &purpose(visit));
    let (mut options, _) = match options(visit, &nonce).await {
        Ok(options) => options,
        Err(refusal) => return Ok(visit.refused(refusal, BACK)),
    };
    let error = error_of(&problems, "proof");
    let body = html! {
        p class="govuk-body" { "Press the button, and follow what your browser says." }
        (visit.form("/me/passkeys", html! {
            div id="proof" class={ "govuk-form-group app-proof" @if error.is_some() { " govuk-form-group--error" } } data-create=(options.take()) {
                noscript { p class="govuk-body" { "Passkeys need JavaScript, which is switched off in this browser." } }
                p id="proof-error" class="govuk-error-message" role="alert" hidden[error.is_none()] { (error.unwrap_or_default()) }
                input type="hidden" name="nonce" value=(nonce);
                input type="hidden" name="passkey" value="";
                input type="hidden" name="passkey_name" value=(name);
            }
            div class="govuk-button-group" {
                (Button::submit("Create the passkey"))
                a class="govuk-link" href=(BACK) { "Cancel" }
            }
        }))
    };
    Ok(visit.show(
        Sheet::new("Create the passkey", body)
            .back(BACK)
            .problems(problems),
    ))
}

/// `POST /me/passkeys`: the browser has made it.
pub async fn save(posted: Posted) -> Result<Response, Refusal> {
    let person = &posted.ctx.acting()?.person;
    let name = posted.fields.one("passkey_name");
    let nonce = posted.fields.one("nonce");
    // The nonce is the proof that the person showed who they are a moment ago.
    if !nonce::holds(&posted, &purpose(&posted), nonce, nonce::MINUTES_15) {
        let problem = Problem::new("proof", "That took too long. Show once more that it is you");
        return ask(&posted, name, vec![problem]).await;
    }
    if let Some(problem) = name_problem(name) {
        return ask(&posted, name, vec![problem]).await;
    }
    let (_, state) = options(&posted, nonce).await?;
    let Some(credential) = party(&posted)?.created(&state, posted.fields.one("passkey")) else {
        let problem = Problem::new("proof", "The browser made no passkey. Try again");
        return create(&posted, name, vec![problem]).await;
    };
    let change = nonce::spend(
        &posted,
        nonce,
        people::add_passkey(&posted, person, name, &credential)?,
    );
    // Without another way in, a lost phone would lock its owner out.
    if codes::left(&posted, person).await? > 0 {
        posted.commit(change).await?;
        return Ok(see_other("/me?done=passkey"));
    }
    let (made, coded) = codes::make(&posted, person);
    posted.commit(change.and(coded)).await?;
    Ok(shown(
        &posted,
        "Your passkey is added. Keep these codes",
        &made,
    ))
}

fn party(visit: &Visit) -> Result<RelyingParty, Refusal> {
    RelyingParty::of(&visit.app.settings).ok_or_else(|| {
        Refusal::NotNow(
            "Passkeys need an address with a name, and this gateway is reached at a number. Ask its operator for \
             an address such as https://share.example.org."
                .to_owned(),
        )
    })
}

async fn options(
    visit: &Visit,
    nonce: &str,
) -> Result<(Json, webauthn_rs_core::proto::RegistrationState), Refusal> {
    let acting = visit.ctx.acting()?;
    let held = passkeys::of_person(visit, &acting.person).await?;
    if held.len() >= MOST {
        return Err(Refusal::NotNow(format!(
            "You have {MOST} passkeys. Remove one that you no longer use first."
        )));
    }
    let email = people::email_of(visit, &acting.person).await?;
    let statement = format!("aldgate-passkey-v1\n{}\n{nonce}\n", acting.person);
    party(visit)?.creation(
        &acting.person,
        &email,
        &acting.name,
        &held,
        &challenge(&statement),
    )
}

fn adding(person: &PersonId) -> About<'_> {
    About::Act {
        kind: "passkey.added",
        subject: person.as_str(),
    }
}

fn purpose(visit: &Visit) -> String {
    format!("add-passkey {}", visit.form_token)
}
