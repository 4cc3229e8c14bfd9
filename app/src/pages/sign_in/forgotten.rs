//! `/forgotten-password`: a link for a new password goes to the address. `/account-links/{token}`: what it opens.

use axum::extract::Path;
use axum::response::Response;
use govuk::{Button, Input};
use maud::{Markup, html};

use crate::adapters::rate_limit::Rate;
use crate::identity::account_links;
use crate::identity::account_links::{Kind, Link};
use crate::identity::people;
use crate::identity::{authenticator, codes, credential, passkeys};
use crate::kernel::{Change, Problem, Refusal};
use crate::pages::sign_in::enter::before;
use crate::pages::sign_in::fields;
use crate::web::step_up;
use crate::web::step_up::About;
use crate::web::{Posted, Sheet, Visit, error_of, origin, see_other};

const BACK: &str = "/sign-in";
/// How many links one network address may ask for in a minute.
const ASKED: Rate = Rate::per_minute(10);

pub async fn show(visit: Visit) -> Response {
    page(&visit, "", Vec::new())
}

fn page(visit: &Visit, typed: &str, problems: Vec<Problem>) -> Response {
    let body = html! {
        @if visit.app.mailer.is_on() {
            p class="govuk-body" { "We will send a link to your address. With it you choose a new password." }
            (visit.form("/forgotten-password", html! {
                (fields::email("Email address", None, typed, &problems, true))
                (Button::submit("Send the link"))
            }))
        } @else {
            p class="govuk-body" {
                "This service sends no email. Ask an administrator of your organisation for a new link. If you are its only \
                 administrator, ask the operator of this service."
            }
        }
    };
    visit.show(
        Sheet::new("Choose a new password", body)
            .back(BACK)
            .problems(problems),
    )
}

/// `POST /forgotten-password`: the same answer for every address.
pub async fn save(posted: Posted) -> Result<Response, Refusal> {
    let email = posted.fields.one("email");
    if !posted.app.mailer.is_on() {
        return Ok(page(&posted, "", Vec::new()));
    }
    if let Some(problem) = fields::email_problem(email) {
        return Ok(page(&posted, email, vec![problem]));
    }
    let network = origin::network(&posted.address);
    let key = format!("reset {network}");
    let elapsed = posted.app.clock.elapsed();
    if let Err(wait_seconds) = posted.app.limits.take(&key, ASKED, elapsed) {
        return Err(Refusal::TooMany { wait_seconds });
    }
    if let Some(change) = account_links::ask(&posted, Kind::Reset, email).await? {
        before(&posted).commit(change).await?;
    }
    let body = html! {
        p class="govuk-body" {
            "If there is an account with " strong class="app-break" { (email.trim()) } ", a link is on its way. It works once \
             and expires in one hour."
        }
        p class="govuk-body" {
            "If it does not arrive within 10 minutes, look in your spam folder, and check the address. We send at most three \
             links to one address in an hour."
        }
    };
    Ok(posted.show(Sheet::new("Check your email", body).back(BACK)))
}

/// Whether whoever is signed in holds the account that the link is about.
fn is_own(visit: &Visit, link: &Link) -> bool {
    let acting = visit.acting.as_ref();
    acting.is_some_and(|acting| acting.person == link.account.id)
}

fn proving(link: &Link) -> About<'_> {
    About::Act {
        kind: "address.proved",
        subject: link.account.id.as_str(),
    }
}

pub async fn open(visit: Visit, Path(token): Path<String>) -> Result<Response, Refusal> {
    let link = match account_links::find(&visit, &token).await {
        Ok(link) => link,
        Err(refusal) => return Ok(visit.refused(refusal, "/forgotten-password")),
    };
    if link.kind == Kind::Prove && is_own(&visit, &link) {
        prove_page(&visit, &token, &link, Vec::new()).await
    } else {
        reset_page(&visit, &token, &link, Vec::new()).await
    }
}

pub async fn finish(Path(token): Path<String>, posted: Posted) -> Result<Response, Refusal> {
    let link = match account_links::find(&posted, &token).await {
        Ok(link) => link,
        Err(refusal) => return Ok(posted.refused(refusal, "/forgotten-password")),
    };
    if link.kind == Kind::Prove && is_own(&posted, &link) {
        return prove(&posted, &token, &link).await;
    }
    let account = &link.account;
    let password = posted.fields.one("new_password");
    let about = [account.name.as_str(), &account.email];
    if let Some(mut problem) = fields::password_problem(&posted, password, &about).await? {
        problem.field = "new_password".to_owned();
        return reset_page(&posted, &token, &link, vec![problem]).await;
    }
    let used = match second_factor(&posted, &link).await {
        Ok(used) => used,
        Err(Refusal::Invalid(problems)) => {
            return reset_page(&posted, &token, &link, problems).await;
        }
        Err(other) => return Err(other),
    };
    let hash = credential::hash(&posted, password.to_owned()).await?;
    let mut change = account_links::reset(&posted, &token, account, hash);
    if let Some(used) = used {
        change = change.and(used);
    }
    let notice = account_links::notice(account).job(posted.new_id("job"));
    let change = change.job(&posted, notice);
    match before(&posted).commit(change).await {
        Ok(()) => Ok(posted.show(Sheet::new("Your password is changed", changed()))),
        // Used a moment before by another window: the page says so.
        Err(Refusal::Raced) => Ok(see_other(format!("/account-links/{token}"))),
        Err(other) => Err(other),
    }
}

