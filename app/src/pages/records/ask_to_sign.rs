//! Asking one party to sign a text that the others have been asked to sign: one that joins it, or one that did not use
//! this gateway when it was issued.

use axum::extract::Path;
use axum::response::Response;
use govuk::Button;
use maud::html;

use crate::kernel::access::Action;
use crate::kernel::ids::{OrganisationId, RecordId};
use crate::kernel::{Problem, Refusal};
use crate::pages::records::parties::fetch_shared;
use crate::pages::records::section_scope::or_refused;
use crate::records::joining;
use crate::records::situation::Situation;
use crate::web::step_up;
use crate::web::step_up::About;
use crate::web::{Posted, Sheet, Visit, see_other};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    /// Joins with its own part.
    Joins,
    /// Is in the text, and had nobody here.
    External,
}

impl Way {
    fn path(self) -> &'static str {
        match self {
            Way::Joins => "join-sign-off",
            Way::External => "ask-to-sign",
        }
    }
}

type At = Path<(RecordId, OrganisationId)>;

pub async fn joins(visit: Visit, at: At) -> Result<Response, Refusal> {
    show(&visit, at, Way::Joins).await
}

pub async fn external(visit: Visit, at: At) -> Result<Response, Refusal> {
    show(&visit, at, Way::External).await
}

pub async fn save_joins(at: At, posted: Posted) -> Result<Response, Refusal> {
    save(&posted, at, Way::Joins).await
}

pub async fn save_external(at: At, posted: Posted) -> Result<Response, Refusal> {
    save(&posted, at, Way::External).await
}

async fn show(visit: &Visit, Path((id, party)): At, way: Way) -> Result<Response, Refusal> {
    let page = page(visit, &id, &party, way, Vec::new()).await;
    or_refused(visit, &format!("/records/{id}/parties"), page)
}

/// Whether the party can be asked now.
async fn may_ask(
    visit: &Visit,
    id: &RecordId,
    party: &OrganisationId,
    way: Way,
) -> Result<Situation, Refusal> {
    fetch_shared(visit, id, Action::See).await?;
    let action = match way {
        Way::Joins => Action::AddLateParty,
        Way::External => Action::AskExternal,
    };
    let situation = Situation::load(visit, id, action).await?;
    match way {
        Way::Joins => drop(joining::may_ask_joining(visit, &situation, party).await?),
        Way::External => drop(joining::may_ask_listed(visit, &situation, party).await?),
    }
    Ok(situation)
}

fn asking(subject: &str) -> About<'_> {
    About::Act {
        kind: "party.sign_off_asked",
        subject,
    }
}

async fn page(
    visit: &Visit,
    id: &RecordId,
    party: &OrganisationId,
    way: Way,
    problems: Vec<Problem>,
) -> Result<Response, Refusal> {
    let situation = may_ask(visit, id, party, way).await?;
    let record = &situation.record;
    let row = record.party(party.as_str()).ok_or(Refusal::NotFound)?;
    let back = format!("/records/{id}/parties");
    let proof = step_up::fields(visit, asking(&format!("{id}/{party}")), &problems).await?;
    let body = html! {
        p class="govuk-body" {
            @if row.registered_today { "Its senior officer signs exactly the text that the others sign." }
            @else { "You can then name a person there, who reads the agreement and signs it with a link and a code." }
        }
        (visit.form(&format!("{back}/{party}/{}", way.path()), html! {
            (proof)
            div class="govuk-button-group" {
                (Button::submit(format!("Ask {} to sign", row.name)))
                a class="govuk-link" href=(back) { "Cancel" }
            }
        }))
    };
    Ok(visit.show(
        Sheet::new(format!("Do you want to ask {} to sign?", row.name), body)
            .caption(record.title.clone())
            .back(back)
            .problems(problems),
    ))
}

async fn save(posted: &Posted, Path((id, party)): At, way: Way) -> Result<Response, Refusal> {
    let back = format!("/records/{id}/parties");
    match ask(posted, &id, &party, way).await {
        Err(Refusal::Invalid(problems)) => or_refused(
            posted,
            &back,
            page(posted, &id, &party, way, problems).await,
        ),
        asked => or_refused(posted, &back, asked.map(|next| see_other(&next))),
    }
}

/// Gives the page to look at next.
async fn ask(
    posted: &Posted,
    id: &RecordId,
    party: &OrganisationId,
    way: Way,
) -> Result<String, Refusal> {
    // Whether it can be asked comes before who they are.
    may_ask(posted, id, party, way).await?;
    step_up::check(posted, asking(&format!("{id}/{party}"))).await?;
    if way == Way::Joins {
        joining::ask_joining_sign_off(posted, id, party).await?;
        return Ok(format!("/records/{id}/parties?done=asked"));
    }
    let (line, by_link) = joining::ask_external(posted, id, party).await?;
    let link = if by_link { "/link" } else { "" };
    Ok(format!("/records/{id}/lines/{line}{link}"))
}
