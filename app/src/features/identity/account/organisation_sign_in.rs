//! `/me/organisation-sign-in`: somebody whom a provider knows shows that the account here is theirs.

use axum::response::{IntoResponse as _, Response};
use axum_extra::extract::cookie::CookieJar;
use govuk::Button;
use maud::html;

use crate::features::identity::proofs::{self, Proof};
use crate::features::identity::{providers, store};
use crate::kernel::ids::PersonId;
use crate::kernel::{Problem, Refusal};
use crate::web::openid::{self, Pending, Provider};
use crate::web::step_up::{self, About};
use crate::web::{Posted, Sheet, Visit, see_other};

const BACK: &str = "/me";

fn linking(person: &PersonId) -> About<'_> {
    About::Act {
        kind: "openid.linked",
        subject: person.as_str(),
    }
}

/// What waits in this browser for the person who is signed in.
async fn pending(visit: &Visit, jar: &CookieJar) -> Result<Pending, Refusal> {
    let person = &visit.ctx.acting()?.person;
    let Some(pending) = Pending::of(visit, jar) else {
        return Err(Refusal::NotNow(
            "First sign in with your organisation. If you did, it was more than 10 minutes ago: do it again."
                .to_owned(),
        ));
    };
    let email = store::email_of(visit, person).await?;
    if email != pending.address {
        return Err(Refusal::NotNow(format!(
            "Your organisation says that you are {}, and here you are signed in as {email}. Sign out, and sign in \
             with the account that is yours there too.",
            pending.address
        )));
    }
    Ok(pending)
}

pub async fn show(visit: Visit, jar: CookieJar) -> Result<Response, Refusal> {
    page(&visit, &jar, Vec::new()).await
}

async fn page(visit: &Visit, jar: &CookieJar, problems: Vec<Problem>) -> Result<Response, Refusal> {
    let acting = visit.ctx.acting()?;
    let pending = match pending(visit, jar).await {
        Ok(pending) => pending,
        Err(refusal) => return Ok(visit.refused(refusal, BACK)),
    };
    let proof = step_up::fields(visit, linking(&acting.person), &problems).await?;
    let body = html! {
        p class="govuk-body" {
            "There is an account for " strong class="app-break" { (pending.address) } " here already. Show once that it is yours. "
            "From then on you can sign in with " (pending.organisation_name) "."
        }
        (visit.form("/me/organisation-sign-in", html! {
            (proof)
            div class="govuk-button-group" {
                (Button::submit("Yes, this account is mine"))
                a class="govuk-link" href=(BACK) { "Cancel" }
            }
        }))
    };
    let title = format!("Do you want to sign in with {}?", pending.organisation_name);
    Ok(visit.show(Sheet::new(title, body).back(BACK).problems(problems)))
}

pub async fn save(jar: CookieJar, posted: Posted) -> Result<Response, Refusal> {
    let person = &posted.ctx.acting()?.person;
    let pending = match pending(&posted, &jar).await {
        Ok(pending) => pending,
        Err(refusal) => return Ok(posted.refused(refusal, BACK)),
    };
    let provider = Provider::of(&posted, &pending.organisation).await?;
    let Some(provider) = provider.filter(|provider| provider.issuer == pending.issuer) else {
        let refusal = Refusal::NotNow(
            "Your organisation has changed where its people sign in. Start again.".to_owned(),
        );
        return Ok(posted.refused(refusal, BACK));
    };
    match step_up::check(&posted, linking(person)).await {
        Err(Refusal::Invalid(problems)) => return page(&posted, &jar, problems).await,
        other => other?,
    };
    let change = providers::link(&posted, &provider, &pending.subject, person)
        .and(proofs::set(person, &Proof::Provider));
    match posted.commit(change).await {
        // Linked a moment before by another window.
        Ok(()) | Err(Refusal::Raced) => {}
        Err(other) => return Err(other),
    }
    let gone = jar.add(openid::no_cookie(&posted.app));
    Ok((gone, see_other("/me?done=organisation")).into_response())
}
