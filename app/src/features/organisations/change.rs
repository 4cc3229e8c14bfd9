//! `/organisation/details`: the organisation's own details.

use axum::response::Response;
use govuk::Button;
use maud::html;
use packs::Role;

use super::details::Details;
use super::{alike, fields, store};
use crate::kernel::{Problem, Refusal};
use crate::web::{Posted, Sheet, Visit, see_other};

const BACK: &str = "/organisation";

pub async fn show(visit: Visit) -> Result<Response, Refusal> {
    let acting = match visit.with_role(Role::Administrator) {
        Ok(acting) => acting,
        Err(refusal) => return Ok(visit.refused(refusal, BACK)),
    };
    let own = store::one(&visit.ctx, &acting.organisation).await?;
    Ok(page(&visit, &own.details, own.revision, Vec::new()))
}

pub async fn save(posted: Posted) -> Result<Response, Refusal> {
    let acting = match posted.with_role(Role::Administrator) {
        Ok(acting) => acting,
        Err(refusal) => return Ok(posted.refused(refusal, BACK)),
    };
    let own = store::one(&posted.ctx, &acting.organisation).await?;
    let typed = fields::read(&posted.fields);
    let details = typed.clone().tidy();
    let mut problems = details.problems(&posted.app.packs.law);
    if problems.is_empty() {
        problems = alike::problems(&posted.ctx, &details, Some(&own)).await?;
    }
    if problems.is_empty() && posted.fields.one("revision") != own.revision.to_string() {
        problems.push(Problem::new("name", CHANGED));
    }
    if problems.is_empty() {
        match posted.commit(store::change_details(&own, &details)).await {
            Ok(()) => return Ok(see_other("/organisation?done=details")),
            Err(Refusal::Raced) => problems.push(Problem::new("name", CHANGED)),
            Err(other) => return Err(other),
        }
    }
    // With the newest revision in the form, sending it again overwrites: the person was told.
    let newest = store::one(&posted.ctx, &own.id).await?;
    Ok(page(&posted, &typed, newest.revision, problems))
}

const CHANGED: &str = "Somebody changed these details while you had this page open. What you typed is kept below. \
                       Check it, then save again";

fn page(visit: &Visit, typed: &Details, revision: i64, problems: Vec<Problem>) -> Response {
    let body = html! {
        p class="govuk-body" { "Other organisations see these details, and agreements show them to the public." }
        p class="govuk-body" {
            "If you change the name or the kind, the people who run this gateway confirm it again. Until then your organisation is \
             shown as not confirmed, and no email is sent for it."
        }
        (visit.form("/organisation/details", html! {
            input type="hidden" name="revision" value=(revision);
            (fields::show(&visit.app.packs.law, typed, &problems))
            (Button::submit("Save the details"))
        }))
    };
    visit.show(
        Sheet::new("Your organisation’s details", body)
            .back(BACK)
            .problems(problems),
    )
}
