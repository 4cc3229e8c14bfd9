//! Everything a reviewer or signer sees of a version before they decide.

use govuk::{SummaryList, SummaryRow, Table, WarningText};
use maud::{Markup, html};

use crate::kernel::clock::{day_text, moment};
use crate::kernel::ids::RecordId;
use crate::kernel::{Ctx, Refusal};
use crate::organisations::partners;
use crate::organisations::partners::Shown;
use crate::pages::records::answers::broken_lines;
use crate::pages::records::decisions_html::{decisions, prompts, said};
use crate::pages::records::versions::whole;
use crate::records::answers::size;
use crate::records::comments;
use crate::records::lines::{Advice, Line, LineState, Stage};
use crate::records::presented_text::Reading;
use crate::records::situation::Situation;

/// Who looks, which decides what the page can lead to.
#[derive(Clone, Copy)]
pub enum Viewer<'a> {
    /// Somebody of a party.
    Member,
    /// The holder of a one-time link, whose pages begin with this address. They see the version, and
    /// not what the parties write to each other.
    Link(&'a str),
}

/// Reviews, law, answers, attachments, assurance and comments.
pub async fn everything(
    ctx: &Ctx,
    situation: &Situation,
    line: &Line,
    reading: &Reading,
    viewer: Viewer<'_>,
) -> Result<Markup, Refusal> {
    let record = &situation.record;
    let base = reading.joins.as_ref().map(|(_, base)| *base);
    // A version may be on its way to sign-off: who else was asked, and what they said.
    let lines: Vec<&Line> = situation
        .lines
        .iter()
        .filter(|l| (l.version == line.version || Some(l.version) == base) && l.id != line.id)
        .collect();
    let has_flows =
        !reading.parties.is_empty() && record.record_type(ctx)?.parties == packs::Parties::Many;
    let is_member = matches!(viewer, Viewer::Member);
    let mut parts = vec![
        ("others", "What others decided"),
        ("law", "What the law asks"),
        ("answers", "All answers of all parties"),
        ("files", "Attachments"),
        ("assurance", "Assurance of the parties"),
    ];
    if is_member {
        parts.push(("comments", "Comments"));
    }
    Ok(html! {
        (overruled(situation, line.version))
        @if has_flows {
            nav aria-label="On this page" {
                h2 class="govuk-heading-s" { "On this page" }
                ul class="govuk-list" {
                    @for (id, words) in parts {
                        li { a class="govuk-link" href=(format!("#{id}")) { (words) } }
                    }
                }
            }
            h2 class="govuk-heading-l" id="others" { "What others decided" }
            (decisions(is_member.then_some(&record.id), &lines))
            h2 class="govuk-heading-l" id="law" { "What the law asks" }
            (prompts(ctx, reading)?)
        }
        h2 class="govuk-heading-l" id="answers" {
            @if has_flows { "All answers of all parties" } @else { "The text" }
        }
        (whole(reading)?)
        @if has_flows {
            h2 class="govuk-heading-l" id="files" { "Attachments" }
            (files(reading, viewer)?)
            h2 class="govuk-heading-l" id="assurance" { "Assurance of the parties" }
            (assurance(ctx, &record.id, reading, line, is_member).await?)
            @if is_member {
                h2 class="govuk-heading-l" id="comments" { "Comments" }
                (said_on_it(ctx, &record.id, reading).await?)
            }
        }
    })
}

/// Advice that a senior officer set aside: nobody signs without having seen it.
fn overruled(situation: &Situation, version: i64) -> Markup {
    let overruled: Vec<&Line> = situation
        .lines_of(version, Stage::Review)
        .filter(|l| {
            matches!(
                &l.state,
                LineState::Reviewed {
                    advice: Advice::Against,
                    overruled: Some(_),
                    ..
                }
            )
        })
        .collect();
    html! {
        @for line in overruled {
            (WarningText::new(format!("The {} of {} advised against this, and was overruled.", line.role.title(), line.organisation_name)))
            (said(line))
        }
    }
}

