//! `/organisation/roles/{id}/end`: a page with a question.

use axum::extract::Path;
use axum::response::Response;
use govuk::{Button, WarningText};
use maud::html;
use packs::Role;

use crate::identity::api_tokens as tokens;
use crate::identity::people as identity;
use crate::kernel::{Change, Problem, Refusal};
use crate::organisations::roles;
use crate::organisations::roles::Holding;
use crate::organisations::store;
use crate::pages::organisation::people::dates;
use crate::web::step_up;
use crate::web::step_up::About;
use crate::web::{Posted, Sheet, Visit, see_other};

const BACK: &str = "/organisation/people";

/// The role that would end, and those that stay.
async fn find(visit: &Visit, id: &str) -> Result<(Holding, Vec<Holding>), Refusal> {
    let acting = visit.with_role(Role::Administrator)?;
    let mut held = roles::held(&visit.ctx, &acting.organisation).await?;
    let at = held
        .iter()
        .position(|holding| holding.id == id)
        .ok_or(Refusal::NotFound)?;
    Ok((held.remove(at), held))
}

/// Whether somebody else of those who stay can do this role's work today. Whoever has not joined
/// cannot, nor a deputy for long.
pub fn is_left(role: Role, staying: &[Holding], today: &str) -> bool {
    staying.iter().any(|holding| {
        holding.role == role
            && holding.joined
            && holding.deputy_for.is_none()
            && holding.is_on(today)
            // Nor whoever's role has a last day, where somebody must stay for good.
            && (role != Role::Administrator || holding.until_day.is_empty())
    })
}

fn ending(id: &str) -> About<'_> {
    About::Act {
        kind: "role.ended",
        subject: id,
    }
}

pub async fn show(visit: Visit, Path(id): Path<String>) -> Result<Response, Refusal> {
    page(&visit, &id, Vec::new()).await
}

async fn page(visit: &Visit, id: &str, problems: Vec<Problem>) -> Result<Response, Refusal> {
    let (holding, staying) = match find(visit, id).await {
        Ok(found) => found,
        Err(refusal) => return Ok(visit.refused(refusal, BACK)),
    };
    let today = visit.now.today().to_string();
    let organisation = &visit.ctx.acting()?.organisation_name;
    let last = !is_left(holding.role, &staying, &today) && holding.is_on(&today);
    if last && is_last_administrator(&holding) {
        return Ok(visit.refused(Refusal::NotNow(keep(organisation)), BACK));
    }
    let warning = match holding.role {
        Role::DataProtectionOfficer if last => Some(
            "No one else can review for your organisation. Agreements that wait for its review will wait until \
             another data protection officer is named.",
        ),
        Role::SeniorOfficer if last => Some(
            "No one else can sign for your organisation. Agreements that wait for its signature will wait until \
             another senior officer is named.",
        ),
        _ => None,
    };
    let proof = step_up::fields(visit, ending(id), &problems).await?;
    let body = html! {
        p class="govuk-body" {
            (holding.name) " will no longer be " (holding.role.title()) " of " (organisation) " (" (dates(&holding, &today)) "). \
             What they did in this role is kept."
        }
        @if let Some(warning) = warning { (WarningText::new(warning)) }
        (visit.form(&format!("/organisation/roles/{id}/end"), html! {
            (proof)
            div class="govuk-button-group" {
                (Button::warning("End the role"))
                a class="govuk-link" href=(BACK) { "Keep it" }
            }
        }))
    };
    let title = format!(
        "Do you want to end {}’s role of {}?",
        holding.name,
        holding.role.title()
    );
    Ok(visit.show(Sheet::new(title, body).back(BACK).problems(problems)))
}

pub async fn save(Path(id): Path<String>, posted: Posted) -> Result<Response, Refusal> {
    // Whether it can end at all comes before the question who asks.
    if let Err(refusal) = decide(&posted, &id).await {
        return Ok(posted.refused(refusal, BACK));
    }
    match step_up::check(&posted, ending(&id)).await {
        Err(Refusal::Invalid(problems)) => return page(&posted, &id, problems).await,
        other => other?,
    };
    match posted
        .decide(|| async { Ok((decide(&posted, &id).await?, ())) })
        .await
    {
        Ok(()) => Ok(see_other("/organisation/people?done=ended")),
        Err(refusal) => Ok(posted.refused(refusal, BACK)),
    }
}

async fn decide(visit: &Visit, id: &str) -> Result<Change, Refusal> {
    let acting = visit.with_role(Role::Administrator)?;
    // Read first: of two administrators who end each other's role, the second finds it changed.
    let own = store::one(&visit.ctx, &acting.organisation).await?;
    let (holding, staying) = find(visit, id).await?;
    let today = visit.now.today().to_string();
    if is_last_administrator(&holding) && !is_left(holding.role, &staying, &today) {
        return Err(Refusal::NotNow(keep(&acting.organisation_name)));
    }
    let mut change = roles::end(&visit.ctx, &acting.organisation, &holding);
    if roles::is_only(&visit.ctx, &holding).await? {
        change = change.and(identity::end_sessions(&visit.ctx, &holding.person));
    }
    // With the last role, what programs read for the person ends too.
    if !staying.iter().any(|other| other.person == holding.person) {
        change = tokens::end_all(&visit.ctx, &acting.organisation, &holding.person, change);
    }
    Ok(store::unchanged(&own, change))
}

/// Only whoever can sign in and holds the role for good keeps an organisation reachable.
fn is_last_administrator(holding: &Holding) -> bool {
    holding.role == Role::Administrator && holding.joined && holding.deputy_for.is_none()
}

fn keep(organisation: &str) -> String {
    format!(
        "{organisation} needs at least one administrator who has joined, or no one could look after it. \
         Make someone else administrator first, then end this role."
    )
}
