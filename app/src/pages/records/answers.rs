//! An answer in plain words, with the names behind the ids it holds.

use govuk::Table;
use maud::{Markup, html};
use packs::{Answers, Law, Question, QuestionKind};
use serde_json::Value;

use crate::records::answers::{is_blank, size, standing, types};
use crate::records::store::PartyRow;
use crate::records::versions::Attached;

/// Everything an answer may point at by its id.
#[derive(Clone, Copy)]
pub struct Names<'a> {
    pub law: &'a Law,
    pub parties: &'a [PartyRow],
    pub attachments: &'a [Attached],
    /// The record's id, for links to its files.
    pub record: &'a str,
}

impl Names<'_> {
    /// The answer to a question, or nothing when it is not answered.
    pub fn answer(&self, question: &Question, answers: &Answers) -> Option<Markup> {
        let value = answers
            .get(&question.id)
            .filter(|v| !is_blank(v) && question.fits(v))?;
        Some(match question.kind {
            QuestionKind::Table => table(question, value),
            QuestionKind::Parties => lines(&self.each(value, |id| html! { (self.party(id)) })),
            QuestionKind::Gateways => lines(&self.each(value, |id| self.power(id))),
            QuestionKind::Files => lines(&self.each(value, |id| self.file(id))),
            QuestionKind::Choice | QuestionKind::Choices => {
                lines(&self.each(value, |id| chosen(question, id, answers)))
            }
            QuestionKind::Link => {
                let link = value.as_str().unwrap_or_default();
                html! { a class="govuk-link app-break" href=(link) rel="noreferrer" { (link) } }
            }
            _ => lines(
                &question
                    .show(value)
                    .iter()
                    .map(|text| broken_lines(text))
                    .collect::<Vec<_>>(),
            ),
        })
    }

    fn each(&self, value: &Value, show: impl Fn(&str) -> Markup) -> Vec<Markup> {
        match value {
            Value::Array(items) => items.iter().filter_map(Value::as_str).map(show).collect(),
            single => single.as_str().map(show).into_iter().collect(),
        }
    }

    /// The name of a party; one that has left is named as such.
    pub fn party(&self, id: &str) -> String {
        self.parties
            .iter()
            .find(|p| p.id.as_str() == id)
            .map_or_else(
                || "An organisation that has left".to_owned(),
                |p| p.name.clone(),
            )
    }

    fn power(&self, id: &str) -> Markup {
        match self.law.power(id) {
            Some((_, power)) => {
                html! { (power.title) " (" (types(&power.types)) (standing(power)) ")" }
            }
            None => html! { (id) },
        }
    }

    fn file(&self, id: &str) -> Markup {
        match self.attachments.iter().find(|a| a.id == id) {
            Some(file) => html! {
                a class="govuk-link" href=(format!("/records/{}/attachments/{}", self.record, file.id)) { (file.name) }
                " (" (size(file.size)) ")"
            },
            None => html! { "A file that was removed" },
        }
    }
}

/// Text with its own line breaks.
pub fn broken_lines(text: &str) -> Markup {
    html! {
        @for (place, line) in text.lines().enumerate() {
            @if place > 0 { br; }
            (line)
        }
    }
}

fn lines(items: &[Markup]) -> Markup {
    match items {
        [only] => only.clone(),
        many => html! {
            ul class="govuk-list govuk-list--bullet" { @for item in many { li { (item) } } }
        },
    }
}

fn chosen(question: &Question, id: &str, answers: &Answers) -> Markup {
    let label = question
        .option(id)
        .map_or(id, |option| option.label.as_str());
    let own = answers
        .get(&question.explain_name(id))
        .and_then(Value::as_str)
        .unwrap_or_default();
    html! { (label) @if !own.is_empty() { ": " (broken_lines(own)) } }
}

fn table(question: &Question, value: &Value) -> Markup {
    let cell = |row: &Value, column: &packs::Column| -> String {
        let text = row
            .get(&column.id)
            .and_then(Value::as_str)
            .unwrap_or_default();
        let option = column.options.iter().find(|option| option.id == text);
        option.map_or_else(|| text.to_owned(), |option| option.label.clone())
    };
    html! {
        // A group and not a landmark: the same table comes once for each party.
        div class="app-scroll" role="group" tabindex="0" aria-label=(question.short) {
            (Table {
                caption: &question.short,
                caption_hidden: true,
                head: question.columns.iter().map(|c| c.label.as_str().into()).collect(),
                rows: value.as_array().into_iter().flatten()
                    .map(|row| question.columns.iter().map(|c| cell(row, c).into()).collect())
                    .collect(),
                ..Table::default()
            })
        }
    }
}
