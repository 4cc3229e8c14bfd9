//! `/organisation/choose`: for which organisation one acts.

use axum::extract::RawQuery;
use axum::response::Response;
use govuk::{Button, Radio, Radios};
use maud::html;

use crate::identity::people::switch_session;
use crate::kernel::ids::{OrganisationId, PersonId};
use crate::kernel::{Problem, Refusal};
use crate::organisations::{claims, offers, roles};
use crate::pages::organisation::membership_offers;
use crate::pages::sign_in::enter::local;
use crate::web::{Fields, Posted, Sheet, Visit, error_of, see_other};

pub async fn show(visit: Visit, RawQuery(query): RawQuery) -> Result<Response, Refusal> {
    let query = Fields::parse(&query.unwrap_or_default());
    page(&visit, query.one("next"), Vec::new()).await
}

pub async fn save(posted: Posted) -> Result<Response, Refusal> {
    let acting = posted.ctx.acting()?;
    let next = posted.fields.one("next");
    let wanted = posted.fields.one("organisation");
    let own = choices(&posted, &acting.person).await?;
    let Some((id, _)) = own.iter().find(|(id, _)| id.as_str() == wanted) else {
        let problem = Problem::new("organisation", "Choose an organisation");
        return page(&posted, next, vec![problem]).await;
    };
    let (token, change) = switch_session(&posted, &posted.session.hash(), id);
    posted.commit(change).await?;
    posted.session.renewed(&posted.app, token);
    Ok(see_other(local(next).unwrap_or("/in-tray")))
}

/// The organisations this session may act for. One that began at an organisation's provider acts for
/// that one only: a provider cannot speak for another organisation.
async fn choices(
    visit: &Visit,
    person: &PersonId,
) -> Result<Vec<(OrganisationId, String)>, Refusal> {
    let mut own = roles::organisations_of(&visit.ctx, person).await?;
    if let Some(bound) = &visit.bound_to {
        own.retain(|(id, _)| id == bound);
    }
    Ok(own)
}

async fn page(visit: &Visit, next: &str, problems: Vec<Problem>) -> Result<Response, Refusal> {
    let acting = visit.ctx.acting()?;
    let own = choices(visit, &acting.person).await?;
    if own.is_empty()
        && !claims::of_person(&visit.ctx, &acting.person)
            .await?
            .is_empty()
    {
        return Ok(see_other("/organisations/waiting"));
    }
    let offered = offers::to_person(&visit.ctx, &acting.person).await?;
    let offered = html! {
        @if !offered.is_empty() {
            h2 class="govuk-heading-m" { "Offered to you" }
            ul class="govuk-list govuk-list--bullet" {
                @for offer in &offered { li { (membership_offers::line(offer)) } }
            }
        }
    };
    if own.is_empty() {
        let body = html! {
            (offered)
            p class="govuk-body" {
                "You have an account, but no role in any organisation. Ask an administrator of your organisation to \
                 give you one, or "
                a class="govuk-link" href="/organisations/new" { "set up your organisation" } "."
            }
        };
        return Ok(visit.show(Sheet::new("You have no role yet", body)));
    }
    let title = "Which organisation do you act for?";
    let items = own
        .iter()
        .map(|(id, name)| Radio {
            checked: *id == acting.organisation,
            ..Radio::new(id.as_str(), name.as_str())
        })
        .collect();
    let body = html! {
        p class="govuk-body" { "You see and do only what concerns this organisation. You can change it at any time." }
        @if visit.bound_to.is_some() {
            p class="govuk-body" {
                "You signed in with your organisation, so you act for it only. To act for another, sign out and sign in with \
                 your own password or passkey."
            }
        }
        (visit.form("/organisation/choose", html! {
            @if let Some(next) = local(next) { input type="hidden" name="next" value=(next); }
            (Radios {
                id: "organisation",
                name: "organisation",
                legend: govuk::Legend::hidden(title),
                items,
                error: error_of(&problems, "organisation"),
                ..Radios::default()
            })
            (Button::submit("Continue"))
        }))
        (offered)
    };
    Ok(visit.show(Sheet::new(title, body).problems(problems)))
}
