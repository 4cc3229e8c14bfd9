//! `/organisation/activity`: what people did for the organisation, from the ledger, for its auditors
//! and administrators.

use axum::extract::RawQuery;
use axum::response::Response;
use db::{Row, args, sql};
use govuk::{Cell, Table};
use maud::{Markup, html};
use packs::Role;
use serde_json::Value as Json;

use crate::kernel::Refusal;
use crate::kernel::clock::moment;
use crate::pages::organisation::overview::member;
use crate::pages::organisation::people::capital;
use crate::web::{Fields, Sheet, Visit};

sql! {
    // The title only while the organisation takes part: a title can change after it has left.
    ACTIVITY = "select a.sequence, a.at, a.kind, a.subject, a.act, p.name as person, r.title
        from acts a left join people p on p.id = a.person_id
        left join record_parties mine on mine.record_id = a.subject and mine.organisation_id = $1
            and mine.left_at is null
        left join records r on r.id = mine.record_id
        where a.sequence in (
            select sequence from (select sequence from acts where organisation_id = $1 and sequence < $2
                order by sequence desc limit cast($3 as bigint)) as ours
            union
            select sequence from (select sequence from acts where subject = $1 and sequence < $2
                order by sequence desc limit cast($3 as bigint)) as about)
        order by a.sequence desc limit cast($3 as bigint)";
}

const PAGE: usize = 50;

pub async fn show(visit: Visit, RawQuery(query): RawQuery) -> Result<Response, Refusal> {
    let acting = match member(&visit) {
        Ok(acting) => acting,
        Err(refusal) => return Ok(visit.refused(refusal, "/organisation")),
    };
    if !acting.holds(Role::Auditor) && !acting.holds(Role::Administrator) {
        let needs = "For this you need the auditor or the administrator role. An administrator can give it to you.";
        return Ok(visit.refused(Refusal::NotAllowed(needs.to_owned()), "/organisation"));
    }
    let query = Fields::parse(&query.unwrap_or_default());
    let before = query.one("before").parse().unwrap_or(i64::MAX);
    let args = args![&acting.organisation, before, PAGE as i64 + 1];
    let rows = visit.app.db.all(&ACTIVITY, args).await?;
    let older = match rows.get(PAGE - 1) {
        Some(last) if rows.len() > PAGE => Some(last.int("sequence")?),
        _ => None,
    };
    let body = html! {
        p class="govuk-body" {
            "What people did for " (acting.organisation_name) ", and what was done to it, newest first. It is kept in a log that no one can \
             change without it showing."
        }
        @if rows.is_empty() {
            p class="govuk-body" { "Nothing yet." }
        } @else {
            (table(&rows)?)
        }
        @if let Some(before) = older {
            p class="govuk-body" {
                a class="govuk-link" href={ "/organisation/activity?before=" (before) } { "Older" }
            }
        }
    };
    Ok(visit.show(
        Sheet::new("Who did what", body)
            .caption(acting.organisation_name.as_str())
            .back("/organisation")
            .wide(),
    ))
}

fn table(rows: &[Row]) -> Result<Markup, Refusal> {
    let mut shown = Vec::new();
    for row in rows.iter().take(PAGE) {
        let (subject, person) = (row.text("subject")?, row.opt_text("person")?);
        let about = match row.opt_text("title")? {
            Some(title) => {
                html! { a class="govuk-link" href={ "/records/" (subject) } { (title) } }
            }
            None => html! { span class="app-break" { (subject) } },
        };
        shown.push(vec![
            Cell::new(moment(row.int("at")?)),
            Cell::new(person.unwrap_or_else(|| "The gateway".to_owned())),
            Cell::new(what(&row.text("kind")?, row.opt_text("act")?.as_deref())),
            Cell::new(about),
        ]);
    }
    Ok(html! {
        div class="app-scroll" role="region" tabindex="0" aria-label="Who did what" {
            (Table {
                caption: "Who did what",
                caption_hidden: true,
                head: vec!["When".into(), "Who".into(), "What".into(), "About".into()],
                rows: shown,
                first_cell_is_header: true,
                ..Table::default()
            })
        }
    })
}

/// An act's kind in words, with the role, the outcome or the name that makes it clear.
fn what(kind: &str, act: Option<&str>) -> String {
    let (thing, done) = kind.split_once('.').unwrap_or((kind, ""));
    let mut text = capital(&format!("{thing} {done}").replace('_', " "));
    let act: Json = act
        .and_then(|act| serde_json::from_str(act).ok())
        .unwrap_or_default();
    for key in ["role", "outcome", "to", "rule", "name", "domain", "issuer"] {
        if let Some(said) = act["detail"][key].as_str().filter(|said| !said.is_empty()) {
            let said = match Role::parse(said) {
                Some(role) => role.title().to_owned(),
                None => said.replace('_', " "),
            };
            let mark = if text.contains(": ") { "," } else { ":" };
            text.push_str(&format!("{mark} {said}"));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_act_reads_as_words() {
        let act = r#"{"detail":{"role":"senior_officer","person":"per_1"}}"#;
        assert_eq!(
            what("role.granted", Some(act)),
            "Role granted: senior officer"
        );
        let act = r#"{"detail":{"outcome":"agrees","role":"data_protection_officer"}}"#;
        assert_eq!(
            what("review.decided", Some(act)),
            "Review decided: data protection officer, agrees"
        );
        assert_eq!(what("person.erased", None), "Person erased");
    }
}
