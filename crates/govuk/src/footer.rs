//! The end of a page.

use std::borrow::Cow;

use maud::{Markup, Render, html};

use crate::content::{Content, classes};

/// One link of a [`Footer`].
#[derive(Clone, Debug)]
pub struct FooterLink<'a> {
    /// The words.
    pub text: Cow<'a, str>,
    /// The page.
    pub href: Cow<'a, str>,
}

impl<'a> FooterLink<'a> {
    /// A link.
    pub fn new(text: impl Into<Cow<'a, str>>, href: impl Into<Cow<'a, str>>) -> Self {
        FooterLink {
            text: text.into(),
            href: href.into(),
        }
    }
}

/// The end of a page: links, and a line about the service. Without the crown and without
/// Crown copyright, which are not ours.
#[derive(Clone, Debug)]
pub struct Footer<'a> {
    /// The heading of the links, for screen readers.
    pub title: &'a str,
    /// The links: accessibility, privacy, help.
    pub links: Vec<FooterLink<'a>>,
    /// A line under the links.
    pub content: Content<'a>,
    /// Further classes.
    pub classes: &'a str,
}

impl Default for Footer<'_> {
    fn default() -> Self {
        Footer {
            title: "Support links",
            links: Vec::new(),
            content: Content::default(),
            classes: "",
        }
    }
}

impl Render for Footer<'_> {
    fn render(&self) -> Markup {
        html! {
            div class=(classes(&["govuk-footer", self.classes])) {
                div class="govuk-width-container" {
                    div class="govuk-footer__meta" {
                        div class="govuk-footer__meta-item govuk-footer__meta-item--grow" {
                            @if !self.links.is_empty() || !self.content.is_empty() {
                                h2 class="govuk-visually-hidden" { (self.title) }
                            }
                            @if !self.links.is_empty() {
                                ul class="govuk-footer__inline-list" {
                                    @for link in &self.links {
                                        li class="govuk-footer__inline-list-item" {
                                            a class="govuk-footer__link" href=(link.href) { (link.text) }
                                        }
                                    }
                                }
                            }
                            @if !self.content.is_empty() {
                                div class="govuk-footer__meta-custom" { (self.content) }
                            }
                        }
                    }
                }
            }
        }
    }
}
