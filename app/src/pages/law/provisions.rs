//! The provisions of the law, in plain words, with their dates.

use axum::extract::{Path, RawQuery};
use axum::response::Response;
use govuk::{Button, Colour, Input, InsetText, Label, Size, SummaryList, SummaryRow, Tag};
use maud::{Markup, html};
use packs::{Mark, Packs, Provision, Status};

use crate::kernel::clock::day;
use crate::kernel::{Refusal, phrases};
use crate::web::{Fields, Sheet, Visit};

pub async fn list(visit: Visit, RawQuery(query): RawQuery) -> Result<Response, Refusal> {
    let query = Fields::parse(&query.unwrap_or_default());
    let text: String = query.one("q").chars().take(100).collect();
    let wanted: Vec<String> = phrases::fold(&text).split(' ').map(str::to_owned).collect();
    let fits = |provision: &Provision| {
        let told = phrases::fold(&format!(
            "{} {} {}",
            provision.id, provision.title, provision.plain
        ));
        wanted.iter().all(|word| told.contains(word.as_str()))
    };
    let law = &visit.app.packs.law;
    let found: Vec<&Provision> = law.provisions.values().filter(|p| fits(p)).collect();
    let body = html! {
        (not_advice())
        form method="get" action="/law" {
            (Input {
                id: "q",
                name: "q",
                label: Label::sized("Search by the name of a law or by words", Size::S),
                value: &text,
                kind: "search",
                ..Input::default()
            })
            (Button::secondary("Search"))
        }
        (preview(&visit.app.packs))
        p class="govuk-body" { a class="govuk-link" href="/law/gateways" { "Find a power or duty to share" } }
        p class="govuk-body" { a class="govuk-link" href="/law/checks" { "See every legal check and how its law was checked" } }
        p class="govuk-body" { (found.len()) " found" }
        @for (group, provisions) in grouped(&found) {
            h2 class="govuk-heading-m" { (group) }
            ul class="govuk-list" {
                @for provision in provisions {
                    li {
                        a class="govuk-link" href=(format!("/law/provisions/{}", provision.id)) { (provision.title) }
                        " " (status_tag(provision, visit.now.today()))
                        @if provision.checking.mark != Mark::Read { " (" (provision.checking.mark.words().to_lowercase()) ")" }
                    }
                }
            }
        }
    };
    Ok(visit.show(Sheet::new("The law", body)))
}

/// Says how much of the law was not read, while some was not.
fn preview(packs: &Packs) -> Markup {
    let unread = packs.unchecked();
    html! {
        @if !unread.is_empty() {
            p class="govuk-body" {
                strong { "This is a preview of the law. " }
                (unread.provisions) " of " (packs.law.provisions.len()) " provisions and "
                (unread.powers) " powers or duties are not yet checked against the law itself. "
                "Each page says how its law was checked. No reviewer has approved it unless the page names one."
            }
        }
    }
}

fn not_advice() -> Markup {
    html! { (InsetText::new("This is information, not legal advice. Ask your data protection officer or a lawyer before you rely on it.")) }
}

/// By the act or code they belong to: the title up to its year, article or section.
fn grouped<'p>(found: &[&'p Provision]) -> Vec<(String, Vec<&'p Provision>)> {
    let mut groups: Vec<(String, Vec<&Provision>)> = Vec::new();
    for provision in found {
        let name = group(&provision.title);
        match groups.iter_mut().find(|(known, _)| *known == name) {
            Some((_, provisions)) => provisions.push(provision),
            None => groups.push((name, vec![provision])),
        }
    }
    groups.sort_by(|a, b| a.0.cmp(&b.0));
    groups
}

fn group(title: &str) -> String {
    let ends = [
        " Article",
        " article",
        " recital",
        " Part ",
        " Schedule",
        " Sch ",
        " s.",
        " ss.",
        " section",
        " reg",
        " (",
    ];
    let end = ends.iter().filter_map(|end| title.find(end)).min();
    title[..end.unwrap_or(title.len())].trim().to_owned()
}

fn status_tag(provision: &Provision, today: jiff::civil::Date) -> Markup {
    let (words, colour) = match provision.status {
        Status::InForce if provision.in_force(today) => return html! {},
        Status::InForce => ("Not in force today", Colour::Grey),
        Status::NotStarted => ("Not in force", Colour::Red),
        Status::Unknown => ("Check if started", Colour::Yellow),
        Status::Repealed => ("Repealed", Colour::Grey),
    };
    html! { (Tag::new(words, colour)) }
}

pub async fn show(visit: Visit, Path(id): Path<String>) -> Result<Response, Refusal> {
    let law = &visit.app.packs.law;
    let provision = law.provision(&id).ok_or(Refusal::NotFound)?;
    let status = match provision.status {
        Status::InForce if provision.in_force(visit.now.today()) => "In force",
        Status::InForce => "Not in force today",
        Status::NotStarted => "Made but not started. Check if it has started before you rely on it",
        Status::Unknown => "Not known. Check if it has started before you rely on it",
        Status::Repealed => "Repealed",
    };
    let mut rows = vec![
        SummaryRow::new("Where", provision.jurisdiction.as_str()),
        SummaryRow::new("Status", status),
    ];
    if let Some(from) = provision.from {
        rows.push(SummaryRow::new("From", day(from)));
    }
    if let Some(to) = provision.to {
        rows.push(SummaryRow::new("Until", day(to)));
    }
    rows.push(SummaryRow::new(
        "How it was checked",
        provision.checking.words(),
    ));
    let leaning: Vec<_> = law
        .gateways
        .iter()
        .filter(|g| g.provisions.contains(&provision.id))
        .collect();
    let types = visit.app.packs.types.values();
    let asking: Vec<_> = types
        .flat_map(|record_type| &record_type.rules)
        .filter(|rule| rule.provisions.contains(&provision.id))
        .collect();
    let body = html! {
        p class="govuk-body-l" { (provision.plain) }
        (SummaryList { rows, ..SummaryList::default() })
        p class="govuk-body" {
            "Read the law itself: "
            a class="govuk-link app-break" href=(provision.link) { (provision.link) }
        }
        @if !leaning.is_empty() {
            h2 class="govuk-heading-m" { "Powers, duties and limits in it" }
            ul class="govuk-list" {
                @for gateway in leaning {
                    @let query: String = form_urlencoded::byte_serialize(gateway.id.as_bytes()).collect();
                    li { a class="govuk-link" href=(format!("/law/gateways?q={query}")) { (gateway.title) } }
                }
            }
        }
        @if !asking.is_empty() {
            h2 class="govuk-heading-m" { "Legal checks that rest on it" }
            ul class="govuk-list" {
                @for rule in asking {
                    li { a class="govuk-link" href=(format!("/law/checks#{}", rule.id)) { (rule.id) } ": " (rule.prompt) }
                }
            }
        }
        @if visit.acting.is_some() {
            p class="govuk-body" {
                a class="govuk-link" href={ "/law/impact?provision=" (provision.id) } {
                    "Which agreements of ours use this?"
                }
            }
        }
        (not_advice())
    };
    Ok(visit.show(Sheet::new(provision.title.as_str(), body).back("/law")))
}
