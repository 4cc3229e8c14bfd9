//! The register as everybody reads it.

use ::evidence::Extent;
use axum::extract::{Path, RawQuery};
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use govuk::{
    Button, Colour, Input, InsetText, Label, Select, SelectItem, SummaryList, SummaryRow, Table,
    Tag,
};
use maud::{Markup, html};
use packs::Packs;

use crate::kernel::as_of::AsOf;
use crate::kernel::clock::{Now, day};
use crate::kernel::ids::RecordId;
use crate::kernel::{Ctx, Problem, Refusal};
use crate::ledger::keys;
use crate::ledger::keys::Owner;
use crate::public::earlier_versions;
use crate::records::document::render;
use crate::records::evidence;
use crate::records::pack_sets;
use crate::records::publication::public_text::{PublicText, in_force};
use crate::records::publication::store;
use crate::records::publication::store::{Entry, Publication, Search};
use crate::records::situation::Situation;
use crate::web::as_of::date_fields;
use crate::web::downloads::bundle_file;
use crate::web::{Fields, Sheet, Visit};

const PAGE: usize = 25;

pub async fn list(visit: Visit, RawQuery(query): RawQuery) -> Result<Response, Refusal> {
    let fields = Fields::parse(&query.unwrap_or_default());
    let (on, problems) = match AsOf::read(&fields, visit.now) {
        Ok(on) => (on, Vec::new()),
        Err(refusal) => (None, refusal.problems()?),
    };
    let search = Search {
        on,
        ..read(&fields)
    };
    let mut entries = store::search(&visit, &search, PAGE as i64 + 1).await?;
    let more = entries.len() > PAGE;
    entries.truncate(PAGE);
    let searched = ![
        &search.text,
        &search.organisation,
        &search.purpose,
        &search.status,
    ]
    .iter()
    .all(|t| t.is_empty());
    let packs = pack_sets::with_type(&visit, "agreement").await?;
    let body = html! {
        p class="govuk-body-l" { "Agreements about how public bodies and their partners share information about people." }
        (form(&packs, &search, &fields, &problems))
        @if let Some(on) = &search.on {
            (InsetText::new(html! {
                "This is what the register said at the end of " (on.words()) ". "
                a class="govuk-link" href=(format!("/register.rsf?{}", on.query())) { "The register of that day as a file (RSF)" }
            }))
        }
        h2 class="govuk-heading-m" { @if searched { "What we found" } @else { "Newest first" } }
        @if entries.is_empty() {
            p class="govuk-body" {
                @if searched { "Nothing fits. Use fewer or other words." } @else { "Nothing has been published yet." }
            }
        } @else { (listed(&entries, search.on.as_ref())) }
        @if let (true, Some(last)) = (more, entries.last()) {
            p class="govuk-body" { a class="govuk-link" href=(next(&search, last)) { "More agreements" } }
        }
    };
    let title = match &search.on {
        Some(on) => format!("Public register on {}", on.words()),
        None => "Public register".to_owned(),
    };
    Ok(visit.show(Sheet::new(title, body).wide().problems(problems)))
}

/// Reads a search, cut to what fits.
pub fn read(fields: &Fields) -> Search {
    let text = |name: &str| {
        fields
            .one(name)
            .trim()
            .chars()
            .take(200)
            .collect::<String>()
    };
    let after = text("after");
    Search {
        text: text("text"),
        organisation: text("organisation"),
        purpose: text("purpose"),
        status: Some(text("status"))
            .filter(|s| matches!(s.as_str(), "in_force" | "ended"))
            .unwrap_or_default(),
        after: after
            .split_once('.')
            .and_then(|(at, id)| Some((at.parse().ok()?, id.to_owned()))),
        on: None,
    }
}

fn next(search: &Search, last: &Entry) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    for (name, value) in [
        ("text", &search.text),
        ("organisation", &search.organisation),
        ("purpose", &search.purpose),
        ("status", &search.status),
        ("after", &last.cursor()),
    ] {
        if !value.is_empty() {
            query.append_pair(name, value);
        }
    }
    if let Some(on) = &search.on {
        query.append_pair("on", &on.day.to_string());
    }
    format!("/register?{}", query.finish())
}

fn form(packs: &Packs, search: &Search, fields: &Fields, problems: &[Problem]) -> Markup {
    let purposes = packs
        .record_type("agreement")
        .and_then(|t| t.form.question("purposes"))
        .map_or(&[][..], |(_, question)| &question.options);
    let item = |value: &str, label: &str, chosen: &str| SelectItem {
        selected: value == chosen,
        ..SelectItem::new(value.to_owned(), label.to_owned())
    };
    let mut purpose_items = vec![item("", "Any", &search.purpose)];
    purpose_items.extend(
        purposes
            .iter()
            .map(|o| item(&o.id, &o.label, &search.purpose)),
    );
    html! {
        form method="get" action="/register" role="search" {
            (Input { id: "text", name: "text", label: Label::new("Words to look for"), kind: "search", value: &search.text, ..Input::default() })
            (Input { id: "organisation", name: "organisation", label: Label::new("Organisation"), value: &search.organisation, ..Input::default() })
            (Select { id: "purpose", name: "purpose", label: Label::new("Purpose"), items: purpose_items, ..Select::default() })
            (Select {
                id: "status",
                name: "status",
                label: Label::new("Status"),
                items: vec![item("", "Any", &search.status), item("in_force", "In force", &search.status), item("ended", "Ended", &search.status)],
                ..Select::default()
            })
            (date_fields("As it was on a day (optional)", fields, search.on.as_ref(), problems))
            (Button::submit("Search"))
        }
    }
}

