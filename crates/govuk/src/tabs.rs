//! Related content of which one part is shown at a time. All parts without scripts.

use std::borrow::Cow;

use maud::{Markup, Render, html};

use crate::content::{Content, classes, given};

/// One tab of [`Tabs`].
#[derive(Clone, Debug)]
pub struct Tab<'a> {
    /// The id of its panel.
    pub id: Cow<'a, str>,
    /// Its name.
    pub label: Cow<'a, str>,
    /// What it shows. Text becomes a paragraph.
    pub content: Content<'a>,
}

impl<'a> Tab<'a> {
    /// A tab.
    pub fn new(
        id: impl Into<Cow<'a, str>>,
        label: impl Into<Cow<'a, str>>,
        content: impl Into<Content<'a>>,
    ) -> Self {
        Tab {
            id: id.into(),
            label: label.into(),
            content: content.into(),
        }
    }
}

/// Related content of which one part is shown at a time.
#[derive(Clone, Debug)]
pub struct Tabs<'a> {
    /// The tabs.
    pub items: Vec<Tab<'a>>,
    /// The heading that shows without scripts and on small screens.
    pub title: &'a str,
    /// The id.
    pub id: &'a str,
    /// Further classes.
    pub classes: &'a str,
}

impl Default for Tabs<'_> {
    fn default() -> Self {
        Tabs {
            items: Vec::new(),
            title: "Contents",
            id: "",
            classes: "",
        }
    }
}

impl Render for Tabs<'_> {
    fn render(&self) -> Markup {
        html! {
            div id=[given(self.id)] class=(classes(&["govuk-tabs", self.classes])) data-module="govuk-tabs" {
                h2 class="govuk-tabs__title" { (self.title) }
                @if !self.items.is_empty() {
                    ul class="govuk-tabs__list" {
                        @for (place, tab) in self.items.iter().enumerate() {
                            @let selected = if place == 0 { "govuk-tabs__list-item--selected" } else { "" };
                            li class=(classes(&["govuk-tabs__list-item", selected])) {
                                a class="govuk-tabs__tab" href={ "#" (tab.id) } { (tab.label) }
                            }
                        }
                    }
                    @for (place, tab) in self.items.iter().enumerate() {
                        @let hidden = if place == 0 { "" } else { "govuk-tabs__panel--hidden" };
                        div class=(classes(&["govuk-tabs__panel", hidden])) id=(tab.id) {
                            (tab.content.block("govuk-body"))
                        }
                    }
                }
            }
        }
    }
}
