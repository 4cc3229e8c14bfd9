//! Answers that count no longer: shown as what they were, kept until somebody who sees them removes them.

use axum::extract::{Path, RawQuery};
use axum::response::Response;
use db::{args, sql};
use govuk::{Button, Checkbox, Checkboxes, InsetText, SummaryList, SummaryRow};
use maud::{Markup, html};
use packs::{Question, Scope};

use crate::kernel::access::Action;
use crate::kernel::ids::RecordId;
use crate::kernel::{Act, Refusal};
use crate::pages::records::form_input::{REPLACE, is_in_form};
use crate::pages::records::section_scope::{answers_mut, fetch_to_draft, or_refused, party_of};
use crate::records::leftovers;
use crate::records::leftovers::{Leftover, Why};
use crate::records::presented_text::Reading;
use crate::records::{Record, fetch, moves, versions};
use crate::web::{Fields, Posted, Sheet, Visit, see_other};

sql! {
    REMOVE_FILES = "update attachments set removed_at = $4
        where record_id = $1 and question = $2 and scope = $3 and removed_at is null";
}

const TITLE: &str = "Answers that no longer count";

/// The leftovers of a question at one place, the answer itself first.
pub fn of_question<'l>(
    leftovers: &'l [Leftover],
    scope: &Scope,
    question: &str,
) -> Vec<&'l Leftover> {
    let fitting =
        |l: &&Leftover| l.why == Why::NoLongerFits && l.scope == *scope && l.name == question;
    leftovers.iter().filter(fitting).collect()
}

/// What was answered before, at a question that shows no answer.
pub fn before(leftover: &Leftover) -> Markup {
    html! {
        p class="govuk-body govuk-!-margin-bottom-1" {
            "What was answered before: " strong { (leftover.shown.join("; ")) } ". " (leftover.why.words())
        }
    }
}

/// The same above a field, with the way to replace it. Whatever is asked here now and was answered somewhere else is
/// said too.
pub fn at_question(
    record: &Record,
    leftovers: &[Leftover],
    scope: &Scope,
    question: &Question,
    fields: &Fields,
) -> Markup {
    let here = of_question(leftovers, scope, &question.id);
    let elsewhere: Vec<_> = leftovers
        .iter()
        .filter(|l| l.why == Why::AskedElsewhere && l.name == question.id)
        .collect();
    let id = format!("{REPLACE}-{}", question.id);
    html! {
        @for leftover in here {
            (InsetText::new(html! {
                (before(leftover))
                p class="govuk-body" {
                    "It is kept until you answer anew or "
                    a class="govuk-link" href=(page_of(record)) { "remove it" } "."
                }
                @if is_in_form(question) {
                    (Checkboxes {
                        id: &id,
                        name: REPLACE,
                        small: true,
                        items: vec![Checkbox {
                            checked: fields.all(REPLACE).contains(&question.id),
                            ..Checkbox::new(
                                question.id.as_str(),
                                html! {
                                    "Replace it with what is below, also if that is empty or as it was"
                                    span class="govuk-visually-hidden" { ": " (question.text) }
                                },
                            )
                        }],
                        ..Checkboxes::default()
                    })
                }
            }))
        }
        @for leftover in elsewhere {
            (InsetText::new(html! {
                (before(leftover))
                p class="govuk-body" {
                    "It is kept until you " a class="govuk-link" href=(page_of(record)) { "remove it" } "."
                }
            }))
        }
    }
}

fn page_of(record: &Record) -> String {
    format!("/records/{}/earlier-answers", record.id)
}

/// How many answers count no longer, with the way to them; nothing where there are none.
pub fn summary(record: &Record, count: usize) -> Markup {
    html! {
        @if count > 0 {
            (InsetText::new(html! {
                @if count == 1 { "1 answer was given to a question that has changed or is gone. It is kept, and does not count. " }
                @else { (count) " answers were given to questions that have changed or are gone. They are kept, and do not count. " }
                a class="govuk-link" href=(page_of(record)) { "Read what was answered before" }
            }))
        }
    }
}

