//! Buttons that submit a form, and links that look like them.

use maud::{Markup, Render, html};

use crate::content::{Content, classes, given};

/// How a button looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ButtonStyle {
    /// The main act of the page.
    #[default]
    Primary,
    /// Another act.
    Secondary,
    /// An act with serious consequences.
    Warning,
    /// On a dark background.
    Inverse,
}

/// The `type` of a `button` element.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ButtonType {
    /// Sends the form.
    #[default]
    Submit,
    /// Does nothing without a script.
    Button,
    /// Resets the form.
    Reset,
}

/// A button, or with `href` a link that looks like one.
#[derive(Clone, Debug, Default)]
pub struct Button<'a> {
    /// What pressing it does.
    pub text: Content<'a>,
    /// How it looks.
    pub style: ButtonStyle,
    /// Where it leads; makes it a link.
    pub href: &'a str,
    /// The start of a service: larger, with an arrow.
    pub start: bool,
    /// The `type` when it is not a link.
    pub kind: ButtonType,
    /// The name sent with the form.
    pub name: &'a str,
    /// The value sent with the form.
    pub value: &'a str,
    /// Cannot be pressed. Best avoided: say instead what is missing.
    pub disabled: bool,
    /// A second press within a second is ignored.
    pub prevent_double_click: bool,
    /// The id.
    pub id: &'a str,
    /// Further classes.
    pub classes: &'a str,
}

impl<'a> Button<'a> {
    /// The button that sends a form.
    pub fn submit(text: impl Into<Content<'a>>) -> Self {
        Button {
            text: text.into(),
            ..Button::default()
        }
    }

    /// A secondary button that sends a form.
    pub fn secondary(text: impl Into<Content<'a>>) -> Self {
        Button {
            style: ButtonStyle::Secondary,
            ..Button::submit(text)
        }
    }

    /// A button with serious consequences.
    pub fn warning(text: impl Into<Content<'a>>) -> Self {
        Button {
            style: ButtonStyle::Warning,
            ..Button::submit(text)
        }
    }

    /// A link that looks like a button.
    pub fn link(text: impl Into<Content<'a>>, href: &'a str) -> Self {
        Button {
            href,
            ..Button::submit(text)
        }
    }

    /// The link that starts a service.
    pub fn start(text: impl Into<Content<'a>>, href: &'a str) -> Self {
        Button {
            start: true,
            ..Button::link(text, href)
        }
    }

    fn class(&self) -> String {
        let style = match self.style {
            ButtonStyle::Primary => "",
            ButtonStyle::Secondary => "govuk-button--secondary",
            ButtonStyle::Warning => "govuk-button--warning",
            ButtonStyle::Inverse => "govuk-button--inverse",
        };
        let start = if self.start {
            "govuk-button--start"
        } else {
            ""
        };
        classes(&["govuk-button", style, self.classes, start])
    }

    fn inner(&self) -> Markup {
        html! {
            // The start button is a flex box, which would swallow the spaces between elements.
            @match &self.text {
                Content::Markup(markup) if self.start => span { (markup) },
                text => (text),
            }
            @if self.start {
                svg class="govuk-button__start-icon" xmlns="http://www.w3.org/2000/svg"
                    width="17.5" height="19" viewBox="0 0 33 40" aria-hidden="true" focusable="false" {
                    path fill="currentColor" d="M0 0h13l20 20-20 20H0l20-20z" {}
                }
            }
        }
    }
}

impl Render for Button<'_> {
    fn render(&self) -> Markup {
        let kind = match self.kind {
            ButtonType::Submit => "submit",
            ButtonType::Button => "button",
            ButtonType::Reset => "reset",
        };
        html! {
            @if self.href.is_empty() {
                button type=(kind) value=[given(self.value)] name=[given(self.name)]
                    disabled[self.disabled] aria-disabled=[self.disabled.then_some("true")]
                    data-prevent-double-click=[self.prevent_double_click.then_some("true")]
                    class=(self.class()) data-module="govuk-button" id=[given(self.id)] {
                    (self.inner())
                }
            } @else {
                a href=(self.href) role="button" draggable="false"
                    class=(self.class()) data-module="govuk-button" id=[given(self.id)] {
                    (self.inner())
                }
            }
        }
    }
}
