//! Showing again that it is you, before an act that binds: with a passkey where the person has one, else
//! with the password, or at the provider of the organisation where the person has neither. A stolen
//! session alone can do none of these acts.

use govuk::{Input, PasswordInput};
use maud::{Markup, html};
use serde_json::{Map, Value as Json, json};

use db::{args, sql};

use crate::identity::openid;
use crate::identity::openid::Provider;
use crate::identity::passkeys;
use crate::identity::passkeys::{Passkey, RelyingParty, challenge};
use crate::identity::{authenticator, codes, credential, nonce};
use crate::kernel::ids::PersonId;
use crate::kernel::{Act, Change, Problem, Refusal};
use crate::web::{Posted, Visit, error_of, origin};

sql! {
    RENEW = "update sessions set token_hash = $2, checked_at = $3 where token_hash = $1 and ended_at is null";
    ELSEWHERE = "select count(*) as held from roles
        where person_id = $1 and organisation_id <> $2 and ended_at is null";
    USED = "update passkeys set credential = $2, used_at = $3 where id = $1";
}

/// What the person confirms. The challenge of a passkey stands for exactly this.
#[derive(Clone, Copy)]
pub enum About<'a> {
    /// An act, in the words of the ledger, and the id of what it is done to.
    Act { kind: &'a str, subject: &'a str },
    /// A decision on a line: its id, the digest of the version the person saw, and the outcome.
    Decision {
        line: &'a str,
        digest: &'a str,
        outcome: &'a str,
    },
}

impl About<'_> {
    fn statement(&self, nonce: &str) -> String {
        match self {
            About::Act { kind, subject } => format!("aldgate-act-v1\n{kind}\n{subject}\n{nonce}\n"),
            About::Decision {
                line,
                digest,
                outcome,
            } => format!("aldgate-decision-v1\n{line}\n{digest}\n{outcome}\n{nonce}\n"),
        }
    }

    fn noted(&self, act: Act) -> Act {
        match self {
            About::Act { kind, subject } => act.with("for", *kind).with("on", *subject),
            About::Decision { line, outcome, .. } => act.with("for", *outcome).with("on", *line),
        }
    }
}

/// The fields in which a person shows that it is them, for a form that does one thing.
///
/// # Errors
/// [`Refusal::SignIn`], or when the database cannot be read.
pub async fn fields(
    visit: &Visit,
    about: About<'_>,
    problems: &[Problem],
) -> Result<Markup, Refusal> {
    choice_fields(visit, &[("", about)], problems).await
}

