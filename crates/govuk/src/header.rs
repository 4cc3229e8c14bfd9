//! The bar with the product's name.

use maud::{Markup, Render, html};

use crate::content::{Content, classes};

/// The design system's generic header: a name, without the crown or the GOV.UK logo, which
/// only services on GOV.UK may use.
#[derive(Clone, Debug)]
pub struct Header<'a> {
    /// The product's name.
    pub name: Content<'a>,
    /// The home page.
    pub href: &'a str,
    /// Further classes.
    pub classes: &'a str,
}

impl Default for Header<'_> {
    fn default() -> Self {
        Header {
            name: Content::default(),
            href: "/",
            classes: "",
        }
    }
}

impl Render for Header<'_> {
    fn render(&self) -> Markup {
        html! {
            div class=(classes(&["govuk-generic-header", self.classes])) {
                div class="govuk-generic-header__container govuk-width-container" {
                    div class="govuk-generic-header__logo" {
                        a href=(self.href) class="govuk-generic-header__homepage-link" { (self.name) }
                    }
                }
            }
        }
    }
}
