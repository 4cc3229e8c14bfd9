//! A field of several lines.

use maud::{Markup, Render, html};

use crate::content::given;
use crate::field::Field;
use crate::label::Label;

/// A field of several lines.
#[derive(Clone, Debug)]
pub struct Textarea<'a> {
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
    /// What was entered.
    pub value: &'a str,
    /// The height in lines.
    pub rows: u16,
    /// What a browser may fill in.
    pub autocomplete: &'a str,
    /// Switch the spelling check on or off.
    pub spellcheck: Option<bool>,
    /// Ids of further elements that describe the field.
    pub described_by: &'a str,
    /// Further classes.
    pub classes: &'a str,
}

impl Default for Textarea<'_> {
    fn default() -> Self {
        Textarea {
            id: "",
            name: "",
            label: Label::default(),
            hint: None,
            error: None,
            value: "",
            rows: 5,
            autocomplete: "",
            spellcheck: None,
            described_by: "",
            classes: "",
        }
    }
}

impl Textarea<'_> {
    /// The field's surroundings.
    pub(crate) fn field(&self) -> Field<'_> {
        Field {
            id: self.id,
            label: &self.label,
            hint: self.hint,
            error: self.error,
            described_by: self.described_by,
        }
    }

    /// The `textarea` element alone.
    pub(crate) fn element(&self) -> Markup {
        let field = self.field();
        html! {
            textarea class=(field.control_class("govuk-textarea", self.classes))
                id=(self.id) name=(self.name) rows=(self.rows)
                spellcheck=[self.spellcheck.map(|on| if on { "true" } else { "false" })]
                aria-describedby=[field.described_by()]
                autocomplete=[given(self.autocomplete)] {
                // A browser drops one line break at the start: give it one to drop.
                @if self.value.starts_with(['\n', '\r']) { "\n" }
                (self.value)
            }
        }
    }
}

impl Render for Textarea<'_> {
    fn render(&self) -> Markup {
        self.field().group(self.element())
    }
}
