//! A list to choose one from. Radios are better for a short list.

use std::borrow::Cow;

use maud::{Markup, Render, html};

use crate::field::Field;
use crate::label::Label;

/// One entry of a [`Select`].
#[derive(Clone, Debug, Default)]
pub struct SelectItem<'a> {
    /// The value sent with the form.
    pub value: Cow<'a, str>,
    /// The words.
    pub text: Cow<'a, str>,
    /// Chosen, whatever the list's `value` is.
    pub selected: bool,
    /// Cannot be chosen.
    pub disabled: bool,
}

impl<'a> SelectItem<'a> {
    /// An entry.
    pub fn new(value: impl Into<Cow<'a, str>>, text: impl Into<Cow<'a, str>>) -> Self {
        SelectItem {
            value: value.into(),
            text: text.into(),
            ..SelectItem::default()
        }
    }
}

/// A list to choose one from.
#[derive(Clone, Debug, Default)]
pub struct Select<'a> {
    /// The id; hint and error message derive theirs from it.
    pub id: &'a str,
    /// The name sent with the form.
    pub name: &'a str,
    /// The label.
    pub label: Label<'a>,
    /// Help.
    pub hint: Option<&'a str>,
    /// The error message.
    pub error: Option<&'a str>,
    /// The value of the chosen entry.
    pub value: Option<&'a str>,
    /// The entries.
    pub items: Vec<SelectItem<'a>>,
    /// Ids of further elements that describe the field.
    pub described_by: &'a str,
    /// Further classes.
    pub classes: &'a str,
}

impl Render for Select<'_> {
    fn render(&self) -> Markup {
        let field = Field {
            id: self.id,
            label: &self.label,
            hint: self.hint,
            error: self.error,
            described_by: self.described_by,
        };
        let control = html! {
            select class=(field.control_class("govuk-select", self.classes)) id=(self.id) name=(self.name)
                aria-describedby=[field.described_by()] {
                @for item in &self.items {
                    option value=(item.value) selected[item.selected || self.value == Some(&*item.value)]
                        disabled[item.disabled] { (item.text) }
                }
            }
        };
        field.group(control)
    }
}
