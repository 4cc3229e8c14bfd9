//! What was done with a record, from the ledger, in plain words.

use std::collections::HashMap;

use axum::extract::{Path, RawQuery};
use axum::response::Response;
use db::{args, sql};
use evidence::{InForce, RecordName};
use govuk::{Button, InsetText};
use maud::{Markup, html};
use packs::Role;
use serde_json::Value as Json;

use crate::kernel::access::Action;
use crate::kernel::as_of::AsOf;
use crate::kernel::clock::moment;
use crate::kernel::ids::RecordId;
use crate::kernel::{Ctx, Refusal};
use crate::records::as_of;
use crate::records::document::capital;
use crate::records::lines::Advice;
use crate::records::{Record, fetch};
use crate::web::as_of::date_fields;
use crate::web::downloads::day_file;
use crate::web::{Fields, Sheet, Visit};

sql! {
    /// What follows an act that says more is left out: a decision's seal, an entry of the register.
    HISTORY = "select a.sequence, a.at, a.kind, a.act, p.name as person, o.name as organisation, a.organisation_id
        from acts a left join people p on p.id = a.person_id
        left join organisations o on o.id = a.organisation_id
        where a.subject = $1 and a.sequence < $2 and a.at < $3 and a.kind not in ('decision.sealed', 'register.entry')
        order by a.sequence desc limit $4";
    /// What those who acted on a record were called, from when on.
    NAMES = "select subject, sequence, act from acts where kind in
            ('organisation.registered', 'organisation.listed', 'organisation.changed')
            and subject in (select organisation_id from acts where subject = $1)
        order by sequence";
}

const PAGE: usize = 50;

pub async fn show(
    visit: Visit,
    Path(id): Path<RecordId>,
    RawQuery(query): RawQuery,
) -> Result<Response, Refusal> {
    let record = fetch(&visit, &id, Action::See).await?;
    let fields = Fields::parse(&query.unwrap_or_default());
    let (on, problems) = match AsOf::read(&fields, visit.now) {
        Ok(on) => (on, Vec::new()),
        Err(refusal) => (None, refusal.problems()?),
    };
    let before: i64 = fields.one("before").parse().unwrap_or(i64::MAX);
    let until = on.as_ref().map_or(i64::MAX, AsOf::until);
    let stood = match &on {
        Some(on) => Some((on, as_of::in_force(&visit, &id, on).await?)),
        None => None,
    };
    let rows = args![&id, before, until, PAGE as i64 + 1];
    let rows = visit.app.db.all(&HISTORY, rows).await?;
    let names = Names::of(&visit, &id).await?;
    let mut acts = Vec::new();
    for row in rows.iter().take(PAGE) {
        let act: Json = serde_json::from_str(&row.text("act")?).map_err(Refusal::broken)?;
        let sequence = row.int("sequence")?;
        let who = match (row.opt_text("person")?, row.opt_text("organisation")?) {
            (Some(person), Some(now)) => {
                let then = names.at(&row.text("organisation_id")?, sequence);
                format!("{person}, {}", then.unwrap_or(&now))
            }
            (Some(person), None) => person,
            _ => "The gateway".to_owned(),
        };
        let said = words(&visit, &record, &row.text("kind")?, &act["detail"])?;
        acts.push((sequence, said, who, row.int("at")?));
    }
    let older = (rows.len() > PAGE)
        .then(|| acts.last().map(|(sequence, ..)| *sequence))
        .flatten();
    let body = html! {
        p class="govuk-body" {
            "Everything that was done, newest first. It is kept in a log that no one can change without it showing."
        }
        @if let Some((on, stood)) = &stood { (stood_then(&id, on, stood.as_ref())) }
        ol class="govuk-list app-history" {
            @for (sequence, (what, more), who, at) in &acts {
                li id=(format!("act-{sequence}")) {
                    p class="govuk-body govuk-!-margin-bottom-1" { strong { (what) } }
                    @if !more.is_empty() { p class="govuk-body govuk-!-margin-bottom-1" { (more) } }
                    p class="govuk-hint" { (who) ", " (moment(*at)) }
                }
            }
        }
        @if let Some(before) = older {
            p class="govuk-body" {
                a class="govuk-link" href=(format!("/records/{id}/history?before={before}{}", on.as_ref().map_or_else(String::new, |on| format!("&{}", on.query())))) { "Older" }
            }
        }
        form method="get" action=(format!("/records/{id}/history")) novalidate {
            (date_fields("What stood on a day?", &fields, on.as_ref(), &problems))
            (Button::secondary("Show that day"))
        }
    };
    Ok(visit.show(
        Sheet::new("History", body)
            .caption(record.title.as_str())
            .back(format!("/records/{id}"))
            .problems(problems),
    ))
}

/// The names of organisations with the place in the log from which each counts, oldest first.
struct Names(HashMap<String, Vec<(i64, String)>>);

impl Names {
    async fn of(ctx: &Ctx, record: &RecordId) -> Result<Names, Refusal> {
        let mut names: HashMap<String, Vec<(i64, String)>> = HashMap::new();
        for row in ctx.app.db.all(&NAMES, args![record]).await? {
            let act = row.opt_text("act")?.unwrap_or_default();
            let act: Json = serde_json::from_str(&act).unwrap_or_default();
            if let Some(name) = act["detail"]["name"].as_str() {
                let of = names.entry(row.text("subject")?).or_default();
                of.push((row.int("sequence")?, name.to_owned()));
            }
        }
        Ok(Names(names))
    }

    /// What the organisation was called when the act of this number was done.
    fn at(&self, organisation: &str, sequence: i64) -> Option<&String> {
        let names = self.0.get(organisation)?;
        let then = names.iter().rfind(|(from, _)| *from <= sequence);
        then.map(|(_, name)| name)
    }
}

