//! Choose a file to send.

use maud::{Markup, Render, html};

use crate::field::Field;
use crate::label::Label;

/// Choose a file to send. The form must be `multipart/form-data`.
#[derive(Clone, Debug, Default)]
pub struct FileUpload<'a> {
    /// The id; hint and error message derive theirs from it.
    pub id: &'a str,
    /// The name sent with the form.
    pub name: &'a str,
    /// The label.
    pub label: Label<'a>,
    /// Help: which kinds of file, how large.
    pub hint: Option<&'a str>,
    /// The error message.
    pub error: Option<&'a str>,
    /// Several files at once.
    pub multiple: bool,
    /// With a script: a place to drop files.
    pub drop_zone: bool,
    /// Cannot be used.
    pub disabled: bool,
    /// Ids of further elements that describe the field.
    pub described_by: &'a str,
    /// Further classes.
    pub classes: &'a str,
}

impl Render for FileUpload<'_> {
    fn render(&self) -> Markup {
        let field = Field {
            id: self.id,
            label: &self.label,
            hint: self.hint,
            error: self.error,
            described_by: self.described_by,
        };
        let input = html! {
            input class=(field.control_class("govuk-file-upload", self.classes)) id=(self.id) name=(self.name)
                type="file" disabled[self.disabled] multiple[self.multiple]
                aria-describedby=[field.described_by()];
        };
        field.group(html! {
            @if self.drop_zone {
                div class="govuk-file-upload-wrapper" data-module="govuk-file-upload" { (input) }
            } @else {
                (input)
            }
        })
    }
}
