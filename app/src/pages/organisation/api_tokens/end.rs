//! `/organisation/tokens/{id}/end`: a page with a question.

use axum::extract::Path;
use axum::response::Response;
use govuk::Button;
use maud::html;

use crate::identity::api_tokens;
use crate::kernel::Refusal;
use crate::pages::organisation::api_tokens::list::{BACK, to_end};
use crate::web::{Posted, Sheet, Visit, see_other};

pub async fn show(visit: Visit, Path(id): Path<String>) -> Result<Response, Refusal> {
    let token = match to_end(&visit, &id).await {
        Ok(token) => token,
        Err(refusal) => return Ok(visit.refused(refusal, BACK)),
    };
    let body = html! {
        p class="govuk-body" { "Programs that use it are refused from then on. It cannot be brought back." }
        (visit.form(&format!("{BACK}/{id}/end"), html! {
            div class="govuk-button-group" {
                (Button::warning("End the token"))
                a class="govuk-link" href=(BACK) { "Keep it" }
            }
        }))
    };
    let title = format!(
        "Do you want to end the token “{}” of {}?",
        token.name, token.person_name
    );
    Ok(visit.show(Sheet::new(title, body).back(BACK)))
}

pub async fn save(Path(id): Path<String>, posted: Posted) -> Result<Response, Refusal> {
    let done = posted
        .decide(|| async {
            let token = to_end(&posted, &id).await?;
            let organisation = &posted.ctx.member()?.organisation;
            Ok((api_tokens::end(&posted.ctx, organisation, &token), ()))
        })
        .await;
    match done {
        Ok(()) => Ok(see_other(format!("{BACK}?done=ended"))),
        Err(refusal) => Ok(posted.refused(refusal, BACK)),
    }
}
