//! `/sign-in/organisation`: signing in at the provider of one's organisation.

use axum::extract::{Path, RawQuery};
use axum::response::{IntoResponse as _, Response};
use axum_extra::extract::cookie::CookieJar;
use govuk::Button;
use maud::{Markup, html};
use text::Name;

use crate::adapters::encryption::lock;
use crate::adapters::rate_limit::Rate;
use crate::adapters::smtp::address;
use crate::identity::nonce;
use crate::identity::openid;
use crate::identity::openid::{Answered, Pending, Provider, Wanted};
use crate::identity::people::{AtProvider, ID_TOKEN};
use crate::identity::proofs;
use crate::identity::proofs::{GivesWay, Proof};
use crate::identity::{people, providers};
use crate::kernel::ids::{OrganisationId, PersonId};
use crate::kernel::{Act, Change, Problem, Refusal};
use crate::organisations::{access_requests, domains, offers};
use crate::pages::sign_in::enter::{before, enter_from_provider, local};
use crate::pages::sign_in::fields;
use crate::web::refusals::go_on;
use crate::web::{Fields, Posted, Sheet, Visit, origin, see_other};

/// How many answers one network address may bring in a minute: each makes us ask the provider.
pub const PER_MINUTE: Rate = Rate::per_minute(120);

pub async fn show(visit: Visit, RawQuery(query): RawQuery) -> Response {
    let query = Fields::parse(&query.unwrap_or_default());
    let next = local(query.one("next")).unwrap_or_default();
    page(&visit, "", next, Vec::new())
}

fn page(visit: &Visit, typed: &str, next: &str, problems: Vec<Problem>) -> Response {
    let body = html! {
        p class="govuk-body" {
            "If your organisation has set it up, you sign in where you sign in for your other work. You need no password here."
        }
        (visit.form("/sign-in/organisation", html! {
            @if !next.is_empty() { input type="hidden" name="next" value=(next); }
            (fields::email("Your work email address", Some("Its last part tells us your organisation"), typed, &problems, true))
            (Button::submit("Continue"))
        }))
    };
    visit.show(
        Sheet::new("Sign in with your organisation", body)
            .back("/sign-in")
            .problems(problems),
    )
}

/// `POST /sign-in/organisation`: the domain of the address finds the provider. The answer is the same
/// for every address of a domain, so that nobody learns who has an account.
pub async fn save(posted: Posted) -> Result<Response, Refusal> {
    let typed = posted.fields.one("email").trim();
    let next = local(posted.fields.one("next")).unwrap_or_default();
    if let Some(problem) = fields::email_problem(typed) {
        return Ok(page(&posted, typed, next, vec![problem]));
    }
    let folded = people::fold_email(typed);
    let domain = folded.rsplit('@').next().unwrap_or_default();
    let provider = match domains::owner(&posted, domain).await? {
        Some(owner) => Provider::of(&posted, &owner).await?,
        None => None,
    };
    let Some(provider) = provider else {
        let problem = Problem::new(
            "email",
            format!(
                "No one signs in this way with an address at {domain}. Check the address, or go back and use your password"
            ),
        );
        return Ok(page(&posted, typed, next, vec![problem]));
    };
    let wanted = Wanted {
        next,
        hint: typed,
        ..Wanted::default()
    };
    match openid::begin(&posted, &provider, wanted).await {
        Ok(elsewhere) => {
            let text = format!(
                "{} signs its people in at {}. You go there now, and come back when you are done.",
                provider.organisation_name, elsewhere.name
            );
            Ok(go_on("Sign in with your organisation", &text, &elsewhere))
        }
        Err(refusal) => Ok(posted.refused(refusal, "/sign-in")),
    }
}

