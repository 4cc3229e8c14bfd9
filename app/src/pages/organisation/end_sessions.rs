//! `/organisation/people/{person}/sign-out`: an administrator ends the sessions with which a person acts, or
//! could act, for the organisation. A page with a question.

use axum::extract::Path;
use axum::response::Response;
use govuk::{Button, WarningText};
use maud::html;

use crate::identity::people as identity;
use crate::kernel::ids::PersonId;
use crate::kernel::{Problem, Refusal};
use crate::organisations::roles::Holding;
use crate::pages::organisation::person_roles::held;
use crate::web::step_up;
use crate::web::step_up::About;
use crate::web::{Posted, Sheet, Visit, see_other};

const BACK: &str = "/organisation/people";

async fn find(visit: &Visit, person: &PersonId) -> Result<Holding, Refusal> {
    let (_, one) = held(visit, person).await?;
    if *person == visit.ctx.acting()?.person {
        return Err(Refusal::NotNow(
            "These are your own sessions. End them under “Your account”.".to_owned(),
        ));
    }
    Ok(one)
}

fn ending(person: &PersonId) -> About<'_> {
    About::Act {
        kind: "sessions.ended",
        subject: person.as_str(),
    }
}

pub async fn show(visit: Visit, Path(person): Path<String>) -> Result<Response, Refusal> {
    match find(&visit, &person.into()).await {
        Ok(one) => page(&visit, &one, Vec::new()).await,
        Err(refusal) => Ok(visit.refused(refusal, BACK)),
    }
}

async fn page(visit: &Visit, one: &Holding, problems: Vec<Problem>) -> Result<Response, Refusal> {
    let proof = step_up::fields(visit, ending(&one.person), &problems).await?;
    let body = html! {
        p class="govuk-body" {
            "Each session with which " (one.name) " acts for your organisation, or could, ends at once. Their roles and what \
             they saved are kept, and they can sign in again. Someone who works for another organisation as well is \
             signed out there too, because one session can be used for both."
        }
        (WarningText::new(format!(
            "If someone else knows how {} signs in, ending the sessions is not enough: give them a new link too, or end their roles.",
            one.name
        )))
        (visit.form(&format!("/organisation/people/{}/sign-out", one.person), html! {
            (proof)
            div class="govuk-button-group" {
                (Button::warning("End the sessions"))
                a class="govuk-link" href=(BACK) { "Cancel" }
            }
        }))
    };
    let title = format!("Do you want to sign {} out everywhere?", one.name);
    Ok(visit.show(Sheet::new(title, body).back(BACK).problems(problems)))
}

pub async fn save(Path(person): Path<String>, posted: Posted) -> Result<Response, Refusal> {
    let one = match find(&posted, &person.into()).await {
        Ok(one) => one,
        Err(refusal) => return Ok(posted.refused(refusal, BACK)),
    };
    match step_up::check(&posted, ending(&one.person)).await {
        Err(Refusal::Invalid(problems)) => return page(&posted, &one, problems).await,
        other => other?,
    };
    let organisation = &posted.ctx.acting()?.organisation;
    let change = identity::end_sessions_for(&posted, &one.person, organisation);
    posted.commit(change).await?;
    Ok(see_other("/organisation/people?done=signed-out"))
}
