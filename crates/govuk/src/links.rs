//! Links around the main content: back, breadcrumbs, skip.

use std::borrow::Cow;

use maud::{Markup, Render, html};

use crate::content::{Content, classes};

/// The link to the page before.
#[derive(Clone, Debug)]
pub struct BackLink<'a> {
    /// Where it leads.
    pub href: &'a str,
    /// Its words.
    pub text: Content<'a>,
    /// Further classes.
    pub classes: &'a str,
}

impl<'a> BackLink<'a> {
    /// A link with the word “Back”.
    pub fn new(href: &'a str) -> Self {
        BackLink {
            href,
            text: "Back".into(),
            classes: "",
        }
    }
}

impl Render for BackLink<'_> {
    fn render(&self) -> Markup {
        html! {
            a href=(self.href) class=(classes(&["govuk-back-link", self.classes])) { (self.text) }
        }
    }
}

/// One step of [`Breadcrumbs`].
#[derive(Clone, Debug)]
pub struct Breadcrumb<'a> {
    /// The page's name.
    pub text: Content<'a>,
    /// The page; empty for the page one is on.
    pub href: Cow<'a, str>,
}

impl<'a> Breadcrumb<'a> {
    /// A page above this one.
    pub fn new(text: impl Into<Content<'a>>, href: impl Into<Cow<'a, str>>) -> Self {
        Breadcrumb {
            text: text.into(),
            href: href.into(),
        }
    }

    /// The page one is on.
    pub fn here(text: impl Into<Content<'a>>) -> Self {
        Breadcrumb::new(text, "")
    }
}

/// The way from the home page to this one.
#[derive(Clone, Debug)]
pub struct Breadcrumbs<'a> {
    /// The pages, from the top.
    pub items: Vec<Breadcrumb<'a>>,
    /// On small screens only the first and the last are shown.
    pub collapse_on_mobile: bool,
    /// What screen readers call it.
    pub label: &'a str,
    /// Further classes.
    pub classes: &'a str,
}

impl Default for Breadcrumbs<'_> {
    fn default() -> Self {
        Breadcrumbs {
            items: Vec::new(),
            collapse_on_mobile: false,
            label: "Breadcrumb",
            classes: "",
        }
    }
}

impl<'a> Breadcrumbs<'a> {
    /// Breadcrumbs that collapse on small screens.
    pub fn new(items: Vec<Breadcrumb<'a>>) -> Self {
        Breadcrumbs {
            items,
            collapse_on_mobile: true,
            ..Breadcrumbs::default()
        }
    }
}

impl Render for Breadcrumbs<'_> {
    fn render(&self) -> Markup {
        let collapse = if self.collapse_on_mobile {
            "govuk-breadcrumbs--collapse-on-mobile"
        } else {
            ""
        };
        html! {
            nav class=(classes(&["govuk-breadcrumbs", self.classes, collapse])) aria-label=(self.label) {
                ol class="govuk-breadcrumbs__list" {
                    @for item in &self.items {
                        @if item.href.is_empty() {
                            li class="govuk-breadcrumbs__list-item" aria-current="page" { (item.text) }
                        } @else {
                            li class="govuk-breadcrumbs__list-item" {
                                a class="govuk-breadcrumbs__link" href=(item.href) { (item.text) }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The first link of a page, for those who move by keyboard.
#[derive(Clone, Debug)]
pub struct SkipLink<'a> {
    /// The id it leads to, with `#`.
    pub href: &'a str,
    /// Its words.
    pub text: Content<'a>,
    /// Further classes.
    pub classes: &'a str,
}

impl Default for SkipLink<'_> {
    fn default() -> Self {
        SkipLink {
            href: "#main-content",
            text: "Skip to main content".into(),
            classes: "",
        }
    }
}

impl Render for SkipLink<'_> {
    fn render(&self) -> Markup {
        html! {
            a href=(self.href) class=(classes(&["govuk-skip-link", self.classes]))
                data-module="govuk-skip-link" { (self.text) }
        }
    }
}
