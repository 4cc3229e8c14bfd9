//! Taking an agreement out of the public register.

use axum::extract::Path;
use axum::response::Response;
use govuk::{Button, Label, Size, Textarea};
use maud::html;

use crate::kernel::ids::RecordId;
use crate::kernel::{Problem, Refusal};
use crate::pages::records::publish::held;
use crate::records::publication::store;
use crate::web::step_up;
use crate::web::step_up::About;
use crate::web::{Posted, Sheet, Visit, error_of, see_other};

const LONGEST: usize = 2000;

fn withdrawal(id: &RecordId) -> About<'_> {
    About::Act {
        kind: "record.withdrawn",
        subject: id.as_str(),
    }
}

pub async fn show(visit: Visit, Path(id): Path<RecordId>) -> Result<Response, Refusal> {
    page(&visit, &id, "", Vec::new()).await
}

pub async fn save(Path(id): Path<RecordId>, posted: Posted) -> Result<Response, Refusal> {
    let reason = posted.fields.one("reason").trim().to_owned();
    let problem = if reason.is_empty() {
        Some("Say why you withdraw it".to_owned())
    } else if reason.chars().count() > LONGEST {
        Some(format!("The reason must be {LONGEST} characters or fewer"))
    } else {
        None
    };
    if let Some(problem) = problem {
        return page(&posted, &id, &reason, vec![Problem::new("reason", problem)]).await;
    }
    let back = format!("/records/{id}/publish");
    // Whether it is theirs to do comes before they are asked who they are.
    match held(&posted, &id).await {
        Ok(_) => store::public(&posted, &id).await?,
        Err(Refusal::NotFound) => return Err(Refusal::NotFound),
        Err(refusal) => return Ok(posted.refused(refusal, &back)),
    };
    match step_up::check(&posted, withdrawal(&id)).await {
        Err(Refusal::Invalid(problems)) => return page(&posted, &id, &reason, problems).await,
        other => other?,
    };
    let withdrawn = posted
        .decide(|| async {
            held(&posted, &id).await?;
            let publication = store::public(&posted, &id).await?;
            Ok((store::withdraw(&posted, &id, &publication, &reason)?, ()))
        })
        .await;
    match withdrawn {
        Ok(()) => Ok(see_other(format!("{back}?done=withdrawn"))),
        Err(Refusal::NotFound) => Err(Refusal::NotFound),
        Err(refusal) => Ok(posted.refused(refusal, &back)),
    }
}

async fn page(
    visit: &Visit,
    id: &RecordId,
    typed: &str,
    problems: Vec<Problem>,
) -> Result<Response, Refusal> {
    let back = format!("/records/{id}/publish");
    let situation = match held(visit, id).await {
        Ok(situation) => situation,
        Err(Refusal::NotFound) => return Err(Refusal::NotFound),
        Err(refusal) => return Ok(visit.refused(refusal, &back)),
    };
    store::public(visit, id).await?;
    let proof = step_up::fields(visit, withdrawal(id), &problems).await?;
    let body = html! {
        p class="govuk-body" { "Do you want to take this agreement out of the public register? The public can then no longer read it. The agreement itself stays as it is." }
        (visit.form(&format!("{back}/withdraw"), html! {
            (Textarea {
                id: "reason",
                name: "reason",
                label: Label::sized("Why do you withdraw it?", Size::S),
                hint: Some("Every party will see this."),
                error: error_of(&problems, "reason"),
                value: typed,
                rows: 3,
                ..Textarea::default()
            })
            (proof)
            div class="govuk-button-group" {
                (Button::warning("Withdraw"))
                a class="govuk-link" href=(back) { "Cancel" }
            }
        }))
    };
    Ok(visit.show(
        Sheet::new("Withdraw from the public register", body)
            .caption(situation.record.title.as_str())
            .back(back)
            .problems(problems),
    ))
}
