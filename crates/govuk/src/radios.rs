//! Choose one of several.

use std::borrow::Cow;

use maud::{Markup, Render, html};

use crate::content::{Content, classes};
use crate::field::{Field, item_id};
use crate::label::{Hint, Label, Legend};

/// One choice of [`Radios`].
#[derive(Clone, Debug, Default)]
pub struct Radio<'a> {
    /// The value sent with the form.
    pub value: Cow<'a, str>,
    /// The words.
    pub text: Content<'a>,
    /// Help with this choice.
    pub hint: Option<Content<'a>>,
    /// Chosen, whatever the group's `value` is.
    pub checked: bool,
    /// Cannot be chosen.
    pub disabled: bool,
    /// What is asked only when this is chosen. Shown to all without scripts.
    pub conditional: Option<Markup>,
    /// A word such as “or” above this choice.
    pub divider: &'a str,
    /// The id; the group's id and a number by default.
    pub id: Option<Cow<'a, str>>,
}

impl<'a> Radio<'a> {
    /// A choice.
    pub fn new(value: impl Into<Cow<'a, str>>, text: impl Into<Content<'a>>) -> Self {
        Radio {
            value: value.into(),
            text: text.into(),
            ..Radio::default()
        }
    }
}

/// A group of which one is chosen.
#[derive(Clone, Debug, Default)]
pub struct Radios<'a> {
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
    /// The value of the choice that is made.
    pub value: Option<&'a str>,
    /// The choices.
    pub items: Vec<Radio<'a>>,
    /// Side by side, for two short choices.
    pub inline: bool,
    /// Smaller.
    pub small: bool,
    /// Ids of further elements that describe the group.
    pub described_by: &'a str,
    /// Further classes.
    pub classes: &'a str,
}

impl Radios<'_> {
    fn choice(&self, item: &Radio<'_>, id: &str) -> Markup {
        let checked = item.checked || self.value == Some(&*item.value);
        let hint = format!("{id}-item-hint");
        let conditional = format!("conditional-{id}");
        let label = Label {
            text: item.text.clone(),
            classes: "govuk-radios__label",
            ..Label::default()
        };
        html! {
            div class="govuk-radios__item" {
                input class="govuk-radios__input" id=(id) name=(self.name) type="radio" value=(item.value)
                    checked[checked] disabled[item.disabled]
                    data-aria-controls=[item.conditional.as_ref().map(|_| &conditional)]
                    aria-describedby=[item.hint.as_ref().map(|_| &hint)];
                (label.for_field(id))
                @if let Some(text) = &item.hint {
                    (Hint { id: &hint, text: text.clone(), classes: "govuk-radios__hint" })
                }
            }
            @if let Some(inner) = &item.conditional {
                div class=(classes(&["govuk-radios__conditional", if checked { "" } else { "govuk-radios__conditional--hidden" }]))
                    id=(conditional) { (inner) }
            }
        }
    }
}

impl Render for Radios<'_> {
    fn render(&self) -> Markup {
        let field = Field {
            id: self.id,
            label: &self.legend,
            hint: self.hint,
            error: self.error,
            described_by: self.described_by,
        };
        let inline = if self.inline {
            "govuk-radios--inline"
        } else {
            ""
        };
        let small = if self.small {
            "govuk-radios--small"
        } else {
            ""
        };
        let mut place = 0;
        let controls = html! {
            div class=(classes(&["govuk-radios", inline, small, self.classes])) data-module="govuk-radios" {
                @for item in &self.items {
                    @if !item.divider.is_empty() {
                        div class="govuk-radios__divider" { (item.divider) }
                    }
                    (self.choice(item, &item_id(self.id, item.id.as_deref(), !item.divider.is_empty(), &mut place)))
                }
            }
        };
        field.group_of_controls(None, controls)
    }
}
