//! `/organisation/domains`: the e-mail domains of an organisation.

use axum::extract::{Path, RawQuery};
use axum::response::Response;
use govuk::{Button, Colour, Input, Table, Tag};
use maud::{Markup, html};
use packs::Role;

use crate::kernel::ids::OrganisationId;
use crate::kernel::{Problem, Refusal};
use crate::organisations::domains;
use crate::organisations::domains::{Domain, MOST};
use crate::web::step_up;
use crate::web::step_up::About;
use crate::web::{Fields, Posted, Sheet, Visit, error_of, see_other};

const BACK: &str = "/organisation";
const PAGE: &str = "/organisation/domains";

fn administered(visit: &Visit) -> Result<&OrganisationId, Refusal> {
    Ok(&visit.with_role(Role::Administrator)?.organisation)
}

fn naming(organisation: &OrganisationId) -> About<'_> {
    About::Act {
        kind: "domain.named",
        subject: organisation.as_str(),
    }
}

pub async fn show(visit: Visit, RawQuery(query): RawQuery) -> Result<Response, Refusal> {
    let done = match Fields::parse(&query.unwrap_or_default()).one("done") {
        "named" => Some("It is on the list. The operator of this gateway confirms it."),
        "ended" => Some("The domain is removed."),
        _ => None,
    };
    page(&visit, "", done, Vec::new()).await
}

pub async fn save(posted: Posted) -> Result<Response, Refusal> {
    let organisation = match administered(&posted) {
        Ok(organisation) => organisation,
        Err(refusal) => return Ok(posted.refused(refusal, BACK)),
    };
    let typed = posted.fields.one("domain");
    let domain = domains::fold(typed);
    let own = domains::of(&posted, organisation).await?;
    let why = if let Some(why) = domains::problem(&domain) {
        Some(why)
    } else if own.len() >= MOST {
        Some(format!("You have {MOST} domains. Remove one first"))
    } else if own.iter().any(|one| one.domain == domain) {
        Some("This domain is on your list already".to_owned())
    } else {
        None
    };
    if let Some(why) = why {
        return page(&posted, typed, None, vec![Problem::new("domain", why)]).await;
    }
    match step_up::check(&posted, naming(organisation)).await {
        Err(Refusal::Invalid(problems)) => return page(&posted, typed, None, problems).await,
        other => other?,
    };
    posted
        .commit(domains::ask(&posted, organisation, &domain))
        .await?;
    Ok(see_other("/organisation/domains?done=named"))
}

async fn page(
    visit: &Visit,
    typed: &str,
    done: Option<&str>,
    problems: Vec<Problem>,
) -> Result<Response, Refusal> {
    let organisation = match administered(visit) {
        Ok(organisation) => organisation,
        Err(refusal) => return Ok(visit.refused(refusal, BACK)),
    };
    let own = domains::of(visit, organisation).await?;
    let proof = step_up::fields(visit, naming(organisation), &problems).await?;
    let body = html! {
        p class="govuk-body" {
            "People who sign in with your organisation, and whose email address ends in one of these domains, join it by \
             themselves. They have no role until an administrator gives them one."
        }
        p class="govuk-body" {
            "The operator of this gateway confirms each domain first. Ask, so that they know it is you."
        }
        (table(&own))
        h2 class="govuk-heading-m" { "Name a domain" }
        (visit.form(PAGE, html! {
            (Input {
                id: "domain",
                name: "domain",
                label: "Domain".into(),
                hint: Some("What comes after the @ in your addresses, such as camden.gov.uk"),
                value: typed,
                autocomplete: "off",
                autocapitalize: "none",
                spellcheck: Some(false),
                error: error_of(&problems, "domain"),
                ..Input::default()
            })
            (proof)
            (Button::submit("Add it to the list"))
        }))
    };
    Ok(visit.show(
        Sheet::new("Domains of your email addresses", body)
            .back(BACK)
            .done(done.map(str::to_owned))
            .problems(problems),
    ))
}

fn table(own: &[Domain]) -> Markup {
    let rows = own
        .iter()
        .map(|one| {
            let tag = match one.confirmed {
                None => Tag::new("Waits for confirmation", Colour::Yellow),
                Some(true) => Tag::new("Confirmed", Colour::Green),
                Some(false) => Tag::new("Not confirmed", Colour::Red),
            };
            vec![
                html! { span class="app-break" { (one.domain) } }.into(),
                html! { (tag) }.into(),
                html! {
                    a class="govuk-link" href=(format!("/organisation/domains/{}/remove", one.id)) {
                        "Remove" span class="govuk-visually-hidden" { " " (one.domain) }
                    }
                }
                .into(),
            ]
        })
        .collect::<Vec<_>>();
    html! {
        @if !rows.is_empty() {
            (Table {
                caption: "Your domains",
                caption_hidden: true,
                head: vec!["Domain".into(), "State".into(), html! { span class="govuk-visually-hidden" { "Remove" } }.into()],
                rows,
                ..Table::default()
            })
        }
    }
}

/// One of the organisation's own.
async fn find(visit: &Visit, id: &str) -> Result<Domain, Refusal> {
    let organisation = administered(visit)?;
    let domain = domains::one(visit, id).await?;
    if domain.organisation == *organisation {
        Ok(domain)
    } else {
        Err(Refusal::NotFound)
    }
}

fn ending(id: &str) -> About<'_> {
    About::Act {
        kind: "domain.ended",
        subject: id,
    }
}

/// `/organisation/domains/{id}/remove`: a page with a question.
pub async fn ask_remove(visit: Visit, Path(id): Path<String>) -> Result<Response, Refusal> {
    remove_page(&visit, &id, Vec::new()).await
}

async fn remove_page(visit: &Visit, id: &str, problems: Vec<Problem>) -> Result<Response, Refusal> {
    let domain = match find(visit, id).await {
        Ok(domain) => domain,
        Err(refusal) => return Ok(visit.refused(refusal, PAGE)),
    };
    let proof = step_up::fields(visit, ending(id), &problems).await?;
    let body = html! {
        p class="govuk-body" {
            "No one new joins by an address at " (domain.domain) ". People who are here already stay, and keep their roles."
        }
        (visit.form(&format!("/organisation/domains/{id}/remove"), html! {
            (proof)
            div class="govuk-button-group" {
                (Button::warning("Remove the domain"))
                a class="govuk-link" href=(PAGE) { "Keep it" }
            }
        }))
    };
    let title = format!("Do you want to remove {}?", domain.domain);
    Ok(visit.show(Sheet::new(title, body).back(PAGE).problems(problems)))
}

pub async fn remove(Path(id): Path<String>, posted: Posted) -> Result<Response, Refusal> {
    let domain = match find(&posted, &id).await {
        Ok(domain) => domain,
        Err(refusal) => return Ok(posted.refused(refusal, PAGE)),
    };
    match step_up::check(&posted, ending(&id)).await {
        Err(Refusal::Invalid(problems)) => return remove_page(&posted, &id, problems).await,
        other => other?,
    };
    posted.commit(domains::end(&posted, &domain)).await?;
    Ok(see_other("/organisation/domains?done=ended"))
}
