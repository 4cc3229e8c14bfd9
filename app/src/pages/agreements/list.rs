//! The agreements that the acting organisation takes part in.

use std::collections::BTreeMap;

use axum::extract::RawQuery;
use axum::response::Response;
use db::{Row, args, sql};
use govuk::{
    Button, Cell, Colour, Input, Label, Radio, Radios, Select, SelectItem, Size, Table, Tag,
};
use maud::{Markup, html};
use packs::{RecordType, Role, State};

use crate::kernel::clock::{day_text, moment};
use crate::kernel::ids::OrganisationId;
use crate::kernel::{Ctx, Refusal, phrases};
use crate::records::pack_sets;
use crate::records::store::type_in;
use crate::records::versions::VersionText;
use crate::web::{Fields, Sheet, Visit};

sql! {
    BY_CHANGE = "select p.record_id as id, r.title, p.title_key, p.state, p.changed_at, r.review_day, o.name as lead
        from record_parties p join records r on r.id = p.record_id
        join organisations o on o.id = r.organisation_id
        where p.organisation_id = $1 and p.left_at is null and p.type = 'agreement'
            and ($2 = '' or p.state = $2) and p.title_key like $3 escape '\\'
            and (p.changed_at, p.record_id) < ($4, $5)
        order by p.changed_at desc, p.record_id desc limit $6";
    BY_TITLE = "select p.record_id as id, r.title, p.title_key, p.state, p.changed_at, r.review_day, o.name as lead
        from record_parties p join records r on r.id = p.record_id
        join organisations o on o.id = r.organisation_id
        where p.organisation_id = $1 and p.left_at is null and p.type = 'agreement'
            and ($2 = '' or p.state = $2) and p.title_key like $3 escape '\\'
            and (p.title_key, p.record_id) > ($4, $5)
        order by p.title_key, p.record_id limit $6";
    LEFT = "select p.record_id, v.text from record_parties p
        join versions v on v.record_id = p.record_id and v.number = (
            select max(l.version) from lines l where l.record_id = p.record_id
                and l.organisation_id = p.organisation_id and l.stage = 'sign_off' and l.outcome = 'signed')
        where p.organisation_id = $1 and p.left_at is not null
        order by p.left_at desc, p.record_id desc limit 20";
}

const PAGE: usize = 25;

/// What is listed, and after which entry.
struct Wanted {
    state: String,
    text: String,
    by_title: bool,
    after: String,
    after_id: String,
}

impl Wanted {
    fn of(query: &Fields) -> Wanted {
        let short = |name: &str| query.one(name).chars().take(200).collect::<String>();
        Wanted {
            state: short("state"),
            text: short("q"),
            by_title: query.one("sort") == "title",
            after: short("after"),
            after_id: short("id"),
        }
    }

    fn sort(&self) -> &'static str {
        if self.by_title { "title" } else { "changed" }
    }

    fn next(&self, last: &Row) -> Result<String, Refusal> {
        let after = if self.by_title {
            last.text("title_key")?
        } else {
            last.int("changed_at")?.to_string()
        };
        let query = form_urlencoded::Serializer::new(String::new())
            .append_pair("state", &self.state)
            .append_pair("q", &self.text)
            .append_pair("sort", self.sort())
            .append_pair("after", &after)
            .append_pair("id", &last.text("id")?)
            .finish();
        Ok(format!("/agreements?{query}"))
    }
}

pub async fn show(visit: Visit, RawQuery(query): RawQuery) -> Result<Response, Refusal> {
    let acting = visit.ctx.member()?;
    let wanted = Wanted::of(&Fields::parse(&query.unwrap_or_default()));
    let limit = PAGE as i64 + 1;
    let (organisation, pattern) = (&acting.organisation, phrases::contains(&wanted.text));
    let db = &visit.app.db;
    let mut rows = if wanted.by_title {
        let after = (wanted.after.as_str(), wanted.after_id.as_str());
        let args = args![
            organisation,
            wanted.state.as_str(),
            pattern,
            after.0,
            after.1,
            limit
        ];
        db.all(&BY_TITLE, args).await?
    } else {
        let after = wanted.after.parse().unwrap_or(i64::MAX);
        let args = args![
            organisation,
            wanted.state.as_str(),
            pattern,
            after,
            wanted.after_id.as_str(),
            limit
        ];
        db.all(&BY_CHANGE, args).await?
    };
    let packs = pack_sets::with_type(&visit, "agreement").await?;
    let agreement = type_in(&packs, "agreement")?;
    let is_known = visit.app.packs.record_type("agreement").is_some();
    let states = States::of(&visit, agreement, &rows).await?;
    let has_more = rows.len() > PAGE;
    rows.truncate(PAGE);
    let next = match rows.last().filter(|_| has_more) {
        Some(last) => Some(wanted.next(last)?),
        None => None,
    };
    let is_filtered = !wanted.state.is_empty() || !wanted.text.is_empty();
    let body = html! {
        @if is_known && visit.holds(Role::Author) { (Button::link("Draft a new agreement", "/agreements/new")) }
        (filters(&wanted, agreement))
        @if rows.is_empty() {
            p class="govuk-body" {
                @if is_filtered { "No agreement fits. Try fewer words, or any state." }
                @else { "Your organisation takes part in no agreement yet." }
            }
        } @else {
            (table(&rows, &states)?)
        }
        @if let Some(next) = next {
            p class="govuk-body" { a class="govuk-link" rel="next" href=(next) { "Next page" } }
        }
        p class="govuk-body" { a class="govuk-link" href="/agreements/export" { "Download all agreements (XLSX)" } }
    };
    let body = html! { (body) (left(&visit, organisation).await?) };
    let sheet = Sheet::new("Agreements", body).caption(acting.organisation_name.clone());
    Ok(visit.show(sheet.wide()))
}