pub async fn show(
    visit: Visit,
    Path(id): Path<RecordId>,
    RawQuery(query): RawQuery,
) -> Result<Response, Refusal> {
    let query = Fields::parse(&query.unwrap_or_default());
    let page = page(&visit, &id, query.one("done")).await;
    or_refused(&visit, "/agreements", page)
}

async fn page(visit: &Visit, id: &RecordId, done: &str) -> Result<Response, Refusal> {
    let record = fetch(visit, id, Action::See).await?;
    let attached = versions::attached(visit, id).await?;
    let leftovers = leftovers::of_record(visit, &record, &attached).await?;
    let record_type = record.record_type(visit)?;
    let reading = Reading::working(visit, &record).await?;
    let body = html! {
        @if leftovers.is_empty() {
            p class="govuk-body" { "Every answer counts." }
        } @else {
            p class="govuk-body" {
                "These answers are kept as they were given. None of them counts as an answer now. Remove those that "
                "no one needs, so that they are no part of the text that is reviewed and signed."
            }
        }
        @for leftover in &leftovers {
            @let place = reading.place_name(record_type, &leftover.scope);
            h2 class="govuk-heading-s" { (leftover.label) @if !place.is_empty() { " (" (place) ")" } }
            (SummaryList {
                rows: vec![
                    SummaryRow::new("What was answered", html! { @for line in &leftover.shown { p class="govuk-body" { (line) } } }),
                    SummaryRow::new("Why it does not count", leftover.why.words()),
                ],
                ..SummaryList::default()
            })
            @if record.may_draft(visit, party_of(&leftover.scope)) {
                (visit.form(&page_of(&record), html! {
                    input type="hidden" name="name" value=(leftover.name);
                    input type="hidden" name="scope" value=(leftover.scope);
                    (Button::secondary(html! {
                        "Remove this answer" span class="govuk-visually-hidden" { ": " (leftover.label) }
                    }))
                }))
            }
        }
    };
    let done = (done == "removed").then(|| "The answer was removed.".to_owned());
    Ok(visit.show(
        Sheet::new(TITLE, body)
            .caption(record.title.clone())
            .back(format!("/records/{id}"))
            .done(done),
    ))
}

/// Removes one, by somebody who saw that it does not count.
pub async fn remove(Path(id): Path<RecordId>, posted: Posted) -> Result<Response, Refusal> {
    let visit = &posted.visit;
    let (name, scope) = (posted.fields.one("name"), posted.fields.one("scope"));
    let done = visit
        .decide(|| async {
            let seen = fetch(visit, &id, Action::See).await?;
            let attached = versions::attached(visit, &id).await?;
            let leftovers = leftovers::of_record(visit, &seen, &attached).await?;
            let leftover = leftovers
                .into_iter()
                .find(|l| l.name == name && l.scope.as_str() == scope)
                .ok_or_else(|| {
                    Refusal::NotNow(
                        "Someone has removed this answer, or it counts again. Look at the page again."
                            .to_owned(),
                    )
                })?;
            let record = fetch_to_draft(visit, &id, party_of(&leftover.scope)).await?;
            let mut content = record.content.clone();
            answers_mut(&mut content, &leftover.scope)?.remove(name);
            let act = Act::new("answer.removed", &id)
                .with("question", name)
                .with("scope", scope)
                .with("name", leftover.label.as_str());
            let change = record
                .save(visit, &content, act)?
                .write(&REMOVE_FILES, args![&id, name, scope, visit.now.0]);
            Ok((change, ()))
        })
        .await;
    let done = moves::followed(visit, &id, done).await;
    let next = format!("/records/{id}/earlier-answers?done=removed");
    or_refused(
        visit,
        &format!("/records/{id}/earlier-answers"),
        done.map(|()| see_other(next)),
    )
}