fn changed() -> Markup {
    html! {
        p class="govuk-body" { "You are signed out everywhere. What you do here is kept." }
        p class="govuk-body" { a class="govuk-link" href=(BACK) { "Sign in with your new password" } }
    }
}

/// Whether more than the mailbox is asked for: what the owner of a proved account has set up. Of an
/// account that no one proved another may have set it up, and it goes.
async fn needs_code(visit: &Visit, link: &Link) -> Result<bool, Refusal> {
    let person = &link.account.id;
    Ok(link.account.proof.is_some()
        && (authenticator::is_set(visit, person).await?
            || !passkeys::of_person(visit, person).await?.is_empty()))
}

/// The change that uses the code up, where one is asked for.
async fn second_factor(posted: &Posted, link: &Link) -> Result<Option<Change>, Refusal> {
    if !needs_code(posted, link).await? {
        return Ok(None);
    }
    let person = &link.account.id;
    let network = origin::network(&posted.address);
    let attempt = posted
        .app
        .attempts
        .allow(
            posted.app.clock.elapsed(),
            &format!("reset {person}"),
            &network,
        )
        .map_err(|refusal| Refusal::invalid("code", refusal.words().1))?;
    let code = posted.fields.one("code");
    let used = match authenticator::redeem(posted, person, code).await? {
        Some(used) => Some(used),
        None => codes::redeem(posted, person, code).await?,
    };
    if used.is_none() {
        return Err(Refusal::invalid(
            "code",
            "The code is wrong, or was used before",
        ));
    }
    posted.app.attempts.fits(&attempt);
    Ok(used)
}

async fn reset_page(
    visit: &Visit,
    token: &str,
    link: &Link,
    problems: Vec<Problem>,
) -> Result<Response, Refusal> {
    let needs_code = needs_code(visit, link).await?;
    let path = format!("/account-links/{token}");
    let next: String = form_urlencoded::byte_serialize(path.as_bytes()).collect();
    let body = html! {
        @if link.kind == Kind::Prove {
            p class="govuk-body" {
                "Someone set up an account with " strong class="app-break" { (link.account.email) } ". If it was you, "
                a class="govuk-link" href=(format!("/sign-in?next={next}")) { "sign in to confirm the address" }
                ". If it was not, choose a password here: the account is yours then, and the person who set it up can no longer use it."
            }
        } @else {
            p class="govuk-body" {
                "For " strong class="app-break" { (link.account.email) } ". You will be signed out everywhere."
            }
        }
        (visit.form(&path, html! {
            (fields::password_input("new_password", "New password", &problems))
            @if needs_code {
                (Input {
                    id: "code",
                    name: "code",
                    label: "Code".into(),
                    hint: Some("The one that your authenticator app shows now, or one of your recovery codes. If you have a passkey, sign in with it instead: you need no new password then."),
                    error: error_of(&problems, "code"),
                    autocomplete: "one-time-code",
                    autocapitalize: "none",
                    spellcheck: Some(false),
                    width: Some(30),
                    ..Input::default()
                })
            }
            (Button::submit("Change the password"))
        }))
    };
    Ok(visit.show(Sheet::new("Choose a new password", body).problems(problems)))
}

async fn prove_page(
    visit: &Visit,
    token: &str,
    link: &Link,
    problems: Vec<Problem>,
) -> Result<Response, Refusal> {
    let proof = step_up::fields(visit, proving(link), &problems).await?;
    let body = html! {
        p class="govuk-body" {
            "You are signed in as " strong { (link.account.name) } ". When you confirm, organisations can offer you roles here."
        }
        (visit.form(&format!("/account-links/{token}"), html! {
            (proof)
            (Button::submit("Confirm the address"))
        }))
    };
    let title = format!("Is {} your email address?", link.account.email);
    Ok(visit.show(Sheet::new(title, body).back("/me").problems(problems)))
}

/// A victim who is signed in to somebody else's account by a trick does not know its password.
async fn prove(posted: &Posted, token: &str, link: &Link) -> Result<Response, Refusal> {
    match step_up::check(posted, proving(link)).await {
        Err(Refusal::Invalid(problems)) => return prove_page(posted, token, link, problems).await,
        other => other?,
    };
    let change = account_links::prove(posted, token, &link.account);
    match posted.commit(change).await {
        Ok(()) => Ok(see_other("/me?done=address")),
        Err(Refusal::Raced) => Ok(see_other(format!("/account-links/{token}"))),
        Err(other) => Err(other),
    }
}

/// `POST /me/address`: sends the link that proves the address.
pub async fn send_proof(posted: Posted) -> Result<Response, Refusal> {
    let person = &posted.ctx.acting()?.person;
    let account = people::by_id(&posted, person)
        .await?
        .ok_or(Refusal::NotFound)?;
    if account.proof.is_none()
        && posted.app.mailer.is_on()
        && let Some(change) = account_links::ask(&posted, Kind::Prove, &account.email).await?
    {
        posted.commit(change).await?;
    }
    Ok(see_other("/me?done=link"))
}
