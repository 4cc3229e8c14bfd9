//! `/offers/{id}`: someone accepts or declines the roles that an organisation offers them.
//! `/organisation/offers/{id}`: an administrator makes a new link for an offer, or withdraws it.

use axum::extract::Path;
use axum::response::Response;
use govuk::{Button, Legend, Radio, Radios, Size, WarningText};
use maud::{Markup, html};
use packs::Role;

use crate::identity::people as identity;
use crate::identity::proofs;
use crate::identity::proofs::LinkProof;
use crate::kernel::clock::moment;
use crate::kernel::{Problem, Refusal};
use crate::organisations::offers;
use crate::organisations::offers::Offer;
use crate::pages::organisation::new_person::{Added, Invited, pass_on};
use crate::pages::organisation::people::{capital, meaning};
use crate::web::step_up;
use crate::web::step_up::About;
use crate::web::{Posted, Sheet, Visit, error_of, see_other};

const PEOPLE: &str = "/organisation/people";

/// An offer that waits for the acting person.
async fn mine(visit: &Visit, id: &str) -> Result<Offer, Refusal> {
    let person = &visit.ctx.acting()?.person;
    let open = offers::to_person(visit, person).await?;
    if let Some(offer) = open.into_iter().find(|offer| offer.id == id) {
        return Ok(offer);
    }
    // What was theirs to answer says what became of it.
    let offer = offers::one(visit, id).await?;
    let account = identity::by_id(visit, person).await?;
    let account = account.ok_or(Refusal::NotFound)?;
    let proved = account.proof.is_some_and(|proof| proof.counts_everywhere());
    if proved && account.email == offer.email {
        offer.open(visit)
    } else {
        Err(Refusal::NotFound)
    }
}

pub async fn show(visit: Visit, Path(id): Path<String>) -> Result<Response, Refusal> {
    visit.ctx.acting()?;
    match mine(&visit, &id).await {
        Ok(offer) => answer_page(&visit, &offer, &path(&offer), Vec::new()).await,
        Err(refusal) => Ok(visit.refused(refusal, "/in-tray")),
    }
}

pub async fn save(Path(id): Path<String>, posted: Posted) -> Result<Response, Refusal> {
    posted.ctx.acting()?;
    match mine(&posted, &id).await {
        Ok(offer) => answer(&posted, &offer, &path(&offer)).await,
        Err(refusal) => Ok(posted.refused(refusal, "/in-tray")),
    }
}

fn path(offer: &Offer) -> String {
    format!("/offers/{}", offer.id)
}

fn accepting(offer: &Offer) -> About<'_> {
    About::Act {
        kind: "membership.accepted",
        subject: &offer.id,
    }
}

fn declining(offer: &Offer) -> About<'_> {
    About::Act {
        kind: "membership.declined",
        subject: &offer.id,
    }
}

/// The question to the person who is signed in with the address that the offer is to; `action` is where
/// the form goes.
pub async fn answer_page(
    visit: &Visit,
    offer: &Offer,
    action: &str,
    problems: Vec<Problem>,
) -> Result<Response, Refusal> {
    let choices = [("accept", accepting(offer)), ("decline", declining(offer))];
    let proof = step_up::choice_fields(visit, &choices, &problems).await?;
    let name = &offer.organisation_name;
    let body = html! {
        p class="govuk-body" { (name) " offers you these roles:" }
        ul class="govuk-list govuk-list--bullet" {
            @for role in &offer.roles { li { (capital(role.title())) ": " (lower(meaning(*role))) } }
        }
        p class="govuk-body" {
            "Offered on " (moment(offer.made_at)) ". The offer expires on " (moment(offer.expires_at)) "."
        }
        (WarningText::new(format!(
            "If you accept, the people of {name} see your name and email address, and its administrators can end your \
             roles. Accept only if you work for {name}."
        )))
        (visit.form(action, html! {
            (Radios {
                id: "decision",
                name: "decision",
                legend: Legend::sized("What do you want to do?", Size::M),
                items: vec![
                    Radio::new("accept", "Accept the roles"),
                    Radio::new("decline", "Decline them"),
                ],
                error: error_of(&problems, "decision"),
                ..Radios::default()
            })
            (proof)
            (Button::submit("Continue"))
        }))
    };
    let title = format!("Do you want to work for {name} here?");
    Ok(visit.show(Sheet::new(title, body).back("/me").problems(problems)))
}

