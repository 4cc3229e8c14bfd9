//! `/organisation/people`: who holds which role.

use std::collections::BTreeMap;

use axum::extract::RawQuery;
use axum::response::Response;
use govuk::{Action, Button, Colour, InsetText, SummaryCard, SummaryList, SummaryRow, Tag};
use maud::{Markup, html};
use packs::Role;

use crate::adapters::undelivered_mail;
use crate::adapters::undelivered_mail::Undelivered;
use crate::kernel::clock::day_text;
use crate::kernel::ids::OrganisationId;
use crate::kernel::{Refusal, phrases};
use crate::organisations::offers;
use crate::organisations::offers::Offer;
use crate::organisations::roles;
use crate::organisations::roles::Holding;
use crate::pages::organisation::overview::member;
use crate::web::{Fields, Sheet, Visit};

pub async fn show(visit: Visit, RawQuery(query): RawQuery) -> Result<Response, Refusal> {
    let acting = match member(&visit) {
        Ok(acting) => acting,
        Err(refusal) => return Ok(visit.refused(refusal, "/organisation")),
    };
    let today = visit.now.today().to_string();
    let mut held = roles::held(&visit.ctx, &acting.organisation).await?;
    held.retain(|holding| !holding.is_over(&today));
    let undelivered = undelivered_mail::invitations(&visit.ctx, &acting.organisation).await?;
    let administers = visit.holds(Role::Administrator);
    let offered = offers::of_organisation(&visit, &acting.organisation).await?;
    let done = match Fields::parse(&query.unwrap_or_default()).one("done") {
        "granted" => Some("The role is given.".to_owned()),
        "ended" => Some("The role has ended.".to_owned()),
        "signed-out" => Some("Their sessions have ended.".to_owned()),
        "withdrawn" => Some("The invitation is withdrawn.".to_owned()),
        _ => None,
    };
    let body = html! {
        (unfilled(&held, &today))
        @if administers {
            (Button::link("Add a person", "/organisation/people/new"))
        } @else {
            p class="govuk-body" { "An administrator adds people and gives roles." }
        }
        @for of_one in held.chunk_by(|a, b| a.person == b.person) {
            (card(of_one, &today, administers, &undelivered, &acting.organisation))
        }
        @for offer in &offered { (invited(offer, visit.now.0, administers, &undelivered)) }
        h2 class="govuk-heading-m" { "What the roles mean" }
        (meanings())
    };
    Ok(visit.show(
        Sheet::new("People and roles", body)
            .caption(acting.organisation_name.clone())
            .back("/organisation")
            .done(done),
    ))
}

/// The roles without which nothing can be reviewed or signed, and that nobody holds today.
fn unfilled(held: &[Holding], today: &str) -> Markup {
    let missing: Vec<&str> = [Role::SeniorOfficer, Role::DataProtectionOfficer]
        .into_iter()
        .filter(|role| !held.iter().any(|h| h.role == *role && h.is_on(today)))
        .map(Role::title)
        .collect();
    html! {
        @if !missing.is_empty() {
            (InsetText::new(format!(
                "Your organisation has no {} today. Add the person, or give the role to someone listed here.",
                phrases::list(&missing)
            )))
        }
    }
}

fn card(
    of_one: &[Holding],
    today: &str,
    administers: bool,
    undelivered: &BTreeMap<String, Undelivered>,
    organisation: &OrganisationId,
) -> Markup {
    let Some(person) = of_one.first() else {
        return Markup::default();
    };
    let mailbox = &undelivered_mail::mailbox(organisation, &person.email);
    let rows = of_one
        .iter()
        .map(|holding| {
            let actions = if administers {
                vec![Action::new(
                    "End",
                    format!("/organisation/roles/{}/end", holding.id),
                    format!("the role of {} for {}", holding.role.title(), person.name),
                )]
            } else {
                Vec::new()
            };
            SummaryRow {
                actions,
                ..SummaryRow::new(capital(holding.role.title()), dates(holding, today))
            }
        })
        .collect();
    let actions = if administers {
        vec![Action::new(
            "Give another role",
            format!("/organisation/people/{}/roles", person.person),
            "",
        )]
    } else {
        Vec::new()
    };
    html! {
        (SummaryList {
            card: Some(SummaryCard {
                title: person.name.as_str().into(),
                heading_level: 2,
                actions,
                ..SummaryCard::default()
            }),
            rows: std::iter::once(SummaryRow::new("Email address", html! {
                span class="app-break" { (person.email) }
                @if !person.joined { " " (reached(undelivered.get(mailbox))) }
            })).chain::<Vec<_>>(rows).collect(),
            ..SummaryList::default()
        })
    }
}

