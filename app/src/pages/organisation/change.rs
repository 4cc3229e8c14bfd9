//! `/organisation/details`: the organisation's own details.

use axum::response::Response;
use govuk::Button;
use maud::html;
use packs::Role;

use crate::kernel::ids::OrganisationId;
use crate::kernel::{Problem, Refusal};
use crate::organisations::details::Details;
use crate::organisations::store::Organisation;
use crate::organisations::{similar_names, store};
use crate::pages::organisation::fields;
use crate::web::step_up;
use crate::web::step_up::About;
use crate::web::{Posted, Sheet, Visit, see_other};

const BACK: &str = "/organisation";

pub async fn show(visit: Visit) -> Result<Response, Refusal> {
    let acting = match visit.with_role(Role::Administrator) {
        Ok(acting) => acting,
        Err(refusal) => return Ok(visit.refused(refusal, BACK)),
    };
    let own = store::one(&visit.ctx, &acting.organisation).await?;
    page(&visit, &own, &own.details, Vec::new()).await
}

pub async fn save(posted: Posted) -> Result<Response, Refusal> {
    let acting = match posted.with_role(Role::Administrator) {
        Ok(acting) => acting,
        Err(refusal) => return Ok(posted.refused(refusal, BACK)),
    };
    let own = store::one(&posted.ctx, &acting.organisation).await?;
    let typed = fields::read(&posted.fields);
    let details = typed.clone().tidy();
    let mut problems = fields::problems(&posted.fields, &details, &posted.app.packs.law);
    if problems.is_empty() {
        problems = similar_names::problems(&posted.ctx, &details, Some(&own)).await?;
    }
    if problems.is_empty() && posted.fields.one("revision") != own.revision.to_string() {
        problems.push(Problem::new("name", CHANGED));
    }
    if problems.is_empty() {
        problems = match step_up::check(&posted, changing(&own.id)).await {
            Err(Refusal::Invalid(problems)) => problems,
            other => other.map(|_| Vec::new())?,
        };
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
    page(&posted, &newest, &typed, problems).await
}

/// Changing what an organisation is called and what kind it is.
fn changing(organisation: &OrganisationId) -> About<'_> {
    About::Act {
        kind: "organisation.changed",
        subject: organisation.as_str(),
    }
}

const CHANGED: &str = "Someone changed these details while you had this page open. What you typed is kept below. \
                       Check it, then save again";

async fn page(
    visit: &Visit,
    own: &Organisation,
    typed: &Details,
    problems: Vec<Problem>,
) -> Result<Response, Refusal> {
    let proof = step_up::fields(visit, changing(&own.id), &problems).await?;
    let body = html! {
        p class="govuk-body" { "Other organisations see these details, and agreements show them to the public." }
        p class="govuk-body" {
            "If you change the name or the kind, the operator of this gateway confirms it again. Until then your organisation is \
             shown as not confirmed, and no email is sent for it."
        }
        p class="govuk-body" {
            "An agreement that has been sent for review, or is in force, keeps the name and the kind it was sent with. \
             Your next version has the new ones."
        }
        (visit.form("/organisation/details", html! {
            input type="hidden" name="revision" value=(own.revision);
            (fields::show(&visit.app.packs.law, typed, &problems))
            (proof)
            (Button::submit("Save the details"))
        }))
    };
    Ok(visit.show(
        Sheet::new("Your organisation’s details", body)
            .back(BACK)
            .problems(problems),
    ))
}
