//! `/organisations/waiting`: what somebody is told who has asked for a listed organisation.
//! `/claims/{id}`: the question whether it is theirs, for those who know the organisation.

use axum::extract::Path;
use axum::response::Response;
use govuk::{Button, Legend, Radio, Radios, Size, SummaryList, SummaryRow, WarningText};
use maud::{Markup, html};

use crate::kernel::clock::moment;
use crate::kernel::{Problem, Refusal};
use crate::organisations::claims;
use crate::organisations::claims::Claim;
use crate::pages::organisation::fields::kind_name;
use crate::web::step_up;
use crate::web::step_up::About;
use crate::web::{Posted, Sheet, Visit, error_of, see_other};

const BACK: &str = "/in-tray";

pub async fn waiting(visit: Visit) -> Result<Response, Refusal> {
    let acting = visit.ctx.acting()?;
    let own = claims::of_person(&visit.ctx, &acting.person).await?;
    if own.is_empty() {
        return Ok(visit.refused(Refusal::NotFound, BACK));
    }
    let body = html! {
        @for claim in &own { (told(claim)) }
        @if own.iter().any(|claim| claim.confirmed.is_none()) {
            h2 class="govuk-heading-m" { "Why we ask" }
            p class="govuk-body" {
                "Other organisations have named this one in their agreements. Its administrator can read \
                 those drafts and sign. An email address does not prove that someone may, so a person who knows the \
                 organisation confirms it first."
            }
            h2 class="govuk-heading-m" { "Who can confirm it" }
            p class="govuk-body" {
                "An administrator of another organisation that listed it here or that leads a signed agreement with it, or \
                 the operator of this gateway. While an agreement that names it is being reviewed or signed, it is \
                 the organisation that leads that agreement. Ask your contact there. Until then you see nothing of it."
            }
        }
    };
    Ok(visit.show(Sheet::new("Waiting for confirmation", body)))
}

/// How a claim stands.
pub fn told(claim: &Claim) -> Markup {
    html! {
        p class="govuk-body" {
            "On " (moment(claim.asked_at)) " you asked to set up " strong { (claim.organisation_name) }
            @if claim.supporter.is_some() { ", which " (claim.supporter_name) " would look after" }
            ". "
            @match claim.confirmed {
                None => "Someone who knows the organisation confirms this before you can act for it."
                Some(true) => {
                    "It is confirmed. "
                    a class="govuk-link" href="/organisation/choose" { "Act for " (claim.organisation_name) }
                }
                Some(false) => "It was not confirmed. If that is wrong, ask the operator of this gateway."
            }
        }
    }
}

pub async fn show(visit: Visit, Path(id): Path<String>) -> Result<Response, Refusal> {
    visit.ctx.acting()?;
    match claims::to_decide(&visit.ctx, &id).await {
        Ok(claim) => page(&visit, &claim, Vec::new()).await,
        Err(refusal) => Ok(visit.refused(refusal, BACK)),
    }
}

pub async fn save(Path(id): Path<String>, posted: Posted) -> Result<Response, Refusal> {
    posted.ctx.acting()?;
    let claim = match claims::to_decide(&posted.ctx, &id).await {
        Ok(claim) => claim,
        Err(refusal) => return Ok(posted.refused(refusal, BACK)),
    };
    let confirm = match posted.fields.one("decision") {
        "confirm" => true,
        "refuse" => false,
        _ => {
            let problem = Problem::new("decision", "Choose whether it is theirs");
            return page(&posted, &claim, vec![problem]).await;
        }
    };
    match step_up::check(&posted, deciding(&claim)).await {
        Err(Refusal::Invalid(problems)) => return page(&posted, &claim, problems).await,
        other => other?,
    };
    let done = posted
        .decide(|| async {
            let claim = claims::to_decide(&posted.ctx, &id).await?;
            Ok((claims::decide(&posted.ctx, &claim, confirm).await?, ()))
        })
        .await;
    match done {
        Ok(()) => Ok(see_other(format!(
            "/organisations/{}?done={}",
            claim.organisation,
            if confirm { "confirmed" } else { "refused" }
        ))),
        Err(refusal) => Ok(posted.refused(refusal, BACK)),
    }
}

/// For whom the person asks.
fn asked_for(claim: &Claim) -> String {
    match &claim.supporter {
        Some(_) => format!("For {}, which would look after it", claim.supporter_name),
        None => "To be its first administrator".to_owned(),
    }
}

/// What the person shows who they are for.
fn deciding(claim: &Claim) -> About<'_> {
    About::Act {
        kind: "organisation.claim_decided",
        subject: &claim.id,
    }
}

async fn page(visit: &Visit, claim: &Claim, problems: Vec<Problem>) -> Result<Response, Refusal> {
    let proof = step_up::fields(visit, deciding(claim), &problems).await?;
    let said = &claim.details;
    let mut rows = vec![
        SummaryRow::new("Person", claim.person_name.clone()),
        SummaryRow::new(
            "Email address they gave",
            html! { span class="app-break" { (claim.email) } },
        ),
        SummaryRow::new("They ask", asked_for(claim)),
        SummaryRow::new("Name they gave", said.name.clone()),
        SummaryRow::new(
            "Kind",
            kind_name(&visit.app.packs.law, &said.kind).to_owned(),
        ),
        SummaryRow::new("Asked", moment(claim.asked_at)),
    ];
    for (key, value) in [
        ("Data protection fee number", &said.fee_number),
        ("ODS code", &said.ods_code),
    ] {
        if !value.is_empty() {
            rows.push(SummaryRow::new(key, value.clone()));
        }
    }
    let title = format!(
        "Is {} acting for {}?",
        claim.person_name, claim.organisation_name
    );
    let body = html! {
        p class="govuk-body" {
            (claim.organisation_name) " is listed here and does not use the gateway yet. "
            @if claim.supporter.is_some() { "This person says that their organisation looks after it." }
            @else { "This person says it is theirs." }
        }
        (SummaryList { rows, ..SummaryList::default() })
        (WarningText::new(
            "No one has checked this email address. Call the organisation on a number you already have before you \
             confirm. Once you do, this person can read the drafts that name the organisation, and give roles in it.",
        ))
        (visit.form(&format!("/claims/{}", claim.id), html! {
            (Radios {
                id: "decision",
                name: "decision",
                legend: Legend::sized("What did you find out?", Size::M),
                items: vec![
                    Radio::new("confirm", "They act for this organisation: make them its administrator"),
                    Radio::new("refuse", "They do not, or no one there knows them"),
                ],
                error: error_of(&problems, "decision"),
                ..Radios::default()
            })
            (proof)
            (Button::submit("Continue"))
        }))
    };
    Ok(visit.show(Sheet::new(title, body).back(BACK).problems(problems)))
}
