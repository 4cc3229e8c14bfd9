//! Reviews and sign-offs as tables: whose decision, on which version, and what they decided.

use govuk::{Cell, Table};
use maud::{Markup, html};

use crate::kernel::clock::moment;
use crate::records::lines::{Line, LineState, Stage};

/// The lines of one stage, newest version first. Nothing when none was opened.
pub fn table(lines: &[Line], stage: Stage) -> Markup {
    let (heading, anchor) = match stage {
        Stage::Review => ("Reviews", "reviews"),
        Stage::SignOff => ("Sign-offs", "sign-offs"),
    };
    let shown: Vec<&Line> = lines.iter().filter(|line| line.stage == stage).collect();
    html! {
        h2 class="govuk-heading-m" id=(anchor) { (heading) }
        @if shown.is_empty() {
            p class="govuk-body" { "None has been asked for yet." }
        } @else {
            div class="app-scroll" role="region" tabindex="0" aria-label=(heading) {
                (Table {
                    caption: heading,
                    caption_hidden: true,
                    head: vec!["Organisation".into(), "Role".into(), "Version".into(), "Decision".into(), "When".into()],
                    rows: shown.into_iter().map(row).collect(),
                    first_cell_is_header: true,
                    ..Table::default()
                })
            }
        }
    }
}

fn row(line: &Line) -> Vec<Cell<'_>> {
    let role = line.role.title();
    vec![
        line.organisation_name.as_str().into(),
        role.into(),
        line.version.to_string().into(),
        words(&line.state).into(),
        when(line).into(),
    ]
}

/// What was decided, by whom, with what was said.
fn words(state: &LineState) -> Markup {
    match state {
        LineState::Waiting => html! { "Waiting" },
        LineState::Superseded => html! { "Closed: a newer version took its place" },
        LineState::Reviewed {
            advice,
            said,
            answer,
            overruled,
        } => html! {
            (advice.words()) " (" (said.by) ")"
            @if !said.text.is_empty() { br; (said.text) }
            @if let Some(answer) = answer { br; strong { "Answer: " } (answer.text) " (" (answer.by) ")" }
            @if let Some(overruled) = overruled { br; strong { "Overruled: " } (overruled.text) " (" (overruled.by) ")" }
        },
        LineState::Signed { by, .. } => html! { "Signed (" (by) ")" },
        LineState::Declined(said) => html! { "Declined (" (said.by) ")" br; (said.text) },
    }
}

fn when(line: &Line) -> String {
    match &line.state {
        LineState::Reviewed { said, .. } | LineState::Declined(said) => moment(said.at),
        LineState::Signed { at, .. } => moment(*at),
        LineState::Waiting | LineState::Superseded => format!("Asked {}", moment(line.opened_at)),
    }
}
