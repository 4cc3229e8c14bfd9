//! The task lists of a record: its sections with how far each is, by party and flow.

use govuk::{Colour, Tag, Task, TaskList, TaskStatus};
use maud::{Markup, html};
use packs::{Each, Progress, RecordType, Scope, View};

use crate::kernel::Ctx;
use crate::pages::records::full_text::{places, section_href};
use crate::pages::records::section_scope::party_of;
use crate::records::Record;

/// Record sections once, then those of each party under its name, then those of each flow.
pub fn lists(ctx: &Ctx, record: &Record, record_type: &RecordType, view: &View<'_>) -> Markup {
    let at = |each: Each| {
        places(record_type, &record.content, &record.parties, each)
            .into_iter()
            .enumerate()
            .collect::<Vec<_>>()
    };
    let list = |each: Each, scope: &Scope, prefix: &str| -> Markup {
        let may = record.may_draft(ctx, party_of(scope));
        let items = record_type
            .form
            .sections
            .iter()
            .filter(|section| section.each == each)
            .map(|section| {
                let href = section_href(record.id.as_str(), section, scope);
                Task::new(
                    section.title.as_str(),
                    href,
                    status(view.progress(scope, section), may),
                )
            })
            .collect();
        html! { (TaskList { items, id_prefix: prefix, ..TaskList::default() }) }
    };
    let has = |each: Each| record_type.form.sections.iter().any(|s| s.each == each);
    html! {
        @if has(Each::Record) {
            h2 class="govuk-heading-m" { "Tasks" }
            (list(Each::Record, &Scope::Record, "task"))
        }
        @if has(Each::Party) {
            @for (place, (scope, name)) in at(Each::Party) {
                h2 class="govuk-heading-m" { "Tasks for " (name) }
                (list(Each::Party, &scope, &format!("party-{place}")))
            }
        }
        @if has(Each::Flow) {
            @for (place, (scope, name)) in at(Each::Flow) {
                h2 class="govuk-heading-m" { (name) }
                (list(Each::Flow, &scope, &format!("flow-{place}")))
            }
        }
    }
}

fn status(progress: Progress, may: bool) -> TaskStatus<'static> {
    match progress {
        Progress::Complete => TaskStatus::Text("Completed".into()),
        Progress::NotNeeded => TaskStatus::CannotStart("Nothing asked".into()),
        _ if !may => TaskStatus::Text("Not finished".into()),
        Progress::NotStarted => TaskStatus::Tag(Tag::new("Not started", Colour::Blue)),
        Progress::InProgress { answered, needed } => TaskStatus::Tag(Tag::new(
            format!("{answered} of {needed} needed answers"),
            Colour::Teal,
        )),
    }
}
