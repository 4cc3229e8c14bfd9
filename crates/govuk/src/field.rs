//! What every field of a form shares: its name, help, error and how they are tied together.

use maud::{Markup, Render, html};

use crate::content::classes;
use crate::errors::ErrorMessage;
use crate::label::{Hint, Label};

/// The surroundings of one control, or of one group of controls.
pub(crate) struct Field<'a> {
    pub id: &'a str,
    pub label: &'a Label<'a>,
    pub hint: Option<&'a str>,
    pub error: Option<&'a str>,
    /// Ids of further elements that describe the field.
    pub described_by: &'a str,
}

impl Field<'_> {
    /// The ids of all that describes the field, for `aria-describedby`.
    pub fn described_by(&self) -> Option<String> {
        let mut ids = self.described_by.to_owned();
        for (present, suffix) in [
            (self.hint.is_some(), "hint"),
            (self.error.is_some(), "error"),
        ] {
            if present {
                if !ids.is_empty() {
                    ids.push(' ');
                }
                ids.push_str(&format!("{}-{suffix}", self.id));
            }
        }
        Some(ids).filter(|ids| !ids.is_empty())
    }

    /// The class of the form group around the field.
    pub fn group_class(&self, more: &str) -> String {
        let error = if self.error.is_some() {
            "govuk-form-group--error"
        } else {
            ""
        };
        classes(&["govuk-form-group", error, more])
    }

    /// The class of the control: its own, and that for an error.
    pub fn control_class(&self, base: &str, more: &str) -> String {
        let error = self.error.map(|_| format!("{base}--error"));
        classes(&[base, error.as_deref().unwrap_or(""), more])
    }

    /// Hint and error message.
    pub fn help(&self) -> Markup {
        html! {
            @if let Some(hint) = self.hint {
                (Hint { id: &format!("{}-hint", self.id), text: hint.into(), ..Hint::default() })
            }
            @if let Some(error) = self.error {
                (ErrorMessage { id: &format!("{}-error", self.id), text: error.into(), ..ErrorMessage::default() })
            }
        }
    }

    /// Label, hint, error message and the control.
    pub fn labelled(&self, control: impl Render) -> Markup {
        html! {
            (self.label.for_field(self.id))
            (self.help())
            (control)
        }
    }

    /// The form group of a labelled control.
    pub fn group(&self, control: impl Render) -> Markup {
        html! {
            div class=(self.group_class("")) { (self.labelled(control)) }
        }
    }

    /// The form group of several controls: in a fieldset when there is a legend.
    pub fn group_of_controls(&self, role: Option<&str>, controls: impl Render) -> Markup {
        html! {
            div class=(self.group_class("")) {
                @if self.label.text.is_empty() {
                    (self.help())
                    (controls)
                } @else {
                    fieldset class="govuk-fieldset" role=[role] aria-describedby=[self.described_by()] {
                        (self.label.legend())
                        (self.help())
                        (controls)
                    }
                }
            }
        }
    }
}

/// The id of the next choice of a group. The first has the group's own id, so that an error
/// summary can lead to it; dividers count, as they do in govuk-frontend.
pub(crate) fn item_id(group: &str, own: Option<&str>, divider: bool, place: &mut usize) -> String {
    *place += 1 + usize::from(divider);
    match own {
        Some(own) => own.to_owned(),
        None if *place == 1 => group.to_owned(),
        None => format!("{group}-{place}"),
    }
}
