//! Tags.

use maud::{Markup, Render, html};

use crate::content::{Content, classes};

/// The colour of a [`Tag`]. Its words must carry the meaning without it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Colour {
    /// The design system's own.
    #[default]
    Default,
    /// Grey.
    Grey,
    /// Green.
    Green,
    /// Teal.
    Teal,
    /// Blue.
    Blue,
    /// Purple.
    Purple,
    /// Magenta.
    Magenta,
    /// Red.
    Red,
    /// Orange.
    Orange,
    /// Yellow.
    Yellow,
}

impl Colour {
    /// The colour with this name, as written in a pack.
    pub fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "" => Colour::Default,
            "grey" => Colour::Grey,
            "green" => Colour::Green,
            "teal" => Colour::Teal,
            "blue" => Colour::Blue,
            "purple" => Colour::Purple,
            "magenta" => Colour::Magenta,
            "red" => Colour::Red,
            "orange" => Colour::Orange,
            "yellow" => Colour::Yellow,
            _ => return None,
        })
    }

    fn class(self) -> &'static str {
        match self {
            Colour::Default => "",
            Colour::Grey => "govuk-tag--grey",
            Colour::Green => "govuk-tag--green",
            Colour::Teal => "govuk-tag--teal",
            Colour::Blue => "govuk-tag--blue",
            Colour::Purple => "govuk-tag--purple",
            Colour::Magenta => "govuk-tag--magenta",
            Colour::Red => "govuk-tag--red",
            Colour::Orange => "govuk-tag--orange",
            Colour::Yellow => "govuk-tag--yellow",
        }
    }
}

/// The state of a thing in a word or two.
#[derive(Clone, Debug, Default)]
pub struct Tag<'a> {
    /// The words.
    pub text: Content<'a>,
    /// The colour.
    pub colour: Colour,
    /// Further classes.
    pub classes: &'a str,
}

impl<'a> Tag<'a> {
    /// A tag.
    pub fn new(text: impl Into<Content<'a>>, colour: Colour) -> Self {
        Tag {
            text: text.into(),
            colour,
            classes: "",
        }
    }
}

impl Render for Tag<'_> {
    fn render(&self) -> Markup {
        html! {
            strong class=(classes(&["govuk-tag", self.colour.class(), self.classes])) { (self.text) }
        }
    }
}
