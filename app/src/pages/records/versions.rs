//! The fixed versions of a record, each as it was reviewed and signed.

use axum::extract::Path;
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use db::{args, sql};
use govuk::{Colour, InsetText, SummaryList, SummaryRow, Table, Tag};
use maud::{Markup, html};

use crate::kernel::access::Action;
use crate::kernel::clock::moment;
use crate::kernel::ids::RecordId;
use crate::kernel::{Ctx, Refusal};
use crate::pages::records::decisions_html::{decisions, prompts};
use crate::pages::records::full_text::whole_content;
use crate::records::Record;
use crate::records::document::SUBSTITUTE;
use crate::records::lines::{Line, Stage};
use crate::records::presented_text::Reading;
use crate::records::situation::Situation;
use crate::web::{Sheet, Visit};

sql! {
    TEXT = "select text from versions where record_id = $1 and number = $2";
}

pub async fn list(visit: Visit, Path(id): Path<RecordId>) -> Result<Response, Refusal> {
    let situation = Situation::load(&visit, &id, Action::SeeSigned).await?;
    let record = &situation.record;
    let rows = situation
        .versions
        .iter()
        .map(|version| {
            let what = match &version.joins {
                Some(party) => format!(
                    "Part of {}, which joins",
                    record.party(party.as_str()).map_or("a party", |p| &p.name)
                ),
                None => "Whole text".to_owned(),
            };
            let href = format!("/records/{id}/versions/{}", version.number);
            vec![
                html! { a class="govuk-link" href=(href) { "Version " (version.number) } }.into(),
                what.into(),
                html! { (moment(version.fixed_at)) " by " (version.fixed_by) }.into(),
                standing(&situation, version.number).into(),
            ]
        })
        .collect::<Vec<_>>();
    let body = html! {
        @if situation.versions.is_empty() {
            p class="govuk-body" { "No version has been fixed yet. Asking for review fixes one." }
        } @else {
            @if record.left_at.is_some() {
                (InsetText::new("Your organisation has left this agreement. It keeps what it signed, as it stood on the day it left."))
            }
            p class="govuk-body" { "A version is fixed when review is asked for. It never changes after that." }
            (Table {
                caption: "Versions",
                caption_hidden: true,
                head: vec!["Version".into(), "What it holds".into(), "Fixed".into(), "State".into()],
                rows,
                first_cell_is_header: true,
                ..Table::default()
            })
        }
    };
    Ok(visit.show(
        Sheet::new("Versions", body)
            .caption(record.title.as_str())
            .back(back(record))
            .wide(),
    ))
}

/// Who has left has no overview to go back to.
fn back(record: &Record) -> String {
    match record.left_at {
        Some(_) => "/agreements".to_owned(),
        None => format!("/records/{}", record.id),
    }
}

/// A tag that says how a version stands.
pub fn standing(situation: &Situation, number: i64) -> Markup {
    let (words, colour) = words_of(situation, number);
    html! { (Tag::new(words, colour)) }
}

fn words_of(situation: &Situation, number: i64) -> (&'static str, Colour) {
    let closed = situation
        .lines
        .iter()
        .any(|l| l.version == number && l.closed);
    if situation.record.effective_version == Some(number) {
        if situation.is_signed(number)
            || situation.lines_of(number, Stage::SignOff).next().is_none()
        {
            ("In force", Colour::Green)
        } else {
            ("In force for those who signed", Colour::Green)
        }
    } else if situation.is_signed(number) {
        ("Signed", Colour::Green)
    } else if closed {
        ("Replaced", Colour::Grey)
    } else {
        ("Not approved", Colour::Yellow)
    }
}

/// Whether somebody may act on the version: it is signed, or is a statement in force.
pub fn is_approved(situation: &Situation, number: i64) -> bool {
    situation.record.effective_version == Some(number) || situation.is_signed(number)
}

pub async fn show(
    visit: Visit,
    Path((id, name)): Path<(RecordId, String)>,
) -> Result<Response, Refusal> {
    // One route: the address with .json is the text itself.
    if let Some(number) = name.strip_suffix(".json") {
        return canonical(&visit, &id, number_of(number)?).await;
    }
    let number = number_of(&name)?;
    let situation = Situation::load(&visit, &id, Action::SeeSigned).await?;
    situation.version(number).ok_or(Refusal::NotFound)?;
    let reading = Reading::fixed(&visit, &situation, number).await?;
    let lines: Vec<&Line> = situation
        .lines
        .iter()
        .filter(|l| l.version == number)
        .collect();
    let body = html! {
        (about(&situation, &reading, number))
        p class="govuk-body" {
            a class="govuk-link" href=(format!("/records/{id}/document.pdf?version={number}")) { "Read it as a document (PDF)" }
        }
        p class="govuk-body" {
            a class="govuk-link" href=(format!("/records/{id}/versions/{number}.json")) { "Download the exact text (JSON)" }
            ". Its SHA-256 is the digest."
        }
        @if situation.is_decided_on(number) {
            p class="govuk-body" {
                a class="govuk-link" href=(format!("/records/{id}/evidence.json?version={number}")) { "Download the evidence of who decided what (JSON)" }
                ", and " a class="govuk-link" href="/verify" { "check it" } "."
            }
        }
        h2 class="govuk-heading-l" { "Reviews and sign-offs" }
        (decisions(Some(&id), &lines))
        h2 class="govuk-heading-l" { "What the law asks" }
        (prompts(&visit, &reading)?)
        h2 class="govuk-heading-l" { "Answers" }
        (whole(&reading)?)
    };
    Ok(visit.show(
        Sheet::new(format!("Version {number}"), body)
            .caption(reading.title.as_str())
            .back(format!("/records/{id}/versions"))
            .wide(),
    ))
}