/// The fields for a form in which a radio button decides what is done: the button's value, and what
/// it then means.
///
/// # Errors
/// [`Refusal::SignIn`], or when the database cannot be read.
pub async fn choice_fields(
    visit: &Visit,
    choices: &[(&str, About<'_>)],
    problems: &[Problem],
) -> Result<Markup, Refusal> {
    let person = &visit.ctx.acting()?.person;
    let held = passkeys::of_person(visit, person).await?;
    let app = authenticator::is_set(visit, person).await?;
    if let Some(provider) = provider(visit).await? {
        return Ok(at_provider(&provider, problems));
    }
    Ok(match RelyingParty::of(&visit.app.settings) {
        Some(party) if !held.is_empty() => passkey(visit, &party, &held, choices, app, problems),
        _ => html! {
            (password(problems))
            @if app || !held.is_empty() { (code(app, problems)) }
        },
    })
}

/// The provider at which the person shows that it is them: none for those who have a credential of
/// their own. What changes an account needs one's own where the account works for others too: a
/// provider speaks for one organisation only.
async fn provider(visit: &Visit) -> Result<Option<Provider>, Refusal> {
    let acting = visit.ctx.acting()?;
    let Some(bound) = visit.bound_to.as_ref() else {
        return Ok(None);
    };
    if *bound != acting.organisation {
        return Ok(None);
    }
    if visit.path.starts_with("/me/") {
        let elsewhere = args![&acting.person, bound];
        let row = visit.app.db.one(&ELSEWHERE, elsewhere).await?;
        if row.int("held")? > 0 {
            return Ok(None);
        }
    }
    openid::of_person(visit, &acting.person, bound).await
}

fn at_provider(provider: &Provider, problems: &[Problem]) -> Markup {
    let error = error_of(problems, "proof");
    html! {
        div id="proof" class={ "govuk-form-group" @if error.is_some() { " govuk-form-group--error" } } {
            @if let Some(error) = error {
                p id="proof-error" class="govuk-error-message" { span class="govuk-visually-hidden" { "Error:" } " " (error) }
            }
            p class="govuk-body" {
                strong { "Show that it is you." } " When you press the button, you sign in again at " (provider.host())
                ". Then you come back here to finish. What you filled in is kept."
            }
        }
    }
}

/// Keeps the form and sends the person to their provider, which binds its answer to what the form does.
async fn ask_provider(
    posted: &Posted,
    provider: &Provider,
    about: About<'_>,
) -> Result<Refusal, Refusal> {
    let nonce = nonce::issue(posted, &purpose(posted));
    let challenge = challenge(&about.statement(&nonce));
    let held = crate::web::held_form::hold(posted, &nonce, &challenge).await?;
    let wanted = openid::Wanted {
        held: &held,
        nonce: Some(challenge),
        ..openid::Wanted::default()
    };
    let elsewhere = openid::begin(posted, provider, wanted).await?;
    Ok(Refusal::ShowElsewhere(elsewhere))
}

fn passkey(
    visit: &Visit,
    party: &RelyingParty,
    held: &[Passkey],
    choices: &[(&str, About<'_>)],
    app: bool,
    problems: &[Problem],
) -> Markup {
    let nonce = nonce::issue(visit, &purpose(visit));
    let challenges: Map<String, Json> = choices
        .iter()
        .map(|(value, about)| {
            (
                (*value).to_owned(),
                challenge(&about.statement(&nonce)).into(),
            )
        })
        .collect();
    let error = error_of(problems, "proof");
    let typed = error_of(problems, "password").is_some();
    html! {
        div id="proof" class={ "govuk-form-group app-proof" @if error.is_some() { " govuk-form-group--error" } }
            data-passkey=(party.request(held)) data-challenges=(Json::Object(challenges)) {
            p class="govuk-body app-proof__passkey" {
                strong { "Show that it is you." } " When you press the button, your device asks for your passkey."
            }
            noscript {
                p class="govuk-body" { "Passkeys need JavaScript, which is switched off in this browser. Use your password and a code." }
            }
            p id="proof-error" class="govuk-error-message" role="alert" hidden[error.is_none()] { (error.unwrap_or_default()) }
            input type="hidden" name="nonce" value=(nonce);
            input type="hidden" name="passkey" value="";
            details class="govuk-details" open[typed] {
                summary class="govuk-details__summary" {
                    span class="govuk-details__summary-text" { "Use your password and a code instead" }
                }
                div class="govuk-details__text" {
                    (password(problems))
                    (code(app, problems))
                }
            }
        }
    }
}

fn password(problems: &[Problem]) -> Markup {
    html! {
        (PasswordInput {
            id: "password",
            name: "password",
            label: "Your password".into(),
            hint: Some("The one you sign in with. It shows that it is really you."),
            error: error_of(problems, "password"),
            autocomplete: "current-password",
            ..PasswordInput::default()
        })
    }
}

fn code(app: bool, problems: &[Problem]) -> Markup {
    let hint = if app {
        "The one that your authenticator app shows now, or one of your recovery codes."
    } else {
        "One of your recovery codes."
    };
    html! {
        (Input {
            id: "code",
            name: "code",
            label: "Code".into(),
            hint: Some(hint),
            error: error_of(problems, "code"),
            autocomplete: "one-time-code",
            autocapitalize: "none",
            spellcheck: Some(false),
            width: Some(30),
            ..Input::default()
        })
    }
}

/// The acting person has shown, with this very form, that it is them. Gives how, for the line and
/// the ledger. The session has a new token from here on.
///
/// # Errors
/// [`Refusal::Invalid`] on the fields that [`fields`] makes.
pub async fn check(posted: &Posted, about: About<'_>) -> Result<Json, Refusal> {
    let person = &posted.ctx.acting()?.person;
    let (proof, used) = if crate::web::held_form::is_held(posted) {
        let (proof, used) =
            crate::web::held_form::finish(posted, |nonce| challenge(&about.statement(nonce)))
                .await?;
        (proof, Some(used))
    } else if let Some(provider) = provider(posted).await? {
        return Err(ask_provider(posted, &provider, about).await?);
    } else if posted.fields.one("passkey").is_empty() {
        with_password(posted, person).await?
    } else {
        with_passkey(posted, person, about).await?
    };
    let token = posted.app.entropy.token();
    let act =
        Act::new("credential.checked", person).with("credential", proof["credential"].clone());
    let mut change = Change::new(about.noted(act)).write_one(
        &RENEW,
        args![
            posted.session.hash(),
            crate::identity::token::token_hash(&token),
            posted.now.0
        ],
    );
    if let Some(used) = used {
        change = change.and(used);
    }
    match posted.commit(change).await {
        Ok(()) => {}
        // The same answer a second time, or two forms of one session at the same moment.
        Err(Refusal::Raced) => {
            return Err(Refusal::invalid(
                "proof",
                "This was sent twice. Show once more that it is you",
            ));
        }
        Err(other) => return Err(other),
    }
    posted.session.renewed(&posted.app, token);
    posted.right.confirm();
    Ok(proof)
}

async fn with_passkey(
    posted: &Posted,
    person: &PersonId,
    about: About<'_>,
) -> Result<(Json, Option<Change>), Refusal> {
    let wrong = || {
        Refusal::invalid(
            "proof",
            "The passkey did not fit. Try again, or use your password and a code",
        )
    };
    let nonce = posted.fields.one("nonce");
    let party = RelyingParty::of(&posted.app.settings).ok_or_else(wrong)?;
    if !nonce::holds(posted, &purpose(posted), nonce, nonce::LASTS) {
        return Err(wrong());
    }
    let answered = party
        .answered(
            posted,
            &challenge(&about.statement(nonce)),
            posted.fields.one("passkey"),
        )
        .await?
        .filter(|answered| answered.passkey.person == *person)
        .ok_or_else(wrong)?;
    let proof = answered.proof(posted.now.0, nonce);
    Ok((proof, Some(used(posted, &answered.passkey, nonce)?)))
}

/// A passkey was used: its counter, when, and that the nonce is spent.
///
/// # Errors
/// [`Refusal::Broken`] when it cannot be written as JSON.
pub fn used(visit: &Visit, passkey: &Passkey, nonce: &str) -> Result<Change, Refusal> {
    let credential = serde_json::to_string(&passkey.credential).map_err(Refusal::broken)?;
    let change =
        Change::new(Act::new("passkey.used", &passkey.person).with("passkey", &*passkey.id))
            .write_one(&USED, args![&*passkey.id, credential, visit.now.0]);
    Ok(nonce::spend(visit, nonce, change))
}

/// Who has a passkey shows two things in its place: a password alone would be the weaker way in
/// (OWASP ASVS 5.0, 6.3.4).
async fn with_password(
    posted: &Posted,
    person: &PersonId,
) -> Result<(Json, Option<Change>), Refusal> {
    let typed = posted.fields.one("password");
    if typed.is_empty() {
        return Err(Refusal::invalid("password", "Enter your password"));
    }
    let network = origin::network(&posted.address);
    let attempt = posted
        .app
        .attempts
        .allow(
            posted.app.clock.elapsed(),
            &format!("step-up {person}"),
            &network,
        )
        .map_err(|refusal| Refusal::invalid("password", refusal.words().1))?;
    let app = authenticator::is_set(posted, person).await?;
    let needs_code = app || !passkeys::of_person(posted, person).await?.is_empty();
    let fits = credential::is_password_of(posted, person, typed).await?;
    let code = posted.fields.one("code");
    let from_app = if app {
        authenticator::redeem(posted, person, code).await?
    } else {
        None
    };
    let with = if from_app.is_some() {
        "totp"
    } else {
        "recovery_code"
    };
    let used = if from_app.is_some() || !needs_code {
        from_app
    } else {
        codes::redeem(posted, person, code).await?
    };
    let mut proof = json!({ "credential": "password", "checked_at": posted.now.0 });
    if !fits || (needs_code && used.is_none()) {
        // Which of two was wrong is not said: each alone must stay as hard to guess.
        return Err(if needs_code {
            Refusal::Invalid(vec![Problem::new(
                "password",
                "The password or the code is wrong",
            )])
        } else {
            Refusal::invalid("password", "Enter the password you sign in with")
        });
    }
    if used.is_some() {
        proof[with] = true.into();
    }
    posted.app.attempts.fits(&attempt);
    Ok((proof, used))
}

/// A nonce is good in the session it was given to.
fn purpose(visit: &Visit) -> String {
    format!("step-up {}", visit.form_token)
}
