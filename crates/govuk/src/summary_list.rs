//! What was answered, with links to change it.

use std::borrow::Cow;

use maud::{Markup, Render, html};

use crate::content::{Content, classes, given, heading};

/// A link beside a row or in a card's head.
#[derive(Clone, Debug)]
pub struct Action<'a> {
    /// What it does: “Change”.
    pub text: Content<'a>,
    /// Where it leads.
    pub href: Cow<'a, str>,
    /// What it is about, for screen readers: “name”.
    pub about: Cow<'a, str>,
    /// Further classes.
    pub classes: &'a str,
}

impl<'a> Action<'a> {
    /// A link and what it is about.
    pub fn new(
        text: impl Into<Content<'a>>,
        href: impl Into<Cow<'a, str>>,
        about: impl Into<Cow<'a, str>>,
    ) -> Self {
        Action {
            text: text.into(),
            href: href.into(),
            about: about.into(),
            classes: "",
        }
    }

    fn link(&self, card: Option<&Content<'_>>) -> Markup {
        html! {
            a class=(classes(&["govuk-link", self.classes])) href=(self.href) {
                (self.text)
                @if !self.about.is_empty() || card.is_some() {
                    span class="govuk-visually-hidden" {
                        @if let Some(about) = given(&self.about) { " " (about) }
                        @if let Some(card) = card { " (" (card) ")" }
                    }
                }
            }
        }
    }
}

/// One row of a [`SummaryList`].
#[derive(Clone, Debug, Default)]
pub struct SummaryRow<'a> {
    /// What it is.
    pub key: Content<'a>,
    /// Its value.
    pub value: Content<'a>,
    /// What can be done with it.
    pub actions: Vec<Action<'a>>,
    /// Further classes.
    pub classes: &'a str,
}

impl<'a> SummaryRow<'a> {
    /// A row without a link.
    pub fn new(key: impl Into<Content<'a>>, value: impl Into<Content<'a>>) -> Self {
        SummaryRow {
            key: key.into(),
            value: value.into(),
            ..SummaryRow::default()
        }
    }
}

/// The card around a [`SummaryList`], to tell several apart.
#[derive(Clone, Debug, Default)]
pub struct SummaryCard<'a> {
    /// Its title.
    pub title: Content<'a>,
    /// The level of its heading; 0 is 2.
    pub heading_level: u8,
    /// What can be done with the whole card.
    pub actions: Vec<Action<'a>>,
    /// Further classes.
    pub classes: &'a str,
}

/// What was answered.
#[derive(Clone, Debug, Default)]
pub struct SummaryList<'a> {
    /// The rows.
    pub rows: Vec<SummaryRow<'a>>,
    /// Put it into a card.
    pub card: Option<SummaryCard<'a>>,
    /// No lines between the rows.
    pub no_border: bool,
    /// Further classes.
    pub classes: &'a str,
}

impl SummaryList<'_> {
    fn list(&self) -> Markup {
        let any_actions = self.rows.iter().any(|row| !row.actions.is_empty());
        let card = self
            .card
            .as_ref()
            .map(|card| &card.title)
            .filter(|title| !title.is_empty());
        let no_border = if self.no_border {
            "govuk-summary-list--no-border"
        } else {
            ""
        };
        html! {
            dl class=(classes(&["govuk-summary-list", no_border, self.classes])) {
                @for row in &self.rows {
                    @let no_actions = if any_actions && row.actions.is_empty() { "govuk-summary-list__row--no-actions" } else { "" };
                    div class=(classes(&["govuk-summary-list__row", no_actions, row.classes])) {
                        dt class="govuk-summary-list__key" { (row.key) }
                        dd class="govuk-summary-list__value" { (row.value) }
                        @match row.actions.as_slice() {
                            [] => {},
                            [action] => dd class="govuk-summary-list__actions" { (action.link(card)) },
                            actions => dd class="govuk-summary-list__actions" {
                                ul class="govuk-summary-list__actions-list" {
                                    @for action in actions {
                                        li class="govuk-summary-list__actions-list-item" { (action.link(card)) }
                                    }
                                }
                            },
                        }
                    }
                }
            }
        }
    }
}

impl Render for SummaryList<'_> {
    fn render(&self) -> Markup {
        let Some(card) = &self.card else {
            return self.list();
        };
        let title = Some(&card.title).filter(|title| !title.is_empty());
        html! {
            div class=(classes(&["govuk-summary-card", card.classes])) {
                div class="govuk-summary-card__title-wrapper" {
                    @if let Some(title) = title {
                        (heading(card.heading_level, "govuk-summary-card__title", None, &html! { (title) }))
                    }
                    @match card.actions.as_slice() {
                        [] => {},
                        [action] => div class="govuk-summary-card__actions" { (action.link(title)) },
                        actions => ul class="govuk-summary-card__actions" {
                            @for action in actions {
                                li class="govuk-summary-card__action" { (action.link(title)) }
                            }
                        },
                    }
                }
                div class="govuk-summary-card__content" { (self.list()) }
            }
        }
    }
}
