//! `/me/recovery-codes`: ten new codes, shown once.

use axum::response::Response;
use govuk::{Button, WarningText};
use maud::html;

use crate::identity::codes;
use crate::kernel::ids::PersonId;
use crate::kernel::{Problem, Refusal};
use crate::web::step_up;
use crate::web::step_up::About;
use crate::web::{Posted, Sheet, Visit};

const BACK: &str = "/me";

fn making(person: &PersonId) -> About<'_> {
    About::Act {
        kind: "recovery_codes.made",
        subject: person.as_str(),
    }
}

pub async fn show(visit: Visit) -> Result<Response, Refusal> {
    page(&visit, Vec::new()).await
}

pub async fn save(posted: Posted) -> Result<Response, Refusal> {
    let person = &posted.ctx.acting()?.person;
    match step_up::check(&posted, making(person)).await {
        Err(Refusal::Invalid(problems)) => return page(&posted, problems).await,
        other => other?,
    };
    let (made, change) = codes::make(&posted, person);
    posted.commit(change).await?;
    Ok(shown(&posted, "Your new recovery codes", &made))
}

async fn page(visit: &Visit, problems: Vec<Problem>) -> Result<Response, Refusal> {
    let proof = step_up::fields(visit, making(&visit.ctx.acting()?.person), &problems).await?;
    let body = html! {
        p class="govuk-body" {
            "With your password, a recovery code shows that it is you when your passkey or authenticator app is not at hand. \
             The codes you had before stop working."
        }
        (visit.form("/me/recovery-codes", html! {
            (proof)
            div class="govuk-button-group" {
                (Button::submit("Make ten codes"))
                a class="govuk-link" href=(BACK) { "Cancel" }
            }
        }))
    };
    Ok(visit.show(
        Sheet::new("Do you want new recovery codes?", body)
            .back(BACK)
            .problems(problems),
    ))
}

/// The codes, this once.
pub fn shown(visit: &Visit, title: &str, made: &[String]) -> Response {
    let body = html! {
        (WarningText::new("They are shown only now. Write them down, or print this page, and keep them where no one else looks."))
        p class="govuk-body" { "Each code works once." }
        ul class="govuk-list" id="recovery-codes" {
            @for code in made { li { span class="app-code" { (code) } } }
        }
        p class="govuk-body" { a class="govuk-link" href=(BACK) { "I have kept them" } }
    };
    visit.show(Sheet::new(title, body))
}
