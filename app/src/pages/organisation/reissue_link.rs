//! `/organisation/people/{person}/invitation`: an administrator gives a person a new link: for
//! somebody who has not joined yet, or who cannot sign in any more. A page with a question.

use axum::extract::Path;
use axum::response::Response;
use govuk::{Button, WarningText};
use maud::html;

use crate::identity::people as identity;
use crate::identity::proofs::LinkProof;
use crate::kernel::ids::PersonId;
use crate::kernel::{Problem, Refusal};
use crate::organisations::roles::Holding;
use crate::pages::organisation::new_person::{Added, Invited, pass_on};
use crate::pages::organisation::person_roles::held;
use crate::web::step_up;
use crate::web::step_up::About;
use crate::web::{Posted, Sheet, Visit};

const BACK: &str = "/organisation/people";

/// The person, if this organisation may give them a link.
async fn find(visit: &Visit, person: &PersonId) -> Result<Holding, Refusal> {
    let (_, one) = held(visit, person).await?;
    let acting = visit.ctx.acting()?;
    let account = identity::by_id(&visit.ctx, person)
        .await?
        .ok_or(Refusal::NotFound)?;
    if *person == acting.person {
        return Err(Refusal::NotNow(
            "You are signed in, so you need no link. Change your password under “Your account”."
                .to_owned(),
        ));
    }
    if identity::may_invite(&visit.ctx, &account, &acting.organisation).await? {
        Ok(one)
    } else {
        Err(Refusal::NotNow(format!(
            "{} also works for another organisation, and a link from here would hand over what they do there. \
             Ask the operator of this gateway.",
            one.name
        )))
    }
}

fn inviting(person: &PersonId) -> About<'_> {
    About::Act {
        kind: "person.invited",
        subject: person.as_str(),
    }
}

pub async fn show(visit: Visit, Path(person): Path<String>) -> Result<Response, Refusal> {
    match find(&visit, &person.into()).await {
        Ok(one) => page(&visit, &one, Vec::new()).await,
        Err(refusal) => Ok(visit.refused(refusal, BACK)),
    }
}

pub async fn save(Path(person): Path<String>, posted: Posted) -> Result<Response, Refusal> {
    let one = match find(&posted, &person.into()).await {
        Ok(one) => one,
        Err(refusal) => return Ok(posted.refused(refusal, BACK)),
    };
    match step_up::check(&posted, inviting(&one.person)).await {
        Err(Refusal::Invalid(problems)) => return page(&posted, &one, problems).await,
        other => other?,
    };
    let acting = posted.ctx.acting()?;
    let account = identity::by_id(&posted.ctx, &one.person)
        .await?
        .ok_or(Refusal::NotFound)?;
    let from = &acting.organisation_name;
    let (token, no_mail) = posted
        .decide(|| async {
            let ctx = &posted.ctx;
            let mailing = ctx.mailing(&acting.organisation, &account.email).await?;
            let proof = LinkProof::by(ctx, &mailing);
            let (token, change) = identity::invite(ctx, &one.person, &acting.organisation, proof);
            let mail = identity::invitation_mail(
                ctx,
                &acting.organisation,
                &one.name,
                &account.email,
                from,
                &token,
            );
            Ok((change.mail(ctx, &mailing, mail), (token, mailing.why_not())))
        })
        .await?;
    let added = Added {
        name: one.name,
        invited: Invited::Link(token),
        no_mail,
    };
    let title = format!("New link for {}", added.name);
    let body = pass_on(&posted, &added, &acting.organisation_name);
    Ok(posted.show(Sheet::new(title, body).back(BACK)))
}

async fn page(visit: &Visit, one: &Holding, problems: Vec<Problem>) -> Result<Response, Refusal> {
    let proof = step_up::fields(visit, inviting(&one.person), &problems).await?;
    let action = format!("/organisation/people/{}/invitation", one.person);
    let body = html! {
        @if one.joined {
            p class="govuk-body" {
                "With the link, " (one.name) " chooses a new password. Their passkeys, authenticator app and recovery codes \
                 stop working then, and they are signed out everywhere. They can set them up again."
            }
            (WarningText::new(format!("Make sure that it is really {} who asked. Anyone who opens the link first can act as them.", one.name)))
        } @else {
            p class="govuk-body" { (one.name) " has not joined yet. The link they were given before stops working." }
        }
        (visit.form(&action, html! {
            (proof)
            div class="govuk-button-group" {
                (Button::submit("Make a new link"))
                a class="govuk-link" href=(BACK) { "Cancel" }
            }
        }))
    };
    let title = format!("Do you want to give {} a new link?", one.name);
    Ok(visit.show(Sheet::new(title, body).back(BACK).problems(problems)))
}
