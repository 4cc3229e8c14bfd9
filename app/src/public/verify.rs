//! Anybody checks the evidence of an agreement. Nothing that is sent is kept.

use std::time::Duration;

use axum::response::Response;
use evidence::{Check, Given, Outcome, Report, Unreadable};
use govuk::{Button, Colour, FileUpload, Label, Table, Tag};
use maud::{Markup, html};

use crate::kernel::clock::moment;
use crate::kernel::{Ctx, Problem, Refusal};
use crate::ledger::keys;
use crate::ledger::keys::Owner;
use crate::web::body_limits::MAX_EVIDENCE_BYTES;
use crate::web::page::error_of;
use crate::web::{Posted, Sheet, Visit};

/// How long a file waits until it is checked.
const CHECK_TIMEOUT: Duration = Duration::from_secs(10);

pub async fn show(visit: Visit) -> Result<Response, Refusal> {
    Ok(page(&visit, Vec::new()))
}

pub async fn check(posted: Posted) -> Result<Response, Refusal> {
    let Some(file) = posted.files.iter().find(|file| file.field == "file") else {
        let problem = Problem::new("file", "Choose a document or an evidence file");
        return Ok(page(&posted, vec![problem]));
    };
    let given = Given {
        log_keys: own_keys(&posted).await?,
        witness_keys: Vec::new(),
        files: posted
            .files
            .iter()
            .filter(|file| file.field == "attachments")
            .map(|file| (file.name.clone(), file.bytes.to_vec()))
            .collect(),
    };
    let bytes = file.bytes.clone();
    // One at a time, however many threads there are: the others stay free for whoever signs in.
    let turn = tokio::time::timeout(
        CHECK_TIMEOUT,
        posted.app.verifications.clone().acquire_owned(),
    )
    .await;
    let Ok(Ok(turn)) = turn else {
        return Err(Refusal::TooMany { wait_seconds: 60 });
    };
    // The turn goes with the work: whoever goes away meanwhile does not end it.
    let verified = tokio::task::spawn_blocking(move || {
        let _turn = turn;
        verify(&bytes, given)
    })
    .await
    .map_err(Refusal::broken)?;
    Ok(match verified {
        Ok((report, ours)) => found(&posted, &file.name, &report, ours),
        Err(fault) => {
            let said = format!("It cannot be checked: {fault}");
            page(&posted, vec![Problem::new("file", said)])
        }
    })
}

/// The report, and whether the file says that it is of this gateway. Of another one's keys nothing is
/// known here, so its file is checked by itself.
fn verify(bytes: &[u8], given: Given) -> Result<(Report, bool), Unreadable> {
    let report = evidence::verify(bytes, &given)?;
    if given.log_keys.iter().any(|key| key.name == report.gateway) {
        return Ok((report, true));
    }
    let by_itself = Given {
        log_keys: Vec::new(),
        ..given
    };
    Ok((evidence::verify(bytes, &by_itself)?, false))
}

/// The keys of this gateway's own log.
async fn own_keys(ctx: &Ctx) -> Result<Vec<evidence::VerifierKey>, Refusal> {
    let keys = keys::history(ctx, &Owner::Log).await?;
    keys.iter()
        .map(|key| key.vkey.parse().map_err(Refusal::broken))
        .collect()
}

fn page(visit: &Visit, problems: Vec<Problem>) -> Response {
    let body = html! {
        p class="govuk-body-l" { "Find out whether an agreement was signed, by whom, and whether anything in it was changed." }
        (visit.file_form("/verify", html! {
            (FileUpload {
                id: "file",
                name: "file",
                label: Label::new("The signed document (PDF) or the evidence file (JSON)"),
                error: error_of(&problems, "file"),
                ..FileUpload::default()
            })
            (FileUpload {
                id: "attachments",
                name: "attachments",
                label: Label::new("Attached files, if you want them checked too"),
                hint: Some("The file with the signed text counts as well."),
                multiple: true,
                ..FileUpload::default()
            })
            (Button::submit("Check it"))
        }))
        h2 class="govuk-heading-m" { "Your files" }
        p class="govuk-body" {
            "We do not keep what you send. All files together must be " (MAX_EVIDENCE_BYTES / (1024 * 1024)) " MB or less."
        }
        p class="govuk-body" {
            "You need not trust this page. Two programs check the same files on your own computer, without a network: "
            code { "aldgate verify" } ", and the short script " code { "tools/verify/verify.py" } ", which shares no code with it."
        }
    };
    visit.show(Sheet::new("Check a signed document", body).problems(problems))
}

fn found(visit: &Visit, name: &str, report: &Report, ours: bool) -> Response {
    let holds = report.holds();
    let rows = report
        .checks
        .iter()
        .map(|check| {
            vec![
                html! {
                    (check.said)
                    span class="govuk-hint govuk-!-margin-bottom-0" { (place(check)) }
                }
                .into(),
                tag(check.outcome).into(),
                check.code.means().into(),
            ]
        })
        .collect();
    let body = html! {
        div class="govuk-inset-text" {
            p class="govuk-body" {
                @if holds { strong { "Everything that was checked holds." } }
                @else { strong { "Something does not hold. Do not rely on this file." } }
            }
            @if !ours {
                p class="govuk-body" {
                    "This file says that it comes from another gateway. This page cannot tell whether the keys in it are that gateway’s: check it there, or with a key that you have from there."
                }
            }
            p class="govuk-body" {
                (name) ": " (report.title) ", " (report.about) ", from " (report.gateway)
                ", made on " (moment(report.made_at)) "."
            }
        }
        div class="app-scroll" role="region" tabindex="0" aria-label="What was checked" {
            (Table {
                caption: "What was checked",
                head: vec!["What was found".into(), "Result".into(), "What this shows, and what not".into()],
                rows,
                first_cell_is_header: true,
                ..Table::default()
            })
        }
        p class="govuk-body" { a class="govuk-link" href="/verify" { "Check another file" } }
    };
    let title = match (holds, ours) {
        (true, true) => "It holds",
        (true, false) => "It agrees with itself",
        (false, _) => "It does not hold",
    };
    visit.show(Sheet::new(title, body).back("/verify").wide())
}

fn place(check: &Check) -> String {
    format!("{}, at {}", check.code.as_str(), check.place)
}

fn tag(outcome: Outcome) -> Markup {
    let colour = match outcome {
        Outcome::Holds => Colour::Green,
        Outcome::DoesNotHold => Colour::Red,
        Outcome::NotChecked => Colour::Grey,
    };
    html! { (Tag::new(outcome.words(), colour)) }
}
