//! A record's page: where it stands, what to do next, its tasks, parties, flows, law and lines.

use axum::extract::{Path, RawQuery};
use axum::response::Response;
use govuk::{Button, Colour, Details, InsetText, Tag};
use maud::{Markup, html};
use packs::{Parties, RecordType, Role, View};

use crate::adapters::undelivered_mail;
use crate::kernel::Refusal;
use crate::kernel::access::{Action, Phase};
use crate::kernel::clock::{Now, day, day_text};
use crate::kernel::ids::RecordId;
use crate::pages::records::section_scope::or_refused;
use crate::pages::records::{earlier_answers, law, lines_table, parties, tasks};
use crate::records::answers::flow_name;
use crate::records::lines::Stage;
use crate::records::moves::may_ask;
use crate::records::situation::Situation;
use crate::records::store::OUTLIVED;
use crate::records::{Record, leftovers};
use crate::web::{Fields, Sheet, Visit};

pub async fn show(
    visit: Visit,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Refusal> {
    let query = Fields::parse(&query.unwrap_or_default());
    let page = page(&visit, &id.into(), query.one("done")).await;
    or_refused(&visit, "/agreements", page)
}

async fn page(visit: &Visit, id: &RecordId, done: &str) -> Result<Response, Refusal> {
    let situation = Situation::load(visit, id, Action::See).await?;
    let record = &situation.record;
    let record_type = record.record_type(visit)?;
    let view = record.view(visit)?;
    let state = record_type.workflow.state(&record.state);
    let colour = state
        .and_then(|s| Colour::parse(&s.tag))
        .unwrap_or_default();
    let has_parties = record_type.parties == Parties::Many;
    let undelivered = undelivered_mail::of_record(visit, id).await?;
    let body = html! {
        p class="govuk-body" { (Tag::new(record.state_name(visit)?, colour)) }
        p class="govuk-body" { (version_line(&situation)) }
        @if !record.review_day.is_empty() {
            p class="govuk-body" { "To be looked at again on " (day_text(&record.review_day)) "." }
        }
        @if has_parties && record.effective_version.is_some() && record.allows(visit, Action::Publish) {
            p class="govuk-body app-no-print" {
                a class="govuk-link" href=(format!("/records/{id}/publish")) { "Decide what the public sees" }
            }
        }
        @if record.is_outlived() { (InsetText::new(OUTLIVED)) }
        @else { (next_steps(visit, &situation, record_type).await?) }
        (earlier_answers::summary(record, leftovers::left_behind(visit, record)?.len()))
        (links(visit, record))
        div id="tasks" { (tasks::lists(visit, record, record_type, &view)) }
        @if has_parties {
            h2 class="govuk-heading-m" id="parties" { "Parties" }
            (parties::lines(visit, record))
            p class="govuk-body" {
                a class="govuk-link" href=(format!("/records/{id}/parties")) {
                    @if parties::may_add(visit, record).is_some() { "Add or take out a party" } @else { "More about the parties" }
                }
            }
        }
        @if record_type.flows { (flows(visit, record, record_type)) }
        @if !record_type.rules.is_empty() { (law_summary(visit, id, &view)) }
        (lines_table::table(id, &situation.lines, Stage::Review, &undelivered))
        (lines_table::table(id, &situation.lines, Stage::SignOff, &undelivered))
    };
    let done = match done {
        "saved" => Some("Your answers were saved."),
        "created" => Some("The draft was made. Fill in the tasks below in any order."),
        "copied" => Some("The draft was made from the earlier one. Check every answer."),
        "flow-removed" => Some("The data flow was removed."),
        "moved" => Some("Done."),
        _ => None,
    };
    let caption = {
        let mut name = record_type.name.clone();
        if let Some(first) = name.get_mut(..1) {
            first.make_ascii_uppercase();
        }
        name
    };
    Ok(visit.show(
        Sheet::new(record.title.clone(), body)
            .caption(caption)
            .back(if has_parties {
                "/agreements"
            } else {
                "/organisation"
            })
            .done(done.map(str::to_owned)),
    ))
}

/// "Version 2, fixed 3 November 2026; in force: version 1", or that nothing was approved.
fn version_line(situation: &Situation) -> String {
    let record = &situation.record;
    let Some(version) = situation.whole_version() else {
        return "This text has not been approved.".to_owned();
    };
    let fixed = day(Now(version.fixed_at).today());
    let mut line = match record.phase {
        Phase::Editable => format!(
            "This text has not been approved. The newest fixed version is version {} of {fixed}",
            version.number
        ),
        _ => format!("Version {}, fixed {fixed}", version.number),
    };
    match record.effective_version {
        Some(number) => line.push_str(&format!("; in force: version {number}")),
        None => line.push_str("; no version is in force"),
    }
    line
}

fn links(visit: &Visit, record: &Record) -> Markup {
    let id = &record.id;
    let may_start =
        record.type_id == "agreement" && !record.is_outlived() && visit.holds(Role::Author);
    let links = [
        ("check", "Read all answers"),
        ("law", "What the law asks"),
        ("comments", "Comments"),
        ("versions", "Versions"),
        ("history", "History"),
        ("document.pdf", "Document (PDF)"),
    ];
    html! {
        h2 class="govuk-heading-m app-no-print" { "Read it" }
        ul class="govuk-list app-no-print" {
            @for (place, words) in links {
                li { a class="govuk-link" href=(format!("/records/{id}/{place}")) { (words) } }
            }
            @if may_start { li { a class="govuk-link" href=(format!("/agreements/new?copy={id}")) { "Start a new agreement from this one" } } }
        }
    }
}

/// The moves this person may ask for, each with what still stops it.
async fn next_steps(
    visit: &Visit,
    situation: &Situation,
    record_type: &RecordType,
) -> Result<Markup, Refusal> {
    let record = &situation.record;
    let mut steps = Vec::new();
    for step in record_type.workflow.moves_from(&record.state) {
        if may_ask(visit, record, step) {
            steps.push((step, situation.unmet(visit, step).await?));
        }
    }
    let acting = visit.acting()?;
    let own: Vec<_> = situation
        .lines
        .iter()
        .filter(|l| l.is_waiting() && l.organisation == acting.organisation && acting.holds(l.role))
        .collect();
    Ok(html! {
        h2 class="govuk-heading-m" id="next" { "What to do next" }
        @for line in &own {
            p class="govuk-body" {
                "Your decision as " (line.role.title()) " is needed. "
                a class="govuk-link" href=(format!("/records/{}/lines/{}", record.id, line.id)) { "Read version " (line.version) " and decide" }
            }
        }
        @for (step, unmet) in &steps {
            @let href = format!("/records/{}/moves/{}", record.id, step.id);
            @if unmet.is_empty() {
                // The moves that only go back or end something are never the main thing to do.
                @let button = if step.guards.is_empty() { Button::secondary } else { Button::submit };
                (Button { href: &href, ..button(step.name.as_str()) })
            } @else {
                (Details {
                    open: unmet.len() <= 6,
                    ..Details::new(
                        format!("{}: {} to do before you can", step.name, things(unmet.len())),
                        html! {
                            ul class="govuk-list govuk-list--bullet" {
                                @for unmet in unmet { li { a class="govuk-link" href=(unmet.link) { (unmet.what) } } }
                            }
                        },
                    )
                })
            }
        }
        @if steps.is_empty() && own.is_empty() {
            p class="govuk-body" {
                @if record.phase == Phase::Final { "This has ended. It can only be read." }
                @else if record.may_draft(visit, acting.organisation.as_str()) { "Fill in the tasks below." }
                @else { "There is nothing for you to do now." }
            }
        }
    })
}

fn things(count: usize) -> String {
    match count {
        1 => "1 thing".to_owned(),
        many => format!("{many} things"),
    }
}

fn flows(visit: &Visit, record: &Record, record_type: &RecordType) -> Markup {
    let may = record.may_draft(visit, "");
    html! {
        h2 class="govuk-heading-m" id="flows" { "Data flows" }
        @if record.content.flows.is_empty() { p class="govuk-body" { "There are none yet." } }
        ul class="govuk-list" {
            @for (place, flow) in record.content.flows.iter().enumerate() {
                @let name = flow_name(record_type, flow, place);
                li {
                    (name)
                    @if may {
                        " " a class="govuk-link" href=(format!("/records/{}/flows/{}/remove", record.id, flow.id)) {
                            "Remove" span class="govuk-visually-hidden" { " " (name) }
                        }
                    }
                }
            }
        }
        @if may {
            (visit.form(&format!("/records/{}/flows/add", record.id), html! { (Button::secondary("Add a data flow")) }))
        }
    }
}

fn law_summary(visit: &Visit, id: &RecordId, view: &View<'_>) -> Markup {
    let counts = law::counts(view, visit.now.today());
    html! {
        h2 class="govuk-heading-m" id="law" { "What the law asks" }
        ul class="govuk-list" {
            li { (Tag::new(format!("{} block signing", counts.blocks), if counts.blocks > 0 { Colour::Red } else { Colour::Grey })) }
            li { (Tag::new(format!("{} must be answered", counts.musts), if counts.musts > 0 { Colour::Orange } else { Colour::Grey })) }
            li { (Tag::new(format!("{} to consider", counts.considers), if counts.considers > 0 { Colour::Blue } else { Colour::Grey })) }
        }
        p class="govuk-body" { a class="govuk-link" href=(format!("/records/{id}/law")) { "See each, why it is asked and what clears it" } }
    }
}
