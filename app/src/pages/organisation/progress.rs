//! Set-up progress, shown as a task list.

use govuk::{Colour, Tag, Task, TaskList, TaskStatus};
use maud::{Markup, html};
use packs::Role;

use crate::organisations::setup::{Setup, Step};
use crate::web::Visit;

/// Every step, and how much is done. Each links to where it is done, for those who may.
pub fn show(visit: &Visit, setup: &Setup) -> Markup {
    let items = Step::ALL
        .into_iter()
        .map(|step| {
            let status = if setup.has(step) {
                TaskStatus::Text("Done".into())
            } else {
                TaskStatus::Tag(Tag::new("To do", Colour::Blue))
            };
            Task {
                hint: (!setup.has(step)).then(|| why(step).into()),
                ..Task::new(step.title(), link(visit, step), status)
            }
        })
        .collect();
    html! {
        p class="govuk-body" { (words(setup)) }
        (TaskList { items, id_prefix: "set-up", ..TaskList::default() })
    }
}

/// The other steps can be looked at by everybody of the organisation.
fn link(visit: &Visit, step: Step) -> &'static str {
    if step == Step::Details && !visit.holds(Role::Administrator) {
        ""
    } else {
        step.link()
    }
}

/// "40% done: 2 of 5 steps."
pub fn words(setup: &Setup) -> String {
    format!(
        "{}% done: {} of {} steps.",
        setup.percentage(),
        setup.done.len(),
        Step::ALL.len()
    )
}

fn why(step: Step) -> &'static str {
    match step {
        Step::Details => "Kind, area and data protection fee number",
        Step::SeniorOfficer => "Signs for your organisation. An administrator gives this role",
        Step::DataProtectionOfficer => {
            "Reviews every agreement before anyone signs. An administrator gives this role"
        }
        Step::Assurance => "Which standards you meet, for the partners you share with",
        Step::Memorandum => "How organisations here work together. A senior officer signs it once",
    }
}
