//! A field of several lines that says how much room is left.

use maud::{Markup, Render, html};

use crate::content::classes;
use crate::textarea::Textarea;

/// How long a text may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// At most so many characters.
    Characters(usize),
    /// At most so many words.
    Words(usize),
}

/// A [`Textarea`] with a limit. The server must hold the limit too.
#[derive(Clone, Debug)]
pub struct CharacterCount<'a> {
    /// The field.
    pub textarea: Textarea<'a>,
    /// How long the text may be.
    pub limit: Limit,
    /// The count shows only when this share of the limit (in per cent) is used up.
    pub threshold: Option<u8>,
    /// Further classes of the message.
    pub message_classes: &'a str,
}

impl<'a> CharacterCount<'a> {
    /// A field with a limit, whose count always shows.
    pub fn new(textarea: Textarea<'a>, limit: Limit) -> Self {
        CharacterCount {
            textarea,
            limit,
            threshold: None,
            message_classes: "",
        }
    }
}

impl Render for CharacterCount<'_> {
    fn render(&self) -> Markup {
        let (most, unit, count_type) = match self.limit {
            Limit::Characters(most) => (most, "characters", None),
            Limit::Words(most) => (most, "words", Some("words")),
        };
        let info = format!("{}-info", self.textarea.id);
        let textarea = Textarea {
            described_by: &classes(&[&info, self.textarea.described_by]),
            classes: &classes(&["govuk-js-character-count", self.textarea.classes]),
            ..self.textarea.clone()
        };
        let field = textarea.field();
        let control = html! {
            (textarea.element())
            div id=(info) class=(classes(&["govuk-hint govuk-character-count__message", self.message_classes])) {
                "You can enter up to " (most) " " (unit)
            }
        };
        html! {
            div class=(field.group_class("govuk-character-count")) data-module="govuk-character-count"
                data-maxlength=(most) data-threshold=[self.threshold] data-count-type=[count_type] {
                (field.labelled(control))
            }
        }
    }
}
