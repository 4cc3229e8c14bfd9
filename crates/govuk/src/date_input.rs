//! A date in three fields.

use maud::{Markup, Render, html};

use crate::content::classes;
use crate::field::Field;
use crate::input::Input;
use crate::label::{Label, Legend};

/// Some of the parts of a date.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DateParts {
    /// The day.
    pub day: bool,
    /// The month.
    pub month: bool,
    /// The year.
    pub year: bool,
}

/// A date that the user remembers or can look up.
#[derive(Clone, Debug)]
pub struct DateInput<'a> {
    /// The id of the group; the parts have `-day`, `-month` and `-year` after it. An error
    /// summary leads to the first part that is wrong.
    pub id: &'a str,
    /// The names sent with the form are this and `-day`, `-month`, `-year`; without it they
    /// are `day`, `month`, `year`.
    pub name: &'a str,
    /// What date it is.
    pub legend: Legend<'a>,
    /// Help, with an example of a date.
    pub hint: Option<&'a str>,
    /// The error message.
    pub error: Option<&'a str>,
    /// Which parts are wrong; all when there is an error and none is named.
    pub wrong: DateParts,
    /// The day that was entered.
    pub day: &'a str,
    /// The month that was entered.
    pub month: &'a str,
    /// The year that was entered.
    pub year: &'a str,
    /// The labels of day, month and year.
    pub labels: [&'a str; 3],
    /// What a browser may fill in for day, month and year.
    pub autocomplete: [&'a str; 3],
    /// Ids of further elements that describe the group.
    pub described_by: &'a str,
    /// Further classes.
    pub classes: &'a str,
}

impl Default for DateInput<'_> {
    fn default() -> Self {
        DateInput {
            id: "",
            name: "",
            legend: Legend::default(),
            hint: None,
            error: None,
            wrong: DateParts::default(),
            day: "",
            month: "",
            year: "",
            labels: ["Day", "Month", "Year"],
            autocomplete: [""; 3],
            described_by: "",
            classes: "",
        }
    }
}

impl Render for DateInput<'_> {
    fn render(&self) -> Markup {
        let field = Field {
            id: self.id,
            label: &self.legend,
            hint: self.hint,
            error: self.error,
            described_by: self.described_by,
        };
        let all = self.error.is_some() && self.wrong == DateParts::default();
        let parts = [
            ("day", self.day, 2, self.wrong.day),
            ("month", self.month, 2, self.wrong.month),
            ("year", self.year, 4, self.wrong.year),
        ];
        let controls = html! {
            div class=(classes(&["govuk-date-input", self.classes])) id=(self.id) {
                @for (place, (part, value, width, wrong)) in parts.into_iter().enumerate() {
                    div class="govuk-date-input__item" {
                        (Input {
                            id: &format!("{}-{part}", self.id),
                            name: &if self.name.is_empty() { part.to_owned() } else { format!("{}-{part}", self.name) },
                            label: Label { classes: "govuk-date-input__label", ..Label::new(self.labels[place]) },
                            value,
                            width: Some(width),
                            inputmode: "numeric",
                            autocomplete: self.autocomplete[place],
                            classes: if all || wrong {
                                "govuk-date-input__input govuk-input--error"
                            } else {
                                "govuk-date-input__input"
                            },
                            ..Input::default()
                        })
                    }
                }
            }
        };
        // The role makes screen readers announce the description of a group of text fields.
        field.group_of_controls(Some("group"), controls)
    }
}