/// Agreements the organisation has left, by the title it signed.
async fn left(visit: &Visit, organisation: &OrganisationId) -> Result<Markup, Refusal> {
    let mut found = Vec::new();
    for row in visit.app.db.all(&LEFT, args![organisation]).await? {
        let text: VersionText =
            serde_json::from_str(&row.text("text")?).map_err(Refusal::broken)?;
        found.push((row.text("record_id")?, text.title));
    }
    Ok(html! {
        @if !found.is_empty() {
            h2 class="govuk-heading-m" id="left" { "Agreements you have left" }
            p class="govuk-body" { "Your organisation keeps what it signed." }
            ul class="govuk-list govuk-list--bullet" {
                @for (id, title) in &found {
                    li { a class="govuk-link" href={ "/records/" (id) "/versions" } { (title) } }
                }
            }
        }
    })
}

fn filters(wanted: &Wanted, agreement: &RecordType) -> Markup {
    html! {
        form method="get" action="/agreements" {
            (Input {
                id: "q",
                name: "q",
                label: Label::sized("Words in the title", Size::S),
                value: &wanted.text,
                kind: "search",
                width: Some(20),
                ..Input::default()
            })
            (Select {
                id: "state",
                name: "state",
                label: "State".into(),
                value: Some(&wanted.state),
                items: std::iter::once(SelectItem::new("", "Any state"))
                    .chain(agreement.workflow.states.iter().map(|s| SelectItem::new(s.id.as_str(), s.name.as_str())))
                    .collect(),
                ..Select::default()
            })
            (Radios {
                id: "sort",
                name: "sort",
                legend: "Order".into(),
                value: Some(wanted.sort()),
                items: vec![Radio::new("changed", "Changed last"), Radio::new("title", "Title")],
                inline: true,
                small: true,
                ..Radios::default()
            })
            (Button::secondary("Show"))
        }
    }
}

/// The names and colours of states, those included that only earlier packs knew.
struct States(BTreeMap<String, (String, Colour)>);

impl States {
    async fn of(ctx: &Ctx, agreement: &RecordType, rows: &[Row]) -> Result<States, Refusal> {
        let tag = |state: &State| {
            (
                state.name.clone(),
                Colour::parse(&state.tag).unwrap_or_default(),
            )
        };
        let mut known = BTreeMap::new();
        for row in rows {
            let id = row.text("state")?;
            if known.contains_key(&id) {
                continue;
            }
            let tag = match agreement.workflow.state(&id) {
                Some(state) => tag(state),
                None => {
                    let packs = pack_sets::last_that_knew(ctx, &agreement.id, &id).await?;
                    let state = type_in(&packs, &agreement.id)?.workflow.state(&id);
                    state.map_or_else(|| (id.clone(), Colour::default()), tag)
                }
            };
            known.insert(id, tag);
        }
        Ok(States(known))
    }
}

fn table(rows: &[Row], states: &States) -> Result<Markup, Refusal> {
    let mut shown = Vec::new();
    for row in rows {
        let state = row.text("state")?;
        let (name, colour) = states.0.get(&state).cloned().unwrap_or_default();
        let (id, title) = (row.text("id")?, row.text("title")?);
        shown.push(vec![
            Cell::new(html! { a class="govuk-link" href=(format!("/records/{id}")) { (title) } }),
            Cell::new(row.text("lead")?),
            Cell::new(html! { (Tag::new(name, colour)) }),
            Cell::new(moment(row.int("changed_at")?)),
            Cell::new(day_text(&row.text("review_day")?)),
        ]);
    }
    Ok(html! {
        div class="app-scroll" role="region" tabindex="0" aria-label="Agreements" {
            (Table {
                caption: "Agreements",
                caption_hidden: true,
                head: vec!["Title".into(), "Lead".into(), "State".into(), "Changed".into(), "Review".into()],
                rows: shown,
                first_cell_is_header: true,
                ..Table::default()
            })
        }
    })
}
