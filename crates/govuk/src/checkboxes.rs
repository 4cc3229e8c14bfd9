//! Choose any number of several.

use std::borrow::Cow;

use maud::{Markup, Render, html};

use crate::content::{Content, classes, given};
use crate::field::{Field, item_id};
use crate::label::{Hint, Label, Legend};

/// One choice of [`Checkboxes`].
#[derive(Clone, Debug, Default)]
pub struct Checkbox<'a> {
    /// The value sent with the form.
    pub value: Cow<'a, str>,
    /// The words.
    pub text: Content<'a>,
    /// Help with this choice.
    pub hint: Option<Content<'a>>,
    /// Chosen.
    pub checked: bool,
    /// Cannot be chosen.
    pub disabled: bool,
    /// “None of these”: choosing it unchecks the others, and the other way round.
    pub exclusive: bool,
    /// What is asked only when this is chosen. Shown to all without scripts.
    pub conditional: Option<Markup>,
    /// A word such as “or” above this choice.
    pub divider: &'a str,
    /// The id; the group's id and a number by default.
    pub id: Option<Cow<'a, str>>,
    /// A name of its own; the group's by default.
    pub name: Option<Cow<'a, str>>,
}

impl<'a> Checkbox<'a> {
    /// A choice.
    pub fn new(value: impl Into<Cow<'a, str>>, text: impl Into<Content<'a>>) -> Self {
        Checkbox {
            value: value.into(),
            text: text.into(),
            ..Checkbox::default()
        }
    }
}

/// A group of which any number is chosen.
#[derive(Clone, Debug, Default)]
pub struct Checkboxes<'a> {
    /// The id of the group and of its first choice, so that an error summary can lead to it.
    pub id: &'a str,
    /// The name sent with the form.
    pub name: &'a str,
    /// What the choice is about.
    pub legend: Legend<'a>,
    /// Help.
    pub hint: Option<&'a str>,
    /// The error message.
    pub error: Option<&'a str>,
    /// The choices.
    pub items: Vec<Checkbox<'a>>,
    /// Smaller.
    pub small: bool,
    /// Ids of further elements that describe the group.
    pub described_by: &'a str,
    /// Further classes.
    pub classes: &'a str,
}

impl Checkboxes<'_> {
    fn choice(&self, item: &Checkbox<'_>, id: &str, group: Option<&str>) -> Markup {
        let hint = format!("{id}-item-hint");
        let conditional = format!("conditional-{id}");
        let own = if item.hint.is_some() { &*hint } else { "" };
        // Without a fieldset nothing else would tie the group's help to the choices.
        let described_by = classes(&[group.unwrap_or(""), own]);
        let label = Label {
            text: item.text.clone(),
            classes: "govuk-checkboxes__label",
            ..Label::default()
        };
        html! {
            div class="govuk-checkboxes__item" {
                input class="govuk-checkboxes__input" id=(id) name=(item.name.as_deref().unwrap_or(self.name))
                    type="checkbox" value=(item.value) checked[item.checked] disabled[item.disabled]
                    data-aria-controls=[item.conditional.as_ref().map(|_| &conditional)]
                    data-behaviour=[item.exclusive.then_some("exclusive")]
                    aria-describedby=[given(&described_by)];
                (label.for_field(id))
                @if let Some(text) = &item.hint {
                    (Hint { id: &hint, text: text.clone(), classes: "govuk-checkboxes__hint" })
                }
            }
            @if let Some(inner) = &item.conditional {
                div class=(classes(&["govuk-checkboxes__conditional", if item.checked { "" } else { "govuk-checkboxes__conditional--hidden" }]))
                    id=(conditional) { (inner) }
            }
        }
    }
}

impl Render for Checkboxes<'_> {
    fn render(&self) -> Markup {
        let field = Field {
            id: self.id,
            label: &self.legend,
            hint: self.hint,
            error: self.error,
            described_by: self.described_by,
        };
        let group = field.described_by().filter(|_| self.legend.text.is_empty());
        let small = if self.small {
            "govuk-checkboxes--small"
        } else {
            ""
        };
        let mut place = 0;
        let controls = html! {
            div class=(classes(&["govuk-checkboxes", small, self.classes])) data-module="govuk-checkboxes" {
                @for item in &self.items {
                    @if !item.divider.is_empty() {
                        div class="govuk-checkboxes__divider" { (item.divider) }
                    }
                    (self.choice(
                        item,
                        &item_id(self.id, item.id.as_deref(), !item.divider.is_empty(), &mut place),
                        group.as_deref(),
                    ))
                }
            }
        };
        field.group_of_controls(None, controls)
    }
}
