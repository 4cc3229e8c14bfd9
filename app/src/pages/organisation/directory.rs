//! `/organisations`: everybody who uses the gateway or is listed in it, for those signed in.

use axum::extract::{Path, RawQuery};
use axum::response::Response;
use db::{args, sql};
use govuk::{Button, Cell, Colour, Input, SummaryList, SummaryRow, Table, Tag, WarningText};
use maud::{Markup, html};
use packs::Role;

use crate::kernel::Refusal;
use crate::kernel::access::Action;
use crate::kernel::clock::day_text;
use crate::kernel::ids::RecordId;
use crate::organisations::setup;
use crate::organisations::store;
use crate::organisations::store::Organisation;
use crate::pages::organisation::fields;
use crate::pages::organisation::overview::member;
use crate::records::fetch;
use crate::web::{Fields, Sheet, Visit};

sql! {
    // The statement in force is the newest one that was published.
    ASSURANCE = "select id from records
        where organisation_id = $1 and type = 'assurance' and effective_version is not null
        order by created_at desc limit 1";
}

const PAGE: usize = 50;

pub async fn list(visit: Visit, RawQuery(query): RawQuery) -> Result<Response, Refusal> {
    if let Err(refusal) = member(&visit) {
        return Ok(visit.refused(refusal, "/organisation/choose"));
    }
    let query = Fields::parse(&query.unwrap_or_default());
    let text: String = query.one("q").trim().chars().take(100).collect();
    let kind = query.one("kind");
    let after = (query.one("after"), query.one("id"));
    let mut found = store::search(&visit.ctx, &text, kind, after, PAGE as i64 + 1).await?;
    let more = found.len() > PAGE;
    found.truncate(PAGE);
    let body = html! {
        (filter(&visit, &text, kind))
        @if found.is_empty() {
            p class="govuk-body" { "No organisation fits. Search for fewer words, or another kind." }
        } @else {
            (table(&visit, &found))
        }
        @if let (true, Some(last)) = (more, found.last()) {
            p class="govuk-body" { a class="govuk-link" rel="next" href=(next(&text, kind, last)) { "Show more organisations" } }
        }
        @if visit.holds(Role::Author) || visit.holds(Role::Administrator) {
            p class="govuk-body" {
                "Not here? "
                a class="govuk-link" href="/organisations/external/new" { "List an organisation that does not use this gateway" } "."
            }
        }
    };
    Ok(visit.show(Sheet::new("Organisations", body)))
}

fn filter(visit: &Visit, text: &str, kind: &str) -> Markup {
    html! {
        form method="get" action="/organisations" role="search" {
            (Input {
                id: "q",
                name: "q",
                label: "Name, fee number or ODS code".into(),
                value: text,
                ..Input::default()
            })
            (fields::kind(&visit.app.packs.law, "Kind", "Any kind", kind, None))
            (Button::secondary("Search"))
        }
    }
}

fn table(visit: &Visit, found: &[Organisation]) -> Markup {
    let rows = found
        .iter()
        .map(|organisation| {
            let details = &organisation.details;
            vec![
                Cell::new(html! {
                    a class="govuk-link" href={ "/organisations/" (organisation.id) } { (details.name) }
                }),
                fields::kind_name(&visit.app.packs.law, &details.kind).into(),
                Cell::new(standing(organisation)),
            ]
        })
        .collect();
    html! {
        (Table {
            caption: "Organisations",
            caption_hidden: true,
            head: vec!["Name".into(), "Kind".into(), "Here".into()],
            rows,
            first_cell_is_header: true,
            ..Table::default()
        })
    }
}

fn standing(organisation: &Organisation) -> Markup {
    html! {
        @if organisation.is_registered() {
            (Tag::new("Uses this gateway", Colour::Green))
            @if !organisation.is_confirmed { " " (Tag::new("Not confirmed", Colour::Yellow)) }
        }
        @else { (Tag::new("Listed only", Colour::Grey)) }
    }
}

