//! Questions as fields of a form, one component per kind of answer.

use govuk::{
    Button, CharacterCount, Checkbox, Checkboxes, DateInput, Fieldset, FileUpload, Input, Label,
    Limit, Radio, Radios, Select, SelectItem, Size, Textarea,
};
use maud::{Markup, html};
use packs::{Answers, Question, QuestionKind};
use serde_json::Value;

use crate::kernel::Problem;
use crate::pages::records::answers::Names;
use crate::pages::records::form_input::{cell_field, rows};
use crate::web::Fields;

/// What the fields of a form are made from.
pub struct FormFields<'a> {
    pub names: Names<'a>,
    /// As stored or as typed.
    pub fields: &'a Fields,
    /// As stored: files and powers are not typed.
    pub stored: &'a Answers,
    pub problems: &'a [Problem],
}

impl FormFields<'_> {
    fn error(&self, field: &str) -> Option<&str> {
        self.problems
            .iter()
            .find(|p| p.field == field)
            .map(|p| p.message.as_str())
    }

    /// The question with its answer so far.
    pub fn question(&self, question: &Question) -> Markup {
        let id = question.id.as_str();
        match question.kind {
            QuestionKind::Text | QuestionKind::Duration if question.max > 250 => {
                self.long(question, 3)
            }
            QuestionKind::LongText => self.long(question, 5),
            QuestionKind::Lines => html! { (Textarea { ..self.textarea(question, 5) }) },
            QuestionKind::Text | QuestionKind::Duration => self.input(question, "text", None),
            QuestionKind::Number => self.input(question, "text", Some(10)),
            QuestionKind::Email => self.input(question, "email", None),
            QuestionKind::Link => self.input(question, "url", None),
            QuestionKind::Date => {
                let part = |part: &str| self.fields.one(&format!("{id}-{part}"));
                html! {
                    (DateInput {
                        id,
                        name: id,
                        legend: title(question),
                        hint: question.hint.as_deref().or(Some("For example, 27 3 2026")),
                        error: self.error(&format!("{id}-day")),
                        day: part("day"),
                        month: part("month"),
                        year: part("year"),
                        ..DateInput::default()
                    })
                }
            }
            QuestionKind::YesNo => html! {
                (Radios {
                    id,
                    name: id,
                    legend: title(question),
                    hint: question.hint.as_deref(),
                    error: self.error(id),
                    value: Some(self.fields.one(id)),
                    items: vec![Radio::new("yes", "Yes"), Radio::new("no", "No")],
                    inline: true,
                    ..Radios::default()
                })
            },
            QuestionKind::Choice => html! {
                (Radios {
                    id,
                    name: id,
                    legend: title(question),
                    hint: question.hint.as_deref(),
                    error: self.error(id),
                    value: Some(self.fields.one(id)),
                    items: question.options.iter().map(|option| Radio {
                        hint: option.hint.as_deref().map(Into::into),
                        conditional: option.explain.then(|| self.own_text(question, option)),
                        ..Radio::new(option.id.as_str(), option.label.as_str())
                    }).collect(),
                    ..Radios::default()
                })
            },
            QuestionKind::Choices => self.checkboxes(
                question,
                question
                    .options
                    .iter()
                    .map(|option| Checkbox {
                        hint: option.hint.as_deref().map(Into::into),
                        checked: self.fields.all(id).contains(&option.id),
                        conditional: option.explain.then(|| self.own_text(question, option)),
                        ..Checkbox::new(option.id.as_str(), option.label.as_str())
                    })
                    .collect(),
            ),
            QuestionKind::Parties => self.checkboxes(
                question,
                self.names
                    .parties
                    .iter()
                    .map(|party| Checkbox {
                        checked: self.fields.all(id).iter().any(|p| p == party.id.as_str()),
                        ..Checkbox::new(party.id.as_str(), party.name.as_str())
                    })
                    .collect(),
            ),
            QuestionKind::Table => self.table(question),
            QuestionKind::Gateways => self.gateways(question),
            QuestionKind::Files => self.files(question),
        }
    }

    fn input(&self, question: &Question, kind: &str, width: Option<u8>) -> Markup {
        let id = question.id.as_str();
        let is_text = matches!(question.kind, QuestionKind::Text | QuestionKind::Duration);
        html! {
            (Input {
                id,
                name: id,
                label: title(question),
                hint: question.hint.as_deref(),
                error: self.error(id),
                value: self.fields.one(id),
                kind,
                width,
                inputmode: if question.kind == QuestionKind::Number { "numeric" } else { "" },
                spellcheck: is_text.then_some(true),
                ..Input::default()
            })
        }
    }

    fn textarea<'s>(&'s self, question: &'s Question, rows: u16) -> Textarea<'s> {
        Textarea {
            id: &question.id,
            name: &question.id,
            label: title(question),
            hint: question.hint.as_deref(),
            error: self.error(&question.id),
            value: self.fields.one(&question.id),
            rows,
            ..Textarea::default()
        }
    }

    fn long(&self, question: &Question, rows: u16) -> Markup {
        html! {
            (CharacterCount::new(self.textarea(question, rows), Limit::Characters(question.max)))
        }
    }

    fn own_text(&self, question: &Question, option: &packs::AnswerOption) -> Markup {
        let name = question.explain_name(&option.id);
        html! {
            (Textarea {
                id: &name,
                name: &name,
                label: Label::new(format!("Say more: {}", option.label)),
                error: self.error(&name),
                value: self.fields.one(&name),
                rows: 2,
                ..Textarea::default()
            })
        }
    }

    fn checkboxes(&self, question: &Question, items: Vec<Checkbox<'_>>) -> Markup {
        html! {
            (Checkboxes {
                id: &question.id,
                name: &question.id,
                legend: title(question),
                hint: question.hint.as_deref(),
                error: self.error(&question.id),
                items,
                ..Checkboxes::default()
            })
        }
    }

    /// Rows as typed, and a blank one at the end. It works without scripts: another row is had
    /// by saving.
    fn table(&self, question: &Question) -> Markup {
        let id = question.id.as_str();
        let mut numbers = rows(question, self.fields);
        let blank = numbers.last().map_or(0, |last| last + 1);
        if numbers.len() < question.max {
            numbers.push(blank);
        }
        let content = html! {
            @if let Some(hint) = &question.hint { div class="govuk-hint" { (hint) } }
            @for (place, number) in numbers.iter().enumerate() {
                (Fieldset {
                    legend: Label::sized(format!("Row {}", place + 1), Size::S),
                    content: html! {
                        @for column in &question.columns { (self.cell(question, *number, column)) }
                        @if *number != blank {
                            (Button {
                                name: "go",
                                value: &format!("unrow:{id}:{number}"),
                                ..Button::secondary(html! { "Remove row" span class="govuk-visually-hidden" { " " (place + 1) } })
                            })
                        }
                    },
                    ..Fieldset::default()
                })
            }
            p class="govuk-body" { "Rows you leave empty are not saved." }
            (Button { name: "go", value: &format!("row:{id}"), ..Button::secondary("Save and add another row") })
        };
        html! {
            div id=(id) { (Fieldset { legend: title(question), content, ..Fieldset::default() }) }
        }
    }

    fn cell(&self, question: &Question, row: usize, column: &packs::Column) -> Markup {
        let field = cell_field(question, row, &column.id);
        html! {
            @if column.kind == QuestionKind::Choice {
                (Select {
                    id: &field,
                    name: &field,
                    label: column.label.as_str().into(),
                    error: self.error(&field),
                    value: Some(self.fields.one(&field)),
                    items: std::iter::once(SelectItem::new("", "Choose one"))
                        .chain(column.options.iter().map(|o| SelectItem::new(o.id.as_str(), o.label.as_str())))
                        .collect(),
                    ..Select::default()
                })
            } @else {
                (Input {
                    id: &field,
                    name: &field,
                    label: column.label.as_str().into(),
                    error: self.error(&field),
                    value: self.fields.one(&field),
                    ..Input::default()
                })
            }
        }
    }

    fn gateways(&self, question: &Question) -> Markup {
        html! {
            div class="govuk-form-group" id=(question.id) {
                p class="govuk-label govuk-label--s" { (question.text) }
                @if let Some(hint) = &question.hint { div class="govuk-hint" { (hint) } }
                @match self.names.answer(question, self.stored) {
                    Some(chosen) => div class="govuk-body" { (chosen) },
                    None => p class="govuk-body" { "None chosen yet." },
                }
                (Button {
                    name: "go",
                    value: &format!("gateways:{}", question.id),
                    ..Button::secondary("Save, and search for a power or duty")
                })
            }
        }
    }

    fn files(&self, question: &Question) -> Markup {
        let attached: Vec<&str> = self
            .stored
            .get(&question.id)
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        html! {
            (FileUpload {
                id: &question.id,
                name: &question.id,
                label: title(question),
                hint: Some(&format!(
                    "{} PDF, Word, Excel, OpenDocument, PNG, JPEG, text or CSV.",
                    question.hint.as_deref().unwrap_or_default()
                )),
                error: self.error(&question.id),
                multiple: true,
                ..FileUpload::default()
            })
            @if !attached.is_empty() {
                p class="govuk-body govuk-!-margin-bottom-1" { "Attached:" }
                ul class="govuk-list" {
                    @for id in attached {
                        @if let Some(file) = self.names.attachments.iter().find(|a| a.id == id) {
                            li {
                                a class="govuk-link" href=(format!("/records/{}/attachments/{id}", self.names.record)) { (file.name) }
                                " (" (crate::records::answers::size(file.size)) ") "
                                (Button {
                                    name: "go",
                                    value: &format!("file:{id}"),
                                    ..Button::secondary(html! { "Save, and remove" span class="govuk-visually-hidden" { " " (file.name) } })
                                })
                            }
                        }
                    }
                }
            }
        }
    }
}

fn title(question: &Question) -> Label<'_> {
    Label::sized(question.text.as_str(), Size::S)
}