fn number_of(text: &str) -> Result<i64, Refusal> {
    text.parse().map_err(|_| Refusal::NotFound)
}

/// Which version this is: number, digest, when, how it stands.
pub fn about(situation: &Situation, reading: &Reading, number: i64) -> Markup {
    let mut rows = vec![
        SummaryRow::new("State", standing(situation, number)),
        SummaryRow::new(
            "Fixed",
            format!("{} by {}", moment(reading.fixed_at), reading.fixed_by),
        ),
        SummaryRow::new(
            "Digest (SHA-256)",
            html! { span class="app-code app-break" { (reading.digest.clone().unwrap_or_default()) } },
        ),
        SummaryRow::new(
            "Questions and law",
            format!("{} {}", reading.packs.name, reading.packs.version),
        ),
    ];
    if let Some((party, base)) = &reading.joins {
        let name = reading.party_name(party.as_str()).unwrap_or_default();
        rows.push(SummaryRow::new(
            "Joins",
            format!("{name} joins version {base}. The digest names version {base} and its digest too; the other parties need not sign again."),
        ));
    }
    html! { (SummaryList { rows, ..SummaryList::default() }) }
}

/// All answers of all parties, those no longer asked for included, and a memorandum's clauses.
pub fn whole(reading: &Reading) -> Result<Markup, Refusal> {
    let clauses = reading
        .clauses
        .as_ref()
        .and_then(|c| c.get("clauses"))
        .and_then(|c| c.as_array());
    Ok(html! {
        @if reading.texts().any(|text| text.under.substitute) { (InsetText::new(SUBSTITUTE)) }
        @for clause in clauses.into_iter().flatten() {
            h2 class="govuk-heading-m" { (clause["heading"].as_str().unwrap_or_default()) }
            p class="govuk-body" { (clause["text"].as_str().unwrap_or_default()) }
        }
        @for text in reading.texts() { (answers(text)?) }
    })
}

/// The answers of a text, or of the part of a party that joined under other packs.
fn answers(text: &Reading) -> Result<Markup, Refusal> {
    let record_type = text.record_type()?;
    let view = text.view(record_type);
    Ok(html! {
        @if text.is_part() {
            h2 class="govuk-heading-l" {
                "Part of " @for party in text.own_parties() { (party.name) }
            }
            p class="govuk-body" {
                "Written with the questions and law of " (text.packs.name) " " (text.packs.version) "."
            }
        }
        (whole_content(text, record_type, &view))
        @for (of_packs, heading) in [
            (false, "Answers that are not asked for any more"),
            (true, "Answers that no longer fit their question"),
        ] {
            @let leftovers = text.leftovers(record_type, of_packs);
            @if !leftovers.is_empty() {
                h2 class="govuk-heading-m" { (heading) }
                p class="govuk-body" { "They are still part of the text." }
                (SummaryList {
                    rows: leftovers.into_iter().map(|(label, shown)| SummaryRow::new(label, shown.join("; "))).collect(),
                    ..SummaryList::default()
                })
            }
        }
    })
}

/// The exact bytes whose SHA-256 is the digest.
async fn canonical(ctx: &Ctx, id: &RecordId, number: i64) -> Result<Response, Refusal> {
    let situation = Situation::load(ctx, id, Action::SeeSigned).await?;
    situation.version(number).ok_or(Refusal::NotFound)?;
    let row = ctx
        .app
        .db
        .optional(&TEXT, args![id, number])
        .await?
        .ok_or(Refusal::NotFound)?;
    Ok((
        [
            (header::CONTENT_TYPE, "application/json".to_owned()),
            (
                header::CONTENT_DISPOSITION,
                format!("attachment; filename=\"{id}-{number}.json\""),
            ),
            (header::CACHE_CONTROL, "private, no-store".to_owned()),
        ],
        row.text("text")?,
    )
        .into_response())
}
