//! `/organisation`: one's own organisation.

use axum::extract::RawQuery;
use axum::response::Response;
use govuk::{Action, SummaryList, SummaryRow};
use maud::{Markup, html};
use packs::Role;

use crate::kernel::{Acting, Refusal};
use crate::organisations::setup;
use crate::organisations::store::Organisation;
use crate::organisations::{roles, store};
use crate::pages::organisation::{fields, progress};
use crate::web::{Fields, Sheet, Visit, see_other};

/// The person's organisation, in which they hold a role today.
///
/// # Errors
/// [`Refusal::NotFound`] for those without a role.
pub fn member(visit: &Visit) -> Result<&Acting, Refusal> {
    visit.ctx.member()
}

pub async fn show(visit: Visit, RawQuery(query): RawQuery) -> Result<Response, Refusal> {
    if visit.ctx.acting()?.roles.is_empty() {
        return Ok(see_other("/organisation/choose"));
    }
    let acting = member(&visit)?;
    let own = store::one(&visit.ctx, &acting.organisation).await?;
    let setup = setup::of(&visit.ctx, &own.id).await?;
    let mut people: Vec<_> = roles::held(&visit.ctx, &own.id)
        .await?
        .into_iter()
        .filter(|holding| !holding.is_over(&visit.now.today().to_string()))
        .map(|holding| holding.person)
        .collect();
    people.dedup();
    let done = match Fields::parse(&query.unwrap_or_default()).one("done") {
        "details" => Some("The details are saved.".to_owned()),
        _ => None,
    };
    let body = html! {
        h2 class="govuk-heading-m" { "Setting up" }
        (progress::show(&visit, &setup))
        h2 class="govuk-heading-m" { "Details" }
        (details(&visit, &own))
        h2 class="govuk-heading-m" { "People" }
        p class="govuk-body" {
            a class="govuk-link" href="/organisation/people" {
                (people.len()) @if people.len() == 1 { " person has a role" } @else { " people have a role" }
            }
            " in this organisation."
        }
        h2 class="govuk-heading-m" { "More" }
        (links(&visit))
    };
    Ok(visit.show(Sheet::new(own.details.name, body).done(done)))
}

fn details(visit: &Visit, own: &Organisation) -> Markup {
    let may_change = visit.holds(Role::Administrator);
    let row = |key: &'static str, value: &str| {
        let value = if value.is_empty() {
            "Not given yet"
        } else {
            value
        };
        let actions = if may_change {
            vec![Action::new("Change", "/organisation/details", key)]
        } else {
            Vec::new()
        };
        SummaryRow {
            actions,
            ..SummaryRow::new(key, value.to_owned())
        }
    };
    let given = &own.details;
    let mut rows = vec![
        row("Name", &given.name),
        row("Kind", fields::kind_name(&visit.app.packs.law, &given.kind)),
        row("Area", &given.area),
        row("Data protection fee number", &given.fee_number),
    ];
    let is_care = |kind: &packs::Kind| kind.care;
    if !given.ods_code.is_empty() || visit.app.packs.law.kind(&given.kind).is_some_and(is_care) {
        rows.push(row("ODS code", &given.ods_code));
    }
    html! { (SummaryList { rows, ..SummaryList::default() }) }
}

fn links(visit: &Visit) -> Markup {
    html! {
        ul class="govuk-list govuk-list--spaced" {
            li { a class="govuk-link" href="/assurance" { "Assurance statement" } }
            li { a class="govuk-link" href="/memorandum" { "Memorandum of understanding" } }
            @if visit.holds(Role::Auditor) || visit.holds(Role::Administrator) {
                li { a class="govuk-link" href="/organisation/activity" { "Who did what" } }
            }
            @if visit.holds(Role::Administrator) {
                li { a class="govuk-link" href="/organisation/sign-in" { "Sign in with your organisation" } }
                li { a class="govuk-link" href="/organisation/domains" { "Domains of your email addresses" } }
            }
            li { a class="govuk-link" href="/organisation/tokens" { "Tokens for programs" } }
            li { a class="govuk-link" href="/organisation/supported" { "Organisations you support" } }
            @if visit.holds(Role::Author) || visit.holds(Role::Administrator) {
                li { a class="govuk-link" href="/organisations/external/new" { "List an organisation that does not use this gateway" } }
            }
            li { a class="govuk-link" href="/organisation/choose" { "Act for another organisation" } }
        }
    }
}