fn next(text: &str, kind: &str, last: &Organisation) -> String {
    let query = form_urlencoded::Serializer::new(String::new())
        .append_pair("q", text)
        .append_pair("kind", kind)
        .append_pair("after", &last.name_key)
        .append_pair("id", last.id.as_str())
        .finish();
    format!("/organisations?{query}")
}

pub async fn one(
    visit: Visit,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Refusal> {
    let found = match member(&visit) {
        Ok(_) => store::one(&visit.ctx, &id.into()).await,
        Err(refusal) => Err(refusal),
    };
    let organisation = match found {
        Ok(organisation) => organisation,
        Err(refusal) => return Ok(visit.refused(refusal, "/organisations")),
    };
    let done = match Fields::parse(&query.unwrap_or_default()).one("done") {
        "confirmed" => {
            Some("It is confirmed. The person can act for the organisation now.".to_owned())
        }
        "refused" => Some("It is refused. The person has no role in the organisation.".to_owned()),
        "listed" => Some("It is listed. Agreements can name it now.".to_owned()),
        _ => None,
    };
    let details = &organisation.details;
    let value = |text: &str| {
        if text.is_empty() {
            "Not given".to_owned()
        } else {
            text.to_owned()
        }
    };
    let mut rows = vec![
        SummaryRow::new("Here", standing(&organisation)),
        SummaryRow::new(
            "Kind",
            fields::kind_name(&visit.app.packs.law, &details.kind),
        ),
        SummaryRow::new("Area", value(&details.area)),
        SummaryRow::new("Data protection fee number", value(&details.fee_number)),
    ];
    if !details.ods_code.is_empty() {
        rows.push(SummaryRow::new("ODS code", details.ods_code.clone()));
    }
    if organisation.is_registered() {
        rows.extend(standards(&visit, &organisation).await?);
    }
    let body = html! {
        @if organisation.is_registered() && !organisation.is_confirmed {
            (WarningText::new(
                "No one has confirmed that the people who act under this name belong to it. Call the organisation on a number \
                 you already have before you name it in an agreement.",
            ))
        }
        (SummaryList { rows, ..SummaryList::default() })
    };
    Ok(visit.show(
        Sheet::new(details.name.clone(), body)
            .back("/organisations")
            .done(done),
    ))
}

/// Memorandum and assurance of a registered organisation. The statement itself is for those who
/// it shares an agreement with (`records::fetch`).
async fn standards(
    visit: &Visit,
    organisation: &Organisation,
) -> Result<Vec<SummaryRow<'static>>, Refusal> {
    let setup = setup::of(&visit.ctx, &organisation.id).await?;
    let memorandum = match (&setup.memorandum_signed, setup.has(setup::Step::Memorandum)) {
        (_, true) => "Signed".to_owned(),
        (Some(version), false) => format!("Signed an earlier version ({version})"),
        (None, false) => "Not signed".to_owned(),
    };
    let statement = visit
        .app
        .db
        .optional(&ASSURANCE, args![&organisation.id])
        .await?;
    let assurance = match statement {
        None => html! { "None in force" },
        Some(row) => {
            let id = RecordId::from(row.text("id")?);
            let shared = match fetch(&visit.ctx, &id, Action::SeeInForce).await {
                Ok(_) => true,
                Err(Refusal::NotFound | Refusal::NotAllowed(_) | Refusal::NotNow(_)) => false,
                Err(other) => return Err(other),
            };
            html! {
                @if setup.has(setup::Step::Assurance) { "In force" } @else { "Has run out" }
                @if let Some(day) = setup.assurance_expires.as_deref().filter(|day| !day.is_empty()) { ", runs out on " (day_text(day)) }
                ". "
                @if shared {
                    a class="govuk-link" href={ "/organisations/" (organisation.id) "/assurance" } { "Read the assurance statement" }
                } @else {
                    "You can read it once they have named you in an agreement of theirs, or decided something on one that names you both."
                }
            }
        }
    };
    Ok(vec![
        SummaryRow::new("Memorandum of understanding", memorandum),
        SummaryRow::new("Assurance statement", assurance),
    ])
}
