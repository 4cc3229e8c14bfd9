//! `/law/impact`: what a change of law touches in the agreements my organisation takes part in.

use axum::extract::RawQuery;
use axum::response::Response;
use govuk::{Button, Cell, Select, SelectItem, Table};
use maud::{Markup, html};

use crate::kernel::Refusal;
use crate::kernel::clock::moment;
use crate::law::impact::Touched;
use crate::records::pack_sets;
use crate::web::{Fields, Sheet, Visit};

/// Rows shown on the page; the CSV has all of them.
const SHOWN: usize = 200;

pub async fn show(visit: Visit, RawQuery(query): RawQuery) -> Result<Response, Refusal> {
    let asked = Fields::parse(query.as_deref().unwrap_or_default());
    let (title, found) = find(&visit, &asked).await?;
    let sets = pack_sets::all(&visit).await?;
    let body = html! {
        @if let Some(touched) = &found {
            @if touched.is_empty() {
                p class="govuk-body" { "No agreement of yours is touched." }
            } @else {
                (table(touched))
                p class="govuk-body" {
                    a class="govuk-link" href={ "/law/impact.csv?" (query.as_deref().unwrap_or_default()) } {
                        "Download all " (touched.len()) " rows (CSV)"
                    }
                }
            }
        } @else {
            p class="govuk-body" {
                "When law changes, see which agreements lean on it. Open a provision from "
                a class="govuk-link" href="/law" { "the law pages" }
                " and choose “Which agreements use this?”, or compare two versions of the questions and rules:"
            }
        }
        form method="get" action="/law/impact" {
            (choice("before", "Earlier version", &sets, asked.one("before")))
            (choice("after", "Later version", &sets, asked.one("after")))
            (Button::secondary("Compare"))
        }
    };
    Ok(visit.show(Sheet::new(title, body).back("/law").wide()))
}

/// The same as a file.
pub async fn csv(visit: Visit, RawQuery(query): RawQuery) -> Result<Response, Refusal> {
    let asked = Fields::parse(query.as_deref().unwrap_or_default());
    let found = find(&visit, &asked).await?.1.ok_or(Refusal::NotFound)?;
    Ok(crate::web::csv(
        "law-impact.csv",
        crate::law::impact::csv(&found)?,
    ))
}

async fn find(visit: &Visit, asked: &Fields) -> Result<(String, Option<Vec<Touched>>), Refusal> {
    let of = &visit.member()?.organisation;
    let today = visit.now.today();
    let provision = asked.one("provision");
    if !provision.is_empty() {
        let known = visit
            .app
            .packs
            .law
            .provision(provision)
            .ok_or(Refusal::NotFound)?;
        let touched = crate::law::impact::of_provision(visit, provision, today, Some(of)).await?;
        return Ok((
            format!("Agreements that use {}", known.title),
            Some(touched),
        ));
    }
    if !asked.one("before").is_empty() && !asked.one("after").is_empty() {
        let before = pack_sets::load(visit, asked.one("before")).await?;
        let after = pack_sets::load(visit, asked.one("after")).await?;
        let touched = crate::law::impact::between(visit, &before, &after, today, Some(of)).await?;
        let title = format!(
            "What changed between {} and {}",
            before.version, after.version
        );
        return Ok((title, Some(touched)));
    }
    Ok(("What a change of law touches".to_owned(), None))
}

fn choice(
    name: &'static str,
    label: &'static str,
    sets: &[pack_sets::PackSet],
    chosen: &str,
) -> Markup {
    html! {
        (Select {
            id: name,
            name,
            label: label.into(),
            value: Some(chosen),
            items: sets
                .iter()
                .map(|set| {
                    let words = format!("{} {}, since {}", set.name, set.version, moment(set.first_used_at));
                    SelectItem::new(set.digest.clone(), words)
                })
                .collect(),
            ..Select::default()
        })
    }
}

fn table(touched: &[Touched]) -> Markup {
    let rows = touched.iter().take(SHOWN).map(|row| {
        vec![
            Cell::new(html! {
                a class="govuk-link" href={ "/records/" (row.record) "/law" } { (row.title) }
            }),
            Cell::from(row.about.as_str()),
            Cell::from(row.what.as_str()),
            Cell::from(row.how.words()),
            Cell::from(row.answers.as_str()),
        ]
    });
    html! {
        div class="app-scroll" tabindex="0" role="region" aria-label="Agreements touched" {
            (Table {
                caption: "Agreements touched",
                head: ["Agreement", "Party or flow", "Rule or power", "How", "Answers"]
                    .map(Cell::from)
                    .into(),
                rows: rows.collect(),
                ..Table::default()
            })
        }
    }
}