pub(super) fn status(in_force: bool) -> Markup {
    html! {
        @if in_force { (Tag::new("In force", Colour::Green)) } @else { (Tag::new("Ended", Colour::Grey)) }
    }
}

fn listed(entries: &[Entry], on: Option<&AsOf>) -> Markup {
    let query = on.map_or_else(String::new, |on| format!("?{}", on.query()));
    let rows = entries
        .iter()
        .map(|entry| {
            vec![
                html! { a class="govuk-link" href=(format!("/register/{}{query}", entry.id)) { (entry.title) } }.into(),
                entry.lead.as_str().into(),
                entry.parties.join(", ").into(),
                status(entry.in_force).into(),
                day(Now(entry.published_at).today()).into(),
            ]
        })
        .collect();
    html! {
        div class="app-scroll" role="region" tabindex="0" aria-label="Agreements" {
            (Table {
                caption: "Agreements",
                caption_hidden: true,
                head: vec!["Agreement".into(), "Led by".into(), "Parties".into(), "Status".into(), "Published".into()],
                rows,
                first_cell_is_header: true,
                ..Table::default()
            })
        }
    }
}

/// The public text of a published record.
pub async fn load(
    ctx: &Ctx,
    id: &RecordId,
) -> Result<(Publication, Situation, PublicText), Refusal> {
    let publication = store::public(ctx, id).await?;
    let situation = Situation::of_published(ctx, id).await?;
    let text = PublicText::of(ctx, &situation, publication.version, &publication.choice).await?;
    Ok((publication, situation, text))
}

pub async fn show(
    visit: Visit,
    Path(id): Path<RecordId>,
    RawQuery(query): RawQuery,
) -> Result<Response, Refusal> {
    let on = AsOf::read(&Fields::parse(&query.unwrap_or_default()), visit.now)?;
    if let Some(on) = on {
        return earlier_versions::show(&visit, &id, &on).await;
    }
    let (publication, situation, text) = load(&visit, &id).await?;
    let newer = in_force(&situation).is_some_and(|version| version != text.version);
    let body = html! {
        @if newer {
            (InsetText::new("A newer version is in force. The organisation that leads has not published it yet."))
        }
        @if !text.in_force { (InsetText::new("This agreement has ended. No one may share under it any more.")) }
        (SummaryList {
            rows: vec![
                SummaryRow::new("Status", status(text.in_force)),
                SummaryRow::new("Led by", text.lead.as_str()),
                SummaryRow::new("Version", format!("{}, published on {}", text.version, day(Now(publication.at).today()))),
                SummaryRow::new(text.digest_of(), html! { span class="app-code app-break" { (text.digest) } }),
            ],
            ..SummaryList::default()
        })
        p class="govuk-body" { a class="govuk-link" href=(format!("/register/{id}/document.pdf")) { "Read it as a document (PDF)" } }
        @if text.is_signed() {
            p class="govuk-body" {
                a class="govuk-link" href=(format!("/register/{id}/evidence.json")) { "Get the evidence that it was signed (JSON)" }
                ", and " a class="govuk-link" href="/verify" { "check it" } "."
            }
        }
        h2 class="govuk-heading-l" { "Parties" }
        ul class="govuk-list govuk-list--bullet" {
            @for party in &text.parties { li { (party.name) ", " (party.kind) } }
        }
        h2 class="govuk-heading-l" { "Who reviewed it" }
        (decided(&text.reviewed, "No review of this text is recorded."))
        h2 class="govuk-heading-l" { "Who has signed" }
        (decided(&text.signed, "No one has signed this text."))
        h2 class="govuk-heading-l" { "The agreement" }
        @if !publication.choice.withheld.is_empty() {
            p class="govuk-body" { "Some passages are withheld. Each says why, and when that is looked at again." }
        }
        (text.show())
    };
    Ok(visit.show(
        Sheet::new(text.title.as_str(), body)
            .caption("Information sharing agreement")
            .back("/register")
            .wide(),
    ))
}

/// Organisations and days, or that there are none.
fn decided(who: &[(String, String)], none: &str) -> Markup {
    html! {
        @if who.is_empty() { p class="govuk-body" { (none) } }
        @else {
            ul class="govuk-list govuk-list--bullet" {
                @for (organisation, day) in who { li { (organisation) ", on " (day) } }
            }
        }
    }
}

/// What proves a published agreement: who signed which text, and nobody's name.
pub async fn evidence_file(visit: Visit, Path(id): Path<RecordId>) -> Result<Response, Refusal> {
    let publication = store::public(&visit, &id).await?;
    let situation = Situation::of_published(&visit, &id).await?;
    let bundle = evidence::bundle(&visit, &situation, publication.version, Extent::Public).await?;
    Ok(bundle_file(&bundle))
}

pub async fn pdf(visit: Visit, Path(id): Path<RecordId>) -> Result<Response, Refusal> {
    let (publication, situation, text) = load(&visit, &id).await?;
    let document = text.document(publication.at);
    let proved = evidence::bundle(&visit, &situation, text.version, Extent::Public).await;
    let bytes = match proved {
        Ok(bundle) => evidence::signed_pdf(&visit, document, &bundle).await?,
        Err(Refusal::NotNow(_)) => {
            keys::counts_now(&visit, &Owner::Log).await?;
            render(&visit, document).await?.into()
        }
        Err(other) => return Err(other),
    };
    Ok((
        [
            (header::CONTENT_TYPE, "application/pdf".to_owned()),
            (
                header::CONTENT_DISPOSITION,
                format!("inline; filename=\"{id}-{}.pdf\"", text.version),
            ),
            (header::CACHE_CONTROL, "no-cache".to_owned()),
        ],
        bytes,
    )
        .into_response())
}
