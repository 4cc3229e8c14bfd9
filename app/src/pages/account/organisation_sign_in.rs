//! `/me/organisation-sign-in`: somebody whom a provider knows shows that the account here is theirs.

use axum::response::{IntoResponse as _, Response};
use axum_extra::extract::cookie::CookieJar;
use govuk::Button;
use maud::html;

use crate::identity::openid;
use crate::identity::openid::{Pending, Provider};
use crate::identity::people;
use crate::identity::people::Account;
use crate::identity::proofs;
use crate::identity::proofs::{GivesWay, Proof};
use crate::identity::providers;
use crate::kernel::ids::PersonId;
use crate::kernel::{Problem, Refusal};
use crate::pages::sign_in::enter::before;
use crate::web::step_up;
use crate::web::step_up::About;
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
    let email = people::email_of(visit, person).await?;
    if email != pending.address {
        return Err(Refusal::NotNow(format!(
            "Your organisation says that you are {}, and here you are signed in as {email}. Sign out, and sign in \
             with the account that is yours there too.",
            pending.address
        )));
    }
    Ok(pending)
}

/// The account with the address, where another organisation's administrator is all that it rests on: the
/// provider of the address's own domain knows better whose it is.
async fn to_disown(visit: &Visit, jar: &CookieJar) -> Result<Option<(Account, Pending)>, Refusal> {
    let Some(pending) = Pending::of(visit, jar) else {
        return Ok(None);
    };
    let Some(account) = people::by_email(visit, &pending.address).await? else {
        return Ok(None);
    };
    let organisation = &pending.organisation;
    let gives_way = proofs::gives_way(visit, &account, organisation, &Proof::Provider).await?;
    Ok((gives_way == GivesWay::WhenDisowned).then_some((account, pending)))
}

/// `POST /me/organisation-sign-in/disown`: whoever came from the provider says that the account is not theirs.
pub async fn disown(jar: CookieJar, posted: Posted) -> Result<Response, Refusal> {
    if let Some((account, _)) = to_disown(&posted, &jar).await? {
        let change = proofs::take_back(&posted, &account);
        match before(&posted).commit(change).await {
            Ok(()) | Err(Refusal::Raced) => {}
            Err(other) => return Err(other),
        }
    }
    let gone = jar.add(openid::no_cookie(&posted.app));
    Ok((gone, see_other("/sign-in/organisation")).into_response())
}

fn disown_page(visit: &Visit, pending: &Pending) -> Response {
    let body = html! {
        p class="govuk-body" {
            "There is an account for " strong class="app-break" { (pending.address) } " here already. Another organisation \
             invited someone with this address."
        }
        p class="govuk-body" {
            "If it is yours, "
            a class="govuk-link" href="/sign-in?next=%2Fme%2Forganisation-sign-in" { "sign in to it" }
            ". From then on you can sign in with " (pending.organisation_name) "."
        }
        p class="govuk-body" {
            "If it is not, what the account can do ends. Then sign in with your organisation again, and you begin with a new one."
        }
        (visit.form("/me/organisation-sign-in/disown", html! {
            (Button::warning("The account is not mine"))
        }))
    };
    visit.show(Sheet::new("Is this account yours?", body).back("/sign-in"))
}

pub async fn show(visit: Visit, jar: CookieJar) -> Result<Response, Refusal> {
    if visit.acting.is_none()
        && let Some((_, pending)) = to_disown(&visit, &jar).await?
    {
        return Ok(disown_page(&visit, &pending));
    }
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
