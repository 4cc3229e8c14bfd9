//! Parts of running text: inset text, warning, details, panel.

use maud::{Markup, Render, html};

use crate::content::{Content, classes, given, heading};

/// Text set apart from the text around it.
#[derive(Clone, Debug, Default)]
pub struct InsetText<'a> {
    /// The text.
    pub content: Content<'a>,
    /// The id.
    pub id: &'a str,
    /// Further classes.
    pub classes: &'a str,
}

impl<'a> InsetText<'a> {
    /// Text set apart.
    pub fn new(content: impl Into<Content<'a>>) -> Self {
        InsetText {
            content: content.into(),
            ..InsetText::default()
        }
    }
}

impl Render for InsetText<'_> {
    fn render(&self) -> Markup {
        html! {
            div id=[given(self.id)] class=(classes(&["govuk-inset-text", self.classes])) { (self.content) }
        }
    }
}

/// A warning of something important, such as a consequence in law.
#[derive(Clone, Debug)]
pub struct WarningText<'a> {
    /// The warning.
    pub content: Content<'a>,
    /// What screen readers say for the sign.
    pub prefix: &'a str,
    /// Further classes.
    pub classes: &'a str,
}

impl<'a> WarningText<'a> {
    /// A warning.
    pub fn new(content: impl Into<Content<'a>>) -> Self {
        WarningText {
            content: content.into(),
            prefix: "Warning",
            classes: "",
        }
    }
}

impl Render for WarningText<'_> {
    fn render(&self) -> Markup {
        html! {
            div class=(classes(&["govuk-warning-text", self.classes])) {
                span class="govuk-warning-text__icon" aria-hidden="true" { "!" }
                " "
                strong class="govuk-warning-text__text" {
                    span class="govuk-visually-hidden" { (self.prefix) }
                    " "
                    (self.content)
                }
            }
        }
    }
}

/// Text that is shown on request.
#[derive(Clone, Debug, Default)]
pub struct Details<'a> {
    /// What opens it.
    pub summary: Content<'a>,
    /// What it hides.
    pub content: Content<'a>,
    /// Open from the start.
    pub open: bool,
    /// The id.
    pub id: &'a str,
    /// Further classes.
    pub classes: &'a str,
}

impl<'a> Details<'a> {
    /// Text shown on request.
    pub fn new(summary: impl Into<Content<'a>>, content: impl Into<Content<'a>>) -> Self {
        Details {
            summary: summary.into(),
            content: content.into(),
            ..Details::default()
        }
    }
}

impl Render for Details<'_> {
    fn render(&self) -> Markup {
        html! {
            details id=[given(self.id)] class=(classes(&["govuk-details", self.classes])) open[self.open] {
                summary class="govuk-details__summary" {
                    span class="govuk-details__summary-text" { (self.summary) }
                }
                div class="govuk-details__text" { (self.content) }
            }
        }
    }
}

/// The large confirmation at the end of a journey.
#[derive(Clone, Debug, Default)]
pub struct Panel<'a> {
    /// What has happened.
    pub title: Content<'a>,
    /// More, such as a reference.
    pub content: Content<'a>,
    /// The level of the heading; 0 is 1.
    pub heading_level: u8,
    /// Further classes.
    pub classes: &'a str,
}

impl<'a> Panel<'a> {
    /// A confirmation.
    pub fn new(title: impl Into<Content<'a>>, content: impl Into<Content<'a>>) -> Self {
        Panel {
            title: title.into(),
            content: content.into(),
            ..Panel::default()
        }
    }
}

impl Render for Panel<'_> {
    fn render(&self) -> Markup {
        html! {
            div class=(classes(&["govuk-panel govuk-panel--confirmation", self.classes])) {
                (heading(self.heading_level.max(1), "govuk-panel__title", None, &html! { (self.title) }))
                @if !self.content.is_empty() {
                    div class="govuk-panel__body" { (self.content) }
                }
            }
        }
    }
}
