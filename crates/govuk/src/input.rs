//! A field of one line.

use maud::{Markup, Render, html};

use crate::content::{Content, classes, given};
use crate::field::Field;
use crate::label::Label;

/// A unit or symbol before or after a field. Screen readers do not announce it, so the
/// label must say it too.
#[derive(Clone, Debug, Default)]
pub struct Affix<'a> {
    /// The unit.
    pub text: Content<'a>,
    /// Further classes.
    pub classes: &'a str,
}

impl<'a> Affix<'a> {
    /// A unit or symbol.
    pub fn new(text: impl Into<Content<'a>>) -> Self {
        Affix {
            text: text.into(),
            classes: "",
        }
    }
}

/// A field of one line.
#[derive(Clone, Debug)]
pub struct Input<'a> {
    /// The id; hint and error message derive theirs from it.
    pub id: &'a str,
    /// The name sent with the form.
    pub name: &'a str,
    /// The label.
    pub label: Label<'a>,
    /// Help.
    pub hint: Option<&'a str>,
    /// The error message.
    pub error: Option<&'a str>,
    /// What was entered; empty for nothing.
    pub value: &'a str,
    /// The `type` of the element.
    pub kind: &'a str,
    /// The width in characters (2, 3, 4, 5, 10, 20 or 30); the full width by default.
    pub width: Option<u8>,
    /// Which keyboard a telephone shows: `numeric` for whole numbers.
    pub inputmode: &'a str,
    /// What a browser may fill in.
    pub autocomplete: &'a str,
    /// `none` switches capital letters off.
    pub autocapitalize: &'a str,
    /// A pattern for the browser; `[0-9]*` for old iOS keyboards.
    pub pattern: &'a str,
    /// Switch the spelling check on or off.
    pub spellcheck: Option<bool>,
    /// A unit before the field.
    pub prefix: Option<Affix<'a>>,
    /// A unit after the field.
    pub suffix: Option<Affix<'a>>,
    /// Cannot be changed.
    pub disabled: bool,
    /// Ids of further elements that describe the field.
    pub described_by: &'a str,
    /// Further classes.
    pub classes: &'a str,
}

impl Default for Input<'_> {
    fn default() -> Self {
        Input {
            id: "",
            name: "",
            label: Label::default(),
            hint: None,
            error: None,
            value: "",
            kind: "text",
            width: None,
            inputmode: "",
            autocomplete: "",
            autocapitalize: "",
            pattern: "",
            spellcheck: None,
            prefix: None,
            suffix: None,
            disabled: false,
            described_by: "",
            classes: "",
        }
    }
}

impl Input<'_> {
    /// The field's surroundings.
    pub(crate) fn field(&self) -> Field<'_> {
        Field {
            id: self.id,
            label: &self.label,
            hint: self.hint,
            error: self.error,
            described_by: self.described_by,
        }
    }

    /// The `input` element alone.
    pub(crate) fn element(&self) -> Markup {
        let field = self.field();
        let width = self
            .width
            .map(|width| format!("govuk-input--width-{width}"))
            .unwrap_or_default();
        html! {
            input class=(field.control_class("govuk-input", &classes(&[&width, self.classes])))
                id=(self.id) name=(self.name) type=(self.kind)
                spellcheck=[self.spellcheck.map(|on| if on { "true" } else { "false" })]
                value=[given(self.value)] disabled[self.disabled]
                aria-describedby=[field.described_by()]
                autocomplete=[given(self.autocomplete)] autocapitalize=[given(self.autocapitalize)]
                pattern=[given(self.pattern)] inputmode=[given(self.inputmode)];
        }
    }
}

impl Render for Input<'_> {
    fn render(&self) -> Markup {
        let control = html! {
            @if self.prefix.is_some() || self.suffix.is_some() {
                div class="govuk-input__wrapper" {
                    @if let Some(prefix) = &self.prefix {
                        div class=(classes(&["govuk-input__prefix", prefix.classes])) aria-hidden="true" { (prefix.text) }
                    }
                    (self.element())
                    @if let Some(suffix) = &self.suffix {
                        div class=(classes(&["govuk-input__suffix", suffix.classes])) aria-hidden="true" { (suffix.text) }
                    }
                }
            } @else {
                (self.element())
            }
        };
        self.field().group(control)
    }
}
