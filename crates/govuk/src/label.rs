//! Labels, legends and hints.

use maud::{Markup, Render, html};

use crate::content::{Content, Size, classes, given};

/// The name of a field (`label`) or of a group of fields (`legend`).
#[derive(Clone, Debug, Default)]
pub struct Label<'a> {
    /// The words. When empty, no label or legend is written.
    pub text: Content<'a>,
    /// Larger than the text of the page.
    pub size: Option<Size>,
    /// The label is also the page's `h1`.
    pub heading: bool,
    /// Only for screen readers.
    pub hidden: bool,
    /// Further classes.
    pub classes: &'a str,
}

/// The name of a group of fields. Written like a [`Label`].
pub type Legend<'a> = Label<'a>;

impl<'a> Label<'a> {
    /// A label at the size of the text.
    pub fn new(text: impl Into<Content<'a>>) -> Self {
        Label {
            text: text.into(),
            ..Label::default()
        }
    }

    /// A large label that is the page's `h1`, for a page that asks one question.
    pub fn heading(text: impl Into<Content<'a>>) -> Self {
        Label {
            size: Some(Size::L),
            heading: true,
            ..Label::new(text)
        }
    }

    /// A label of the given size.
    pub fn sized(text: impl Into<Content<'a>>, size: Size) -> Self {
        Label {
            size: Some(size),
            ..Label::new(text)
        }
    }

    /// A label that only screen readers announce.
    pub fn hidden(text: impl Into<Content<'a>>) -> Self {
        Label {
            hidden: true,
            ..Label::new(text)
        }
    }

    /// The `label` element for the field with this id.
    pub fn for_field(&self, id: &str) -> Markup {
        let label = html! {
            label class=(self.class("govuk-label")) for=[given(id)] { (self.text) }
        };
        html! {
            @if !self.text.is_empty() {
                @if self.heading {
                    h1 class="govuk-label-wrapper" { (label) }
                } @else {
                    (label)
                }
            }
        }
    }

    /// The `legend` element, for the start of a fieldset.
    pub fn legend(&self) -> Markup {
        html! {
            @if !self.text.is_empty() {
                legend class=(self.class("govuk-fieldset__legend")) {
                    @if self.heading {
                        h1 class="govuk-fieldset__heading" { (self.text) }
                    } @else {
                        (self.text)
                    }
                }
            }
        }
    }

    fn class(&self, base: &str) -> String {
        let size = self.size.map(|size| size.class(base)).unwrap_or_default();
        let hidden = if self.hidden {
            "govuk-visually-hidden"
        } else {
            ""
        };
        classes(&[base, &size, hidden, self.classes])
    }
}

impl<'a> From<&'a str> for Label<'a> {
    fn from(text: &'a str) -> Self {
        Label::new(text)
    }
}

impl From<String> for Label<'_> {
    fn from(text: String) -> Self {
        Label::new(text)
    }
}

/// Help with a field. Fields write their own from `hint`; this is for the rest.
#[derive(Clone, Debug, Default)]
pub struct Hint<'a> {
    /// The id that a field names in `aria-describedby`.
    pub id: &'a str,
    /// The help.
    pub text: Content<'a>,
    /// Further classes.
    pub classes: &'a str,
}

impl Render for Hint<'_> {
    fn render(&self) -> Markup {
        html! {
            div id=[given(self.id)] class=(classes(&["govuk-hint", self.classes])) { (self.text) }
        }
    }
}
