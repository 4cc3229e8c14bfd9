//! What can stand inside a component, and what all components share.

use std::borrow::Cow;

use maud::{Markup, Render, html};

/// Plain text, which is escaped, or markup made with [`maud::html!`].
#[derive(Clone, Debug)]
pub enum Content<'a> {
    /// Text; escaped.
    Text(Cow<'a, str>),
    /// Markup; taken as it is.
    Markup(Markup),
}

impl Content<'_> {
    /// Whether there is nothing to show.
    pub fn is_empty(&self) -> bool {
        match self {
            Content::Text(text) => text.is_empty(),
            Content::Markup(markup) => markup.0.is_empty(),
        }
    }

    /// Text as a paragraph, markup as it is.
    pub(crate) fn block(&self, paragraph_class: &str) -> Markup {
        match self {
            Content::Text(text) if text.is_empty() => html! {},
            Content::Text(text) => html! { p class=(paragraph_class) { (text) } },
            Content::Markup(markup) => markup.clone(),
        }
    }
}

impl Default for Content<'_> {
    fn default() -> Self {
        Content::Text(Cow::Borrowed(""))
    }
}

impl Render for Content<'_> {
    fn render_to(&self, buffer: &mut String) {
        match self {
            Content::Text(text) => text.render_to(buffer),
            Content::Markup(markup) => markup.render_to(buffer),
        }
    }
}

impl<'a> From<&'a str> for Content<'a> {
    fn from(text: &'a str) -> Self {
        Content::Text(Cow::Borrowed(text))
    }
}

impl<'a> From<&'a String> for Content<'a> {
    fn from(text: &'a String) -> Self {
        Content::Text(Cow::Borrowed(text))
    }
}

impl From<String> for Content<'_> {
    fn from(text: String) -> Self {
        Content::Text(Cow::Owned(text))
    }
}

impl<'a> From<Cow<'a, str>> for Content<'a> {
    fn from(text: Cow<'a, str>) -> Self {
        Content::Text(text)
    }
}

impl From<Markup> for Content<'_> {
    fn from(markup: Markup) -> Self {
        Content::Markup(markup)
    }
}

/// The sizes of headings, labels, legends and captions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Size {
    /// Extra large.
    Xl,
    /// Large: the usual size of a page heading.
    L,
    /// Medium.
    M,
    /// Small: bold, at the size of the text.
    S,
}

impl Size {
    /// The class of this size, such as `govuk-label--l` for the base `govuk-label`.
    pub(crate) fn class(self, base: &str) -> String {
        let suffix = match self {
            Size::Xl => "xl",
            Size::L => "l",
            Size::M => "m",
            Size::S => "s",
        };
        format!("{base}--{suffix}")
    }
}

/// The value of a class attribute: the parts that are not empty.
pub(crate) fn classes(parts: &[&str]) -> String {
    let mut joined = String::new();
    for part in parts.iter().filter(|part| !part.is_empty()) {
        if !joined.is_empty() {
            joined.push(' ');
        }
        joined.push_str(part);
    }
    joined
}

/// An attribute that is left out when it is empty.
pub(crate) fn given(value: &str) -> Option<&str> {
    Some(value).filter(|value| !value.is_empty())
}

/// A heading of the given level (2 when it is not one of 1 to 6).
pub(crate) fn heading(level: u8, class: &str, id: Option<&str>, inner: &Markup) -> Markup {
    html! {
        @match level {
            1 => h1 class=(class) id=[id] { (inner) },
            3 => h3 class=(class) id=[id] { (inner) },
            4 => h4 class=(class) id=[id] { (inner) },
            5 => h5 class=(class) id=[id] { (inner) },
            6 => h6 class=(class) id=[id] { (inner) },
            _ => h2 class=(class) id=[id] { (inner) },
        }
    }
}
