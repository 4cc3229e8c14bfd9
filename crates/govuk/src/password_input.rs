//! A field for a password, which a script lets the user show.

use maud::{Markup, Render, html};

use crate::content::classes;
use crate::input::Input;
use crate::label::Label;

/// A field for a password. What was entered is never written back.
#[derive(Clone, Debug)]
pub struct PasswordInput<'a> {
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
    /// `current-password` to sign in, `new-password` to choose one.
    pub autocomplete: &'a str,
    /// Ids of further elements that describe the field.
    pub described_by: &'a str,
    /// Further classes.
    pub classes: &'a str,
}

impl Default for PasswordInput<'_> {
    fn default() -> Self {
        PasswordInput {
            id: "",
            name: "",
            label: Label::default(),
            hint: None,
            error: None,
            autocomplete: "current-password",
            described_by: "",
            classes: "",
        }
    }
}

impl Render for PasswordInput<'_> {
    fn render(&self) -> Markup {
        let input = Input {
            id: self.id,
            name: self.name,
            label: self.label.clone(),
            hint: self.hint,
            error: self.error,
            kind: "password",
            spellcheck: Some(false),
            autocapitalize: "none",
            autocomplete: self.autocomplete,
            described_by: self.described_by,
            classes: &classes(&[
                "govuk-password-input__input govuk-js-password-input-input",
                self.classes,
            ]),
            ..Input::default()
        };
        let field = input.field();
        let control = html! {
            div class="govuk-input__wrapper govuk-password-input__wrapper" {
                (input.element())
                button type="button" data-module="govuk-button"
                    class="govuk-button govuk-button--secondary govuk-password-input__toggle govuk-js-password-input-toggle"
                    aria-controls=(self.id) aria-label="Show password" hidden { "Show" }
            }
        };
        html! {
            div class=(field.group_class("govuk-password-input")) data-module="govuk-password-input" {
                (field.labelled(control))
            }
        }
    }
}