fn stood_then(id: &RecordId, on: &AsOf, stood: Option<&InForce>) -> Markup {
    html! {
        (InsetText::new(html! {
            p class="govuk-body" {
                "At the end of " (on.words()) " "
                @match stood {
                    Some(stood) => {
                        a class="govuk-link" href=(format!("/records/{id}/versions/{}", stood.version)) { "version " (stood.version) }
                        " was in force, with the digest " span class="app-code app-break" { (stood.digest) } "."
                    },
                    None => "no version was in force.",
                }
            }
            p class="govuk-body" {
                a class="govuk-link" href=(format!("/records/{id}/day.json?{}", on.query())) { "Get what proves this (JSON)" }
                @if let Some(stood) = stood {
                    ", " a class="govuk-link" href=(format!("/records/{id}/evidence.json?version={}", stood.version)) { "who signed it" }
                }
                ", and " a class="govuk-link" href="/verify" { "check it" } "."
            }
        }))
        p class="govuk-body" { "Below is what was done until then." }
    }
}

/// What proves what stood on a day.
pub async fn proof(
    visit: Visit,
    Path(id): Path<RecordId>,
    RawQuery(query): RawQuery,
) -> Result<Response, Refusal> {
    let record = fetch(&visit, &id, Action::See).await?;
    let on = AsOf::read(&Fields::parse(&query.unwrap_or_default()), visit.now)?;
    let on = on.ok_or_else(|| Refusal::invalid("on", "Say which day: ?on=2026-11-21"))?;
    let name = RecordName {
        id: id.to_string(),
        title: record.title,
    };
    Ok(day_file(&as_of::file(&visit, name, &on, i64::MAX).await?))
}

/// What an act was, and what was said with it.
fn words(
    ctx: &Ctx,
    record: &Record,
    kind: &str,
    detail: &Json,
) -> Result<(String, String), Refusal> {
    let text = |key: &str| detail[key].as_str().unwrap_or_default().to_owned();
    let version = detail["version"].as_i64().unwrap_or_default();
    let role = Role::parse(&text("role")).map_or("reviewer", Role::title);
    let record_type = record.record_type(ctx)?;
    let question = |id: &str| {
        record_type
            .form
            .question(id)
            .map_or_else(|| id.to_owned(), |(_, q)| q.short.clone())
    };
    Ok(match kind {
        "record.created" => ("Started".to_owned(), String::new()),
        "record.moved" => {
            let workflow = &record_type.workflow;
            let name = workflow
                .find_move(&text("move"))
                .map_or_else(|| text("move"), |m| m.name.clone());
            let to = workflow
                .state(&text("to"))
                .map_or_else(|| text("to"), |s| s.name.clone());
            (format!("{name}: now “{to}”"), text("reason"))
        }
        "review.decided" => {
            let advice = Advice::parse(&text("outcome")).map_or("Decided", Advice::words);
            (
                format!(
                    "{} reviewed version {version}: {}",
                    capital(role),
                    advice.to_lowercase()
                ),
                text("text"),
            )
        }
        "review.conditions_answered" => {
            ("Answered a reviewer’s conditions".to_owned(), text("text"))
        }
        "review.overruled" => ("Overruled a reviewer’s advice".to_owned(), text("reason")),
        "sign_off.signed" => (
            format!("Signed version {version}"),
            format!("Digest {}", text("digest")),
        ),
        "sign_off.declined" => (
            format!("Declined to sign version {version}"),
            text("reason"),
        ),
        "party.review_asked" => (
            format!("Asked a joining party to review its part, version {version}"),
            String::new(),
        ),
        "party.sign_off_asked" => (
            format!("Asked a joining party to sign version {version}"),
            String::new(),
        ),
        "record.in_force" => match detail["version"].as_i64() {
            Some(_) => (
                format!("Version {version} came into force"),
                format!("Digest {}", text("digest")),
            ),
            None => ("It was no longer in force".to_owned(), String::new()),
        },
        "record.published" => (format!("Published version {version}"), String::new()),
        "record.withdrawn" => (
            "Withdrew it from the public register".to_owned(),
            text("reason"),
        ),
        "record.answered" => (
            "Changed answers".to_owned(),
            questions(&detail["questions"], &question),
        ),
        "answer.removed" => (
            format!("Removed an answer that no longer counted: {}", text("name")),
            String::new(),
        ),
        "record.copied" => (
            "Started as a copy of an earlier agreement".to_owned(),
            String::new(),
        ),
        "record.imported" => ("Brought in from another list".to_owned(), String::new()),
        "prompt.settled" => (
            format!("Set aside what the law asks in {}", text("rule")),
            text("reason"),
        ),
        "prompt.reopened" => (
            format!("Took back the setting aside of {}", text("rule")),
            String::new(),
        ),
        other => {
            let words = other.rsplit('.').next().unwrap_or(other).replace('_', " ");
            let thing = other
                .split('.')
                .next()
                .unwrap_or_default()
                .replace('_', " ");
            let what = match (text("question"), text("name")) {
                (_, name) if !name.is_empty() => format!(": {name}"),
                (id, _) if !id.is_empty() => format!(": {}", question(&id)),
                _ => String::new(),
            };
            (format!("{} {words}{what}", capital(&thing)), text("reason"))
        }
    })
}

/// The labels of the questions whose answers changed.
fn questions(ids: &Json, label: &dyn Fn(&str) -> String) -> String {
    let ids = ids
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Json::as_str);
    ids.map(label).collect::<Vec<_>>().join("; ")
}
