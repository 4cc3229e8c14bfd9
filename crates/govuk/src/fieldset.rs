//! A group of related fields.

use maud::{Markup, Render, html};

use crate::content::{classes, given};
use crate::label::Legend;

/// Several fields under one legend. Radios, checkboxes and dates bring their own.
#[derive(Clone, Debug, Default)]
pub struct Fieldset<'a> {
    /// What the fields are about.
    pub legend: Legend<'a>,
    /// The fields.
    pub content: Markup,
    /// Ids of elements that describe the group.
    pub described_by: &'a str,
    /// An ARIA role; `group` for several text fields.
    pub role: &'a str,
    /// Further classes.
    pub classes: &'a str,
}

impl Render for Fieldset<'_> {
    fn render(&self) -> Markup {
        html! {
            fieldset class=(classes(&["govuk-fieldset", self.classes]))
                role=[given(self.role)] aria-describedby=[given(self.described_by)] {
                (self.legend.legend())
                (self.content)
            }
        }
    }
}