fn lower(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| {
        first.to_lowercase().collect::<String>() + chars.as_str()
    })
}

/// The answer of the person who is signed in with the address.
pub async fn answer(posted: &Posted, offer: &Offer, action: &str) -> Result<Response, Refusal> {
    let acting = posted.ctx.acting()?;
    match posted.fields.one("decision") {
        "accept" => {}
        "decline" => return declined(posted, offer).await,
        _ => {
            let problem = Problem::new("decision", "Select whether you accept the roles");
            return answer_page(posted, offer, action, vec![problem]).await;
        }
    }
    match step_up::check(posted, accepting(offer)).await {
        Err(Refusal::Invalid(problems)) => {
            return answer_page(posted, offer, action, problems).await;
        }
        other => other?,
    };
    let account = identity::by_id(posted, &acting.person)
        .await?
        .ok_or(Refusal::NotFound)?;
    let accepted = offers::accept(posted, offer, &acting.person).await?;
    // By its link the offer proves the address; in the in-tray it was proved before.
    let better = match &account.proof {
        None => true,
        Some(known) => !known.counts_everywhere() && offer.proof.counts_everywhere(),
    };
    let by_link = action != path(offer);
    let mut change = accepted;
    if by_link && better {
        change = change.and(proofs::set(&acting.person, &offer.proof));
    }
    let mut to = "/organisation/choose";
    let mut token = None;
    if acting.organisation.as_str().is_empty() && posted.bound_to.is_none() {
        let hash = posted.session.hash();
        let (fresh, switched) = identity::switch_session(posted, &hash, &offer.organisation);
        change = change.and(switched);
        token = Some(fresh);
        to = "/in-tray";
    }
    match posted.commit(change).await {
        Ok(()) => {
            if let Some(token) = token {
                posted.session.renewed(&posted.app, token);
            }
            Ok(see_other(to))
        }
        // Withdrawn, or answered in another window, a moment before.
        Err(Refusal::Raced) => Ok(see_other(action)),
        Err(other) => Err(other),
    }
}

/// Whoever has the link or the account does not want it.
pub async fn declined(posted: &Posted, offer: &Offer) -> Result<Response, Refusal> {
    match posted.commit(offers::decline(posted, offer)).await {
        Ok(()) | Err(Refusal::Raced) => {}
        Err(other) => return Err(other),
    }
    let name = &offer.organisation_name;
    let body = html! {
        p class="govuk-body" {
            (name) " sees that the invitation was declined. You have no role there."
        }
        @if posted.acting.is_some() {
            p class="govuk-body" { a class="govuk-link" href="/in-tray" { "Go to your in-tray" } }
        }
    };
    Ok(posted.show(Sheet::new("You have declined the invitation", body)))
}

/// What an administrator's own organisation has offered.
async fn ours(visit: &Visit, id: &str) -> Result<Offer, Refusal> {
    let acting = visit.with_role(Role::Administrator)?;
    let all = offers::of_organisation(visit, &acting.organisation).await?;
    all.into_iter()
        .find(|offer| offer.id == id)
        .ok_or(Refusal::NotFound)
}

fn renewing(offer: &Offer) -> About<'_> {
    About::Act {
        kind: "membership.offered_again",
        subject: &offer.id,
    }
}

pub async fn ask_link(visit: Visit, Path(id): Path<String>) -> Result<Response, Refusal> {
    match ours(&visit, &id).await {
        Ok(offer) => link_page(&visit, &offer, Vec::new()).await,
        Err(refusal) => Ok(visit.refused(refusal, PEOPLE)),
    }
}

