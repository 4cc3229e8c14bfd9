//! `/me/password`: a new password.

use axum::response::Response;
use govuk::{Button, PasswordInput};
use maud::html;

use crate::identity::credential;
use crate::identity::credential::SHORTEST;
use crate::identity::people;
use crate::kernel::ids::PersonId;
use crate::kernel::{Problem, Refusal};
use crate::pages::sign_in::fields;
use crate::web::step_up;
use crate::web::step_up::About;
use crate::web::{Posted, Sheet, Visit, error_of, see_other};

const BACK: &str = "/me";

fn changing(person: &PersonId) -> About<'_> {
    About::Act {
        kind: "password.changed",
        subject: person.as_str(),
    }
}

pub async fn show(visit: Visit) -> Result<Response, Refusal> {
    page(&visit, Vec::new()).await
}

pub async fn save(posted: Posted) -> Result<Response, Refusal> {
    let acting = posted.ctx.acting()?;
    let person = &acting.person;
    let email = people::email_of(&posted, person).await?;
    let about = [acting.name.as_str(), &email, &acting.organisation_name];
    let password = posted.fields.one("new_password");
    if let Some(mut problem) = fields::password_problem(&posted, password, &about).await? {
        problem.field = "new_password".to_owned();
        return page(&posted, vec![problem]).await;
    }
    match step_up::check(&posted, changing(person)).await {
        Err(Refusal::Invalid(problems)) => return page(&posted, problems).await,
        other => other?,
    };
    let hash = credential::hash(&posted, password.to_owned()).await?;
    let change = people::change_password(&posted, person, hash, &posted.session.hash());
    posted.commit(change).await?;
    Ok(see_other("/me?done=password"))
}

async fn page(visit: &Visit, problems: Vec<Problem>) -> Result<Response, Refusal> {
    let proof = step_up::fields(visit, changing(&visit.ctx.acting()?.person), &problems).await?;
    let hint = format!(
        "At least {SHORTEST} characters. Three random words are easy to remember and hard to guess."
    );
    let body = html! {
        p class="govuk-body" { "Every other session of yours ends when the password changes." }
        (visit.form("/me/password", html! {
            (PasswordInput {
                id: "new_password",
                name: "new_password",
                label: "New password".into(),
                hint: Some(&hint),
                autocomplete: "new-password",
                error: error_of(&problems, "new_password"),
                ..PasswordInput::default()
            })
            (proof)
            div class="govuk-button-group" {
                (Button::submit("Change the password"))
                a class="govuk-link" href=(BACK) { "Cancel" }
            }
        }))
    };
    Ok(visit.show(
        Sheet::new("Change your password", body)
            .back(BACK)
            .problems(problems),
    ))
}
