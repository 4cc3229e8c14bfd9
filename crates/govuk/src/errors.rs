//! Error messages and the summary of them.

use std::borrow::Cow;

use maud::{Markup, Render, html};

use crate::content::{Content, classes, given};

/// The message beside a field. Fields write their own from `error`; this is for the rest.
#[derive(Clone, Debug)]
pub struct ErrorMessage<'a> {
    /// The id that a field names in `aria-describedby`.
    pub id: &'a str,
    /// What went wrong and how to put it right.
    pub text: Content<'a>,
    /// The word that screen readers hear first. Empty for none.
    pub prefix: &'a str,
    /// Further classes.
    pub classes: &'a str,
}

impl Default for ErrorMessage<'_> {
    fn default() -> Self {
        ErrorMessage {
            id: "",
            text: Content::default(),
            prefix: "Error",
            classes: "",
        }
    }
}

impl Render for ErrorMessage<'_> {
    fn render(&self) -> Markup {
        html! {
            p id=[given(self.id)] class=(classes(&["govuk-error-message", self.classes])) {
                @if !self.prefix.is_empty() {
                    span class="govuk-visually-hidden" { (self.prefix) ":" }
                    " "
                }
                (self.text)
            }
        }
    }
}

/// One line of an [`ErrorSummary`].
#[derive(Clone, Debug)]
pub struct ErrorItem<'a> {
    /// The message, the same as beside the field.
    pub text: Content<'a>,
    /// Where the line leads, normally `#` and the id of the field. Empty for no link.
    pub href: Cow<'a, str>,
}

impl<'a> ErrorItem<'a> {
    /// A message that leads to the field with this id. For radios and checkboxes that
    /// is the id of the group, for a date the id of the first wrong part.
    pub fn for_field(id: &str, text: impl Into<Content<'a>>) -> Self {
        ErrorItem {
            text: text.into(),
            href: Cow::Owned(format!("#{id}")),
        }
    }

    /// A message that leads nowhere.
    pub fn new(text: impl Into<Content<'a>>) -> Self {
        ErrorItem {
            text: text.into(),
            href: Cow::Borrowed(""),
        }
    }
}

/// The list of all errors at the top of a page.
#[derive(Clone, Debug)]
pub struct ErrorSummary<'a> {
    /// The heading.
    pub title: Content<'a>,
    /// Words under the heading, seldom needed.
    pub description: Content<'a>,
    /// The errors, in the order of the fields.
    pub items: Vec<ErrorItem<'a>>,
    /// Further classes.
    pub classes: &'a str,
}

impl Default for ErrorSummary<'_> {
    fn default() -> Self {
        ErrorSummary {
            title: "There is a problem".into(),
            description: Content::default(),
            items: Vec::new(),
            classes: "",
        }
    }
}

impl<'a> ErrorSummary<'a> {
    /// A summary from pairs of field id and message.
    pub fn of<T: Into<Content<'a>>>(
        errors: impl IntoIterator<Item = (impl AsRef<str>, T)>,
    ) -> Self {
        ErrorSummary {
            items: errors
                .into_iter()
                .map(|(id, text)| ErrorItem::for_field(id.as_ref(), text))
                .collect(),
            ..ErrorSummary::default()
        }
    }
}

impl Render for ErrorSummary<'_> {
    fn render(&self) -> Markup {
        html! {
            div class=(classes(&["govuk-error-summary", self.classes])) data-module="govuk-error-summary" {
                div role="alert" {
                    h2 class="govuk-error-summary__title" { (self.title) }
                    div class="govuk-error-summary__body" {
                        @if !self.description.is_empty() {
                            p { (self.description) }
                        }
                        @if !self.items.is_empty() {
                            ul class="govuk-list govuk-error-summary__list" {
                                @for item in &self.items {
                                    li {
                                        @if item.href.is_empty() {
                                            (item.text)
                                        } @else {
                                            a href=(item.href) { (item.text) }
                                        }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}