async fn link_page(
    visit: &Visit,
    offer: &Offer,
    problems: Vec<Problem>,
) -> Result<Response, Refusal> {
    let proof = step_up::fields(visit, renewing(offer), &problems).await?;
    let body = html! {
        p class="govuk-body" { "The link that " (offer.name) " was given before stops working." }
        (visit.form(&format!("/organisation/offers/{}/link", offer.id), html! {
            (proof)
            div class="govuk-button-group" {
                (Button::submit("Make a new link"))
                a class="govuk-link" href=(PEOPLE) { "Cancel" }
            }
        }))
    };
    let title = format!("Do you want to give {} a new link?", offer.name);
    Ok(visit.show(Sheet::new(title, body).back(PEOPLE).problems(problems)))
}

pub async fn link(Path(id): Path<String>, posted: Posted) -> Result<Response, Refusal> {
    let offer = match ours(&posted, &id).await {
        Ok(offer) => offer,
        Err(refusal) => return Ok(posted.refused(refusal, PEOPLE)),
    };
    match step_up::check(&posted, renewing(&offer)).await {
        Err(Refusal::Invalid(problems)) => return link_page(&posted, &offer, problems).await,
        other => other?,
    };
    let name = &posted.ctx.acting()?.organisation_name;
    let mailing = posted.mailing(&offer.organisation, &offer.email).await?;
    let (token, change) = offers::renew(&posted, &offer, LinkProof::by(&posted, &mailing));
    let mail = identity::invitation_mail(
        &posted,
        &offer.organisation,
        &offer.name,
        &offer.email,
        name,
        &token,
    );
    match posted.commit(change.mail(&posted, &mailing, mail)).await {
        Err(Refusal::Raced) => return Ok(see_other(PEOPLE)),
        other => other?,
    }
    let added = Added {
        name: offer.name,
        invited: Invited::Link(token),
        no_mail: mailing.why_not(),
    };
    let title = format!("New link for {}", added.name);
    let body = pass_on(&posted, &added, name);
    Ok(posted.show(Sheet::new(title, body).back(PEOPLE)))
}

pub async fn ask_withdraw(visit: Visit, Path(id): Path<String>) -> Result<Response, Refusal> {
    let offer = match ours(&visit, &id).await {
        Ok(offer) => offer,
        Err(refusal) => return Ok(visit.refused(refusal, PEOPLE)),
    };
    let body = html! {
        p class="govuk-body" { (offer.name) ", " span class="app-break" { (offer.email) } ": the link stops working." }
        (visit.form(&format!("/organisation/offers/{id}/withdraw"), html! {
            div class="govuk-button-group" {
                (Button::warning("Withdraw the invitation"))
                a class="govuk-link" href=(PEOPLE) { "Keep it" }
            }
        }))
    };
    let title = format!("Do you want to withdraw the invitation to {}?", offer.name);
    Ok(visit.show(Sheet::new(title, body).back(PEOPLE)))
}

pub async fn withdraw(Path(id): Path<String>, posted: Posted) -> Result<Response, Refusal> {
    let offer = match ours(&posted, &id).await {
        Ok(offer) => offer,
        Err(refusal) => return Ok(posted.refused(refusal, PEOPLE)),
    };
    match posted.commit(offers::withdraw(&posted, &offer)).await {
        Ok(()) => Ok(see_other("/organisation/people?done=withdrawn")),
        // Accepted a moment before: the page shows it.
        Err(Refusal::Raced) => Ok(see_other(PEOPLE)),
        Err(other) => Err(other),
    }
}

/// How an offer is shown in a list of what waits for somebody.
pub fn line(offer: &Offer) -> Markup {
    html! {
        a class="govuk-link" href=(path(offer)) {
            (offer.organisation_name) " offers you " @if offer.roles.len() == 1 { "a role" } @else { "roles" }
        }
    }
}
