//! Sections that open and close. All open without scripts.

use maud::{Markup, Render, html};

use crate::content::{Content, classes, heading};

/// One section of an [`Accordion`].
#[derive(Clone, Debug, Default)]
pub struct AccordionSection<'a> {
    /// Its heading.
    pub heading: Content<'a>,
    /// A line under the heading.
    pub summary: Content<'a>,
    /// What it holds. Text becomes a paragraph.
    pub content: Content<'a>,
    /// Open from the start.
    pub expanded: bool,
}

impl<'a> AccordionSection<'a> {
    /// A closed section.
    pub fn new(heading: impl Into<Content<'a>>, content: impl Into<Content<'a>>) -> Self {
        AccordionSection {
            heading: heading.into(),
            content: content.into(),
            ..AccordionSection::default()
        }
    }
}

/// Sections that open and close.
#[derive(Clone, Debug, Default)]
pub struct Accordion<'a> {
    /// The id, unlike any other in the service: browsers remember by it what was open.
    pub id: &'a str,
    /// The sections.
    pub items: Vec<AccordionSection<'a>>,
    /// The level of the headings; 0 is 2.
    pub heading_level: u8,
    /// Whether the browser remembers what was open; it does by default.
    pub remember_expanded: Option<bool>,
    /// Further classes.
    pub classes: &'a str,
}

impl Accordion<'_> {
    fn section(&self, section: &AccordionSection<'_>, place: usize) -> Markup {
        let expanded = if section.expanded {
            "govuk-accordion__section--expanded"
        } else {
            ""
        };
        let button = html! {
            span class="govuk-accordion__section-button" id={ (self.id) "-heading-" (place) } {
                (section.heading)
            }
        };
        html! {
            div class=(classes(&["govuk-accordion__section", expanded])) {
                div class="govuk-accordion__section-header" {
                    (heading(self.heading_level, "govuk-accordion__section-heading", None, &button))
                    @if !section.summary.is_empty() {
                        div class="govuk-accordion__section-summary govuk-body" id={ (self.id) "-summary-" (place) } {
                            (section.summary)
                        }
                    }
                }
                div id={ (self.id) "-content-" (place) } class="govuk-accordion__section-content" {
                    (section.content.block("govuk-body"))
                }
            }
        }
    }
}

impl Render for Accordion<'_> {
    fn render(&self) -> Markup {
        html! {
            div class=(classes(&["govuk-accordion", self.classes])) data-module="govuk-accordion" id=(self.id)
                data-remember-expanded=[self.remember_expanded.map(|on| if on { "true" } else { "false" })] {
                @for (place, section) in self.items.iter().enumerate() {
                    (self.section(section, place + 1))
                }
            }
        }
    }
}
