//! The line that says in which phase a service is.

use maud::{Markup, Render, html};

use crate::content::{Content, classes};
use crate::tag::{Colour, Tag};

/// The line under the header: alpha, beta, or another short notice.
#[derive(Clone, Debug, Default)]
pub struct PhaseBanner<'a> {
    /// The phase.
    pub tag: Content<'a>,
    /// What that means, with a link for feedback.
    pub content: Content<'a>,
    /// Further classes.
    pub classes: &'a str,
}

impl Render for PhaseBanner<'_> {
    fn render(&self) -> Markup {
        let tag = Tag {
            text: self.tag.clone(),
            colour: Colour::Default,
            classes: "govuk-phase-banner__content__tag",
        };
        html! {
            div class=(classes(&["govuk-phase-banner govuk-width-container", self.classes])) {
                p class="govuk-phase-banner__content" {
                    (tag)
                    " "
                    span class="govuk-phase-banner__text" { (self.content) }
                }
            }
        }
    }
}
