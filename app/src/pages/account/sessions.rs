//! `/me/sessions`: where a person is signed in, and ending it.

use axum::extract::{Path, RawQuery};
use axum::response::{IntoResponse as _, Response};
use axum_extra::extract::cookie::CookieJar;
use db::{args, sql};
use govuk::{Button, Table};
use maud::html;

use crate::identity::people;
use crate::identity::token::LONGEST_SESSION;
use crate::kernel::clock::moment;
use crate::kernel::ids::PersonId;
use crate::kernel::{Ctx, Problem, Refusal};
use crate::web::session::no_cookie;
use crate::web::step_up;
use crate::web::step_up::About;
use crate::web::{Fields, Posted, Sheet, Visit, see_other};

sql! {
    OPEN = "select id, token_hash, credential, address, device, created_at, seen_at from sessions
        where person_id = $1 and ended_at is null and created_at > $2 order by seen_at desc, id";
}

const BACK: &str = "/me/sessions";

/// A session that can still be used.
struct Open {
    id: String,
    hash: String,
    credential: String,
    address: String,
    device: String,
    created_at: i64,
    seen_at: i64,
}

async fn open(ctx: &Ctx, person: &PersonId) -> Result<Vec<Open>, Refusal> {
    let rows = ctx
        .app
        .db
        .all(&OPEN, args![person, ctx.now.0 - LONGEST_SESSION])
        .await?;
    rows.iter()
        .map(|row| {
            Ok(Open {
                id: row.text("id")?,
                hash: row.text("token_hash")?,
                credential: row.text("credential")?,
                address: row.text("address")?,
                device: row.text("device")?,
                created_at: row.int("created_at")?,
                seen_at: row.int("seen_at")?,
            })
        })
        .collect()
}

fn credential_words(credential: &str) -> &str {
    match credential {
        "password" => "Password",
        "password and code" => "Password and code",
        "passkey" => "Passkey",
        "openid" => "Your organisation",
        "invitation" => "Link",
        "demo" => "Demonstration",
        "" => "Not known",
        other => other,
    }
}

pub async fn show(visit: Visit, RawQuery(query): RawQuery) -> Result<Response, Refusal> {
    let person = &visit.ctx.acting()?.person;
    let query = Fields::parse(&query.unwrap_or_default());
    let done = (query.one("done") == "ended").then(|| "That session is ended.".to_owned());
    let mine = visit.session.hash();
    let rows = open(&visit, person)
        .await?
        .into_iter()
        .map(|session| {
            let address = if session.address.is_empty() {
                "Not known".to_owned()
            } else {
                session.address.clone()
            };
            vec![
                html! { (session.device) @if session.device.is_empty() { "Unknown device" } }.into(),
                html! { span class="app-break" { (address) } }.into(),
                credential_words(&session.credential).to_owned().into(),
                moment(session.created_at).into(),
                moment(session.seen_at).into(),
                html! {
                    @if session.hash == mine { "This one" } @else {
                        a class="govuk-link" href=(format!("/me/sessions/{}/end", session.id)) {
                            "End" span class="govuk-visually-hidden" { " the session on " (session.device) " since " (moment(session.created_at)) }
                        }
                    }
                }
                .into(),
            ]
        })
        .collect::<Vec<_>>();
    let body = html! {
        p class="govuk-body" { "If you do not know one of these, end it and change your password." }
        div class="app-scroll" role="region" tabindex="0" aria-label="Where you are signed in" {
            (Table {
                caption: "Where you are signed in",
                caption_hidden: true,
                head: vec!["Device".into(), "Address".into(), "Signed in with".into(), "Since".into(), "Last used".into(), html! { span class="govuk-visually-hidden" { "End" } }.into()],
                rows,
                ..Table::default()
            })
        }
        p class="govuk-body" { a class="govuk-link" href="/me/sign-out-everywhere" { "Sign out everywhere" } }
    };
    Ok(visit.show(
        Sheet::new("Where you are signed in", body)
            .back("/me")
            .done(done)
            .wide(),
    ))
}

async fn find(visit: &Visit, id: &str) -> Result<Open, Refusal> {
    let mine = visit.session.hash();
    open(visit, &visit.ctx.acting()?.person)
        .await?
        .into_iter()
        .find(|session| session.id == id && session.hash != mine)
        .ok_or(Refusal::NotFound)
}

fn ending(subject: &str) -> About<'_> {
    About::Act {
        kind: "session.ended",
        subject,
    }
}

pub async fn ask_end(visit: Visit, Path(id): Path<String>) -> Result<Response, Refusal> {
    end_page(&visit, &id, Vec::new()).await
}

async fn end_page(visit: &Visit, id: &str, problems: Vec<Problem>) -> Result<Response, Refusal> {
    let session = find(visit, id).await?;
    let proof = step_up::fields(visit, ending(id), &problems).await?;
    let body = html! {
        p class="govuk-body" {
            (session.device) ", signed in on " (moment(session.created_at)) ", last used on " (moment(session.seen_at)) "."
        }
        (visit.form(&format!("/me/sessions/{id}/end"), html! {
            (proof)
            div class="govuk-button-group" {
                (Button::warning("End the session"))
                a class="govuk-link" href=(BACK) { "Keep it" }
            }
        }))
    };
    let title = "Do you want to end this session?";
    Ok(visit.show(Sheet::new(title, body).back(BACK).problems(problems)))
}

pub async fn end(Path(id): Path<String>, posted: Posted) -> Result<Response, Refusal> {
    let session = find(&posted, &id).await?;
    match step_up::check(&posted, ending(&id)).await {
        Err(Refusal::Invalid(problems)) => return end_page(&posted, &id, problems).await,
        other => other?,
    };
    let person = &posted.ctx.acting()?.person;
    posted
        .commit(people::end_session(&posted, person, &session.hash))
        .await?;
    Ok(see_other("/me/sessions?done=ended"))
}

pub async fn ask_end_all(visit: Visit) -> Result<Response, Refusal> {
    end_all_page(&visit, Vec::new()).await
}

async fn end_all_page(visit: &Visit, problems: Vec<Problem>) -> Result<Response, Refusal> {
    let person = &visit.ctx.acting()?.person;
    let proof = step_up::fields(visit, ending(person.as_str()), &problems).await?;
    let body = html! {
        p class="govuk-body" { "Every session of yours ends, this one as well. Everything you saved is kept." }
        (visit.form("/me/sign-out-everywhere", html! {
            (proof)
            div class="govuk-button-group" {
                (Button::warning("Sign out everywhere"))
                a class="govuk-link" href=(BACK) { "Cancel" }
            }
        }))
    };
    let title = "Do you want to sign out everywhere?";
    Ok(visit.show(Sheet::new(title, body).back(BACK).problems(problems)))
}

pub async fn end_all(jar: CookieJar, posted: Posted) -> Result<Response, Refusal> {
    let person = &posted.ctx.acting()?.person;
    match step_up::check(&posted, ending(person.as_str())).await {
        Err(Refusal::Invalid(problems)) => return end_all_page(&posted, problems).await,
        other => other?,
    };
    posted.commit(people::end_sessions(&posted, person)).await?;
    Ok((jar.add(no_cookie(&posted.app)), see_other("/")).into_response())
}