fn files(reading: &Reading, viewer: Viewer<'_>) -> Result<Markup, Refusal> {
    let form = &reading.record_type()?.form;
    let base = match viewer {
        Viewer::Member => format!("/records/{}", reading.record),
        Viewer::Link(base) => base.to_owned(),
    };
    let rows = reading
        .attachments
        .iter()
        .map(|file| {
            let href = format!("{base}/attachments/{}", file.id);
            let asked = form
                .question(&file.question)
                .map_or(file.question.as_str(), |(_, q)| &q.short);
            vec![
                html! { a class="govuk-link" href=(href) { (file.name) } }.into(),
                asked.to_owned().into(),
                size(file.size).into(),
                html! { span class="app-code app-break" { (file.digest) } }.into(),
            ]
        })
        .collect::<Vec<_>>();
    Ok(html! {
        @if rows.is_empty() { p class="govuk-body" { "None." } }
        @else {
            div class="app-scroll" role="region" tabindex="0" aria-label="Attachments" {
                (Table {
                    caption: "Attachments",
                    caption_hidden: true,
                    head: vec!["File".into(), "For".into(), "Size".into(), "Digest".into()],
                    rows,
                    ..Table::default()
                })
            }
        }
    })
}

async fn assurance(
    ctx: &Ctx,
    record: &RecordId,
    reading: &Reading,
    line: &Line,
    with_evidence: bool,
) -> Result<Markup, Refusal> {
    // The holder of a link looks for the organisation whose decision it is.
    let acting = ctx.acting.as_ref();
    let to = acting.map_or(&line.organisation, |acting| &acting.organisation);
    let shown = partners::of_record(ctx, record, to).await?;
    let today = ctx.now.today().to_string();
    let none = Shown::default();
    Ok(html! {
        @for party in &reading.parties {
            @let shown = shown.get(&party.id).unwrap_or(&none);
            h3 class="govuk-heading-m" { (party.name) }
            @if !party.registered {
                p class="govuk-body" { "It does not use this gateway, so it shows no statement here." }
            } @else {
                @if shown.is_unconfirmed {
                    p class="govuk-body" {
                        "No one has confirmed who acts for " (party.name) " here. Call it on a number you already have before you \
                         decide."
                    }
                }
                (SummaryList { rows: rows(shown, &today), ..SummaryList::default() })
                @if shown.expires.is_some() && !shown.is_shared {
                    p class="govuk-body" {
                        "What it says is shown to your organisation once " (party.name) " has decided something on an agreement \
                         with you."
                    }
                }
                @if with_evidence && shown.expires.is_some() && shown.is_shared {
                    p class="govuk-body" {
                        a class="govuk-link" href=(format!("/organisations/{}/assurance", party.id)) {
                            "Assurance statement of " (party.name) ", with evidence"
                        }
                    }
                }
            }
        }
    })
}

fn rows<'a>(shown: &Shown, today: &str) -> Vec<SummaryRow<'a>> {
    let mut rows = vec![SummaryRow::new(
        "Memorandum of understanding",
        shown.memorandum.as_ref().map_or_else(
            || "Not signed".to_owned(),
            |v| format!("Signed, version {v}"),
        ),
    )];
    rows.push(SummaryRow::new(
        "Assurance statement",
        match shown.expires.as_deref() {
            None => "None published".to_owned(),
            Some("") => "Published".to_owned(),
            Some(day) if day < today => format!("Ran out on {}", day_text(day)),
            Some(day) => format!("Runs out on {}", day_text(day)),
        },
    ));
    rows.extend(
        shown
            .standards
            .iter()
            .map(|(label, said)| SummaryRow::new(label.clone(), said.clone())),
    );
    rows
}

async fn said_on_it(ctx: &Ctx, record: &RecordId, reading: &Reading) -> Result<Markup, Refusal> {
    let record_type = reading.record_type()?;
    let comments = comments::page(ctx, record, "").await?;
    Ok(html! {
        @if comments.all == 0 { p class="govuk-body" { "None." } }
        @if comments.older.is_some() {
            p class="govuk-body" {
                "These are the newest " (comments.page.len()) " of " (comments.all) " comments. "
                a class="govuk-link" href=(format!("/records/{record}/comments")) { "Read all comments" }
            }
        }
        @for comment in &comments.page {
            @let about = record_type.form.question(&comment.question)
                .map_or(comment.question.as_str(), |(_, q)| q.short.as_str());
            @let place = reading.party_name(&comment.scope).unwrap_or_default();
            div class="app-comment" {
                p class="govuk-body govuk-!-margin-bottom-1" {
                    strong { (about) @if !place.is_empty() { " (" (place) ")" } }
                }
                p class="govuk-body govuk-!-margin-bottom-1" { (broken_lines(&comment.text)) }
                p class="govuk-hint" { (comment.by) ", " (comment.organisation) ", " (moment(comment.at)) }
            }
        }
    })
}