/// `GET /sign-in/organisations/{id}/back`: the provider has sent somebody back.
pub async fn back(
    visit: Visit,
    jar: CookieJar,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Refusal> {
    let query = Fields::parse(&query.unwrap_or_default());
    let network = origin::network(&visit.address);
    let counted = visit.app.limits.take(
        &format!("openid {network}"),
        PER_MINUTE,
        visit.app.clock.elapsed(),
    );
    if let Err(wait_seconds) = counted {
        return Err(Refusal::TooMany { wait_seconds });
    }
    let gone = jar.clone().add(openid::no_cookie(&visit.app));
    let answered = match openid::answered(&visit, &jar, &id.into(), &query).await {
        Ok(answered) => answered,
        Err(refusal @ Refusal::NotNow(_)) => {
            return Ok((gone, visit.refused(refusal, "/sign-in")).into_response());
        }
        Err(other) => return Err(other),
    };
    if answered.asked.held.is_empty() {
        return match signed_in(&visit, jar, &answered).await {
            Err(refusal @ Refusal::NotNow(_)) => {
                Ok((gone, visit.refused(refusal, "/sign-in")).into_response())
            }
            other => other,
        };
    }
    let shown = match crate::web::held_form::shown(&visit, &answered).await {
        Ok(form) => visit.show(Sheet::new("You have shown that it is you", finish(&form))),
        Err(Refusal::Invalid(_)) => visit.refused(
            Refusal::NotNow(
                "That took too long, or was used already. Nothing was changed. Go back to what you wanted to do, and \
                 start again."
                    .to_owned(),
            ),
            "/in-tray",
        ),
        Err(refusal) => visit.refused(refusal, "/in-tray"),
    };
    Ok((gone, shown).into_response())
}

fn finish(form: &Markup) -> Markup {
    html! {
        p class="govuk-body" { "Nothing has been done yet. Press the button to finish what you began." }
        (form)
        p class="govuk-body" { a class="govuk-link" href="/in-tray" { "Leave it, and go to your in-tray" } }
    }
}

/// A session for whoever this is here: linked before, invited, or new by the domain.
async fn signed_in(
    visit: &Visit,
    jar: CookieJar,
    answered: &Answered,
) -> Result<Response, Refusal> {
    let provider = &answered.provider;
    // Each answer counts once, wherever it is brought to.
    let state = &answered.asked.state;
    let (person, linked) = match who(visit, answered).await? {
        Who::Known(person) => (person, None),
        Who::Now(person, change) => (person, Some(change)),
        Who::HasToShow(pending) => {
            let act = Act::new("openid.not_linked", &provider.organisation);
            once(visit, nonce::spend(visit, state, Change::new(act))).await?;
            let jar = jar.add(pending.cookie(&visit.app)?);
            return Ok((jar, see_other("/me/organisation-sign-in")).into_response());
        }
    };
    let id_token = lock(&visit.app, ID_TOKEN, answered.said.id_token.as_bytes());
    let at = AtProvider {
        organisation: provider.organisation.clone(),
        said: answered.said.kept(&provider.issuer).to_string(),
        id_token,
    };
    let (begun, entry) = enter_from_provider(visit, &person, at, &answered.asked.next);
    let change = match linked {
        Some(linked) => linked.and(begun),
        None => begun,
    };
    once(visit, nonce::spend(visit, state, change)).await?;
    let jar = jar.add(openid::no_cookie(&visit.app));
    Ok(entry.answer(visit, jar))
}

/// The answer was brought a second time, or by two windows at the same moment.
async fn once(visit: &Visit, change: Change) -> Result<(), Refusal> {
    match before(visit).commit(change).await {
        Err(Refusal::Raced) => Err(Refusal::NotNow(
            "This answer was used already. Start again.".to_owned(),
        )),
        other => other,
    }
}

enum Who {
    /// Linked before.
    Known(PersonId),
    /// Linked, or made, by this change.
    Now(PersonId, Change),
    /// Has an account with a credential of its own, which has to be shown first.
    HasToShow(Pending),
}

async fn who(visit: &Visit, answered: &Answered) -> Result<Who, Refusal> {
    let (provider, said) = (&answered.provider, &answered.said);
    if let Some(person) = providers::person(visit, &provider.issuer, &said.subject).await? {
        return Ok(Who::Known(person));
    }
    let address = vouched(visit, answered).await?;
    let link = |person: &PersonId| providers::link(visit, provider, &said.subject, person);
    let Some(account) = people::by_email(visit, &address).await? else {
        let (person, change) = newcomer(visit, answered, &address).await?;
        return Ok(Who::Now(person, change));
    };
    if providers::may_link_at_once(visit, provider, &account).await? {
        let change = link(&account.id)
            .and(people::spend_invitations(visit, &account.id))
            .and(proofs::set(&account.id, &Proof::Provider));
        return Ok(Who::Now(account.id, change));
    }
    // Whoever typed this address into a form does not keep its owner out.
    let organisation = &provider.organisation;
    if proofs::gives_way(visit, &account, organisation, &Proof::Provider).await? == GivesWay::Yes {
        let (person, change) = newcomer(visit, answered, &address).await?;
        let change = proofs::take_back(visit, &account).and(change);
        return Ok(Who::Now(person, change));
    }
    Ok(Who::HasToShow(Pending {
        organisation: provider.organisation.clone(),
        organisation_name: provider.organisation_name.clone(),
        issuer: provider.issuer.clone(),
        subject: said.subject.clone(),
        address,
        at: visit.now.0,
    }))
}

/// A new account for an address that its provider vouches for. Who was invited there holds the roles at
/// once; others ask for one.
async fn newcomer(
    visit: &Visit,
    answered: &Answered,
    address: &str,
) -> Result<(PersonId, Change), Refusal> {
    let (provider, said) = (&answered.provider, &answered.said);
    let organisation = &provider.organisation;
    // What the provider calls them, where that is a name.
    let local = address.split('@').next().unwrap_or_default();
    let name = Name::new(&said.name);
    let name = name.as_ref().map_or(local, Name::as_str);
    let (person, added) = proofs::add(visit, name, address, None, &Proof::Provider);
    let change = added.and(providers::link(visit, provider, &said.subject, &person));
    let next = match offers::from_to(visit, organisation, address).await? {
        Some(offer) => offers::accept(visit, &offer, &person).await?,
        None => access_requests::ask(visit, organisation, &person),
    };
    Ok((person, change.and(next)))
}

/// The address that the provider vouches for, of a domain that was confirmed as this organisation's.
async fn vouched(visit: &Visit, answered: &Answered) -> Result<String, Refusal> {
    let (provider, said) = (&answered.provider, &answered.said);
    let Some(address) = said.address.clone().filter(is_as_it_stands) else {
        return Err(Refusal::NotNow(format!(
            "{} does not say that your email address was checked, so we cannot tell who you are here. Ask an \
             administrator of {}.",
            provider.host(),
            provider.organisation_name
        )));
    };
    let domain = address.rsplit('@').next().unwrap_or_default();
    let mut named = vec![domain];
    named.extend(said.hosted.as_deref());
    for domain in named {
        if !owns(visit, &provider.organisation, domain).await? {
            return Err(Refusal::NotNow(format!(
                "{domain} is not a confirmed domain of {} here. Ask an administrator of your organisation.",
                provider.organisation_name
            )));
        }
    }
    Ok(address)
}

/// What would be dropped from an address that somebody types makes another address of one that is claimed.
fn is_as_it_stands(claimed: &String) -> bool {
    address(claimed).as_ref() == Ok(claimed)
}

async fn owns(visit: &Visit, organisation: &OrganisationId, domain: &str) -> Result<bool, Refusal> {
    Ok(domains::owner(visit, domain).await?.as_ref() == Some(organisation))
}