/// Someone who has not accepted yet. The name is the one that the administrator typed.
fn invited(
    offer: &Offer,
    now: i64,
    administers: bool,
    undelivered: &BTreeMap<String, Undelivered>,
) -> Markup {
    let mailbox = undelivered_mail::mailbox(&offer.organisation, &offer.email);
    let tag = match offer.outcome {
        Some(_) => html! { (Tag::new("Declined", Colour::Red)) },
        None if offer.expires_at < now => html! { (Tag::new("Invitation expired", Colour::Grey)) },
        None => reached(undelivered.get(&mailbox)),
    };
    let path = format!("/organisation/offers/{}", offer.id);
    let mut actions = Vec::new();
    if administers && offer.outcome.is_none() {
        let link = format!("{path}/link");
        actions.push(Action::new("New link", link, format!("for {}", offer.name)));
    }
    if administers {
        let text = if offer.outcome.is_none() {
            "Withdraw"
        } else {
            "Remove"
        };
        let withdraw = format!("{path}/withdraw");
        actions.push(Action::new(
            text,
            withdraw,
            format!("the invitation to {}", offer.name),
        ));
    }
    html! {
        (SummaryList {
            card: Some(SummaryCard {
                title: offer.name.as_str().into(),
                heading_level: 2,
                actions,
                ..SummaryCard::default()
            }),
            rows: vec![
                SummaryRow::new("Email address", html! {
                    span class="app-break" { (offer.email) } " " (tag)
                }),
                SummaryRow::new("Offered", capital(&phrases::list(&offer.titles()))),
            ],
            ..SummaryList::default()
        })
    }
}

/// Where somebody stands who has not joined: invited, or not reached.
fn reached(undelivered: Option<&Undelivered>) -> Markup {
    html! {
        @match undelivered {
            None => (Tag::new("Invited, not joined yet", Colour::Yellow)),
            Some(e_mail) if e_mail.tried_again => {
                (Tag::new("Invitation not delivered yet", Colour::Yellow))
                p class="govuk-body govuk-!-margin-top-2" {
                    "The mail server did not take the invitation yet. We try again. It says: "
                    span class="app-break" { (e_mail.reason) }
                }
            }
            Some(e_mail) => {
                (Tag::new("Invitation could not be delivered", Colour::Red))
                p class="govuk-body govuk-!-margin-top-2" {
                    "The mail server says: " span class="app-break" { (e_mail.reason) }
                    ". Check the address. If it is wrong, end the role and add the person with the right one. If it is \
                     right, make a new link."
                }
            }
        }
    }
}

/// Since when, until when and for whom, in words.
pub fn dates(holding: &Holding, today: &str) -> String {
    let mut text = match &holding.deputy_for {
        Some((_, name)) => format!("Deputy for {name}"),
        None => "In their own right".to_owned(),
    };
    if !holding.from_day.is_empty() {
        text.push_str(&format!(", from {}", day_text(&holding.from_day)));
    }
    if !holding.until_day.is_empty() {
        text.push_str(&format!(", until {}", day_text(&holding.until_day)));
    }
    if !holding.is_on(today) {
        text.push_str(" (not yet)");
    }
    text
}

/// With a capital letter, as labels have.
pub fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| {
        first.to_uppercase().collect::<String>() + chars.as_str()
    })
}

/// What each role is for.
pub fn meaning(role: Role) -> &'static str {
    match role {
        Role::Administrator => "Keeps the organisation’s details, people and roles up to date",
        Role::Author => "Drafts agreements and the assurance statement",
        Role::DataProtectionOfficer => "Reviews every agreement before anyone can sign it",
        Role::SeniorOfficer => "Signs for the organisation, such as a chief officer or director",
        Role::CaldicottGuardian => {
            "Reviews agreements about confidential health and care information"
        }
        Role::Viewer => "Reads everything the organisation takes part in, and changes nothing",
        Role::Auditor => {
            "Reads everything of the organisation, with the list of who did what and when, and changes nothing"
        }
    }
}

fn meanings() -> Markup {
    let rows = Role::ALL
        .iter()
        .map(|(_, role)| SummaryRow::new(capital(role.title()), meaning(*role)))
        .collect();
    html! { (SummaryList { rows, ..SummaryList::default() }) }
}
