//! `/me/passkeys/{passkey}/remove`: a page with a question.

use axum::extract::Path;
use axum::response::Response;
use govuk::{Button, WarningText};
use maud::html;

use crate::identity::passkeys;
use crate::identity::passkeys::Passkey;
use crate::identity::people;
use crate::kernel::{Problem, Refusal};
use crate::web::step_up;
use crate::web::step_up::About;
use crate::web::{Posted, Sheet, Visit, see_other};

const BACK: &str = "/me";

/// The passkey, and whether it is the only one.
async fn find(visit: &Visit, id: &str) -> Result<(Passkey, bool), Refusal> {
    let mut held = passkeys::of_person(visit, &visit.ctx.acting()?.person).await?;
    let at = held
        .iter()
        .position(|passkey| passkey.id == id)
        .ok_or(Refusal::NotFound)?;
    let only = held.len() == 1;
    Ok((held.swap_remove(at), only))
}

fn removing(id: &str) -> About<'_> {
    About::Act {
        kind: "passkey.removed",
        subject: id,
    }
}

pub async fn show(visit: Visit, Path(id): Path<String>) -> Result<Response, Refusal> {
    page(&visit, &id, Vec::new()).await
}

pub async fn save(Path(id): Path<String>, posted: Posted) -> Result<Response, Refusal> {
    let (passkey, _) = find(&posted, &id).await?;
    match step_up::check(&posted, removing(&id)).await {
        Err(Refusal::Invalid(problems)) => return page(&posted, &id, problems).await,
        other => other?,
    };
    posted.commit(people::remove_passkey(&passkey)).await?;
    Ok(see_other("/me?done=removed"))
}

async fn page(visit: &Visit, id: &str, problems: Vec<Problem>) -> Result<Response, Refusal> {
    let (passkey, only) = find(visit, id).await?;
    let proof = step_up::fields(visit, removing(id), &problems).await?;
    let body = html! {
        p class="govuk-body" {
            "You can no longer sign in with it. What you decided with it stays valid. Remove it on the device as well, \
             or the device goes on offering it."
        }
        @if only { (WarningText::new("It is your only passkey. Your password alone then counts as proof that it is you.")) }
        (visit.form(&format!("/me/passkeys/{id}/remove"), html! {
            (proof)
            div class="govuk-button-group" {
                (Button::warning("Remove the passkey"))
                a class="govuk-link" href=(BACK) { "Keep it" }
            }
        }))
    };
    let title = format!("Do you want to remove the passkey “{}”?", passkey.name);
    Ok(visit.show(Sheet::new(title, body).back(BACK).problems(problems)))
}
