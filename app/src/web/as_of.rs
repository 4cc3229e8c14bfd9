//! Asking for a day in the past.

use govuk::{DateInput, Legend, Size};
use maud::{Markup, html};

use crate::kernel::as_of::AsOf;
use crate::kernel::{Fields, Problem};
use crate::web::page::error_of;

/// The fields that ask for a day, as they were filled in.
pub fn date_fields(
    legend: &str,
    typed: &Fields,
    on: Option<&AsOf>,
    problems: &[Problem],
) -> Markup {
    let part = |name: &str, known: Option<i64>| match (typed.one(&format!("on-{name}")), known) {
        ("", Some(known)) => known.to_string(),
        (typed, _) => typed.to_owned(),
    };
    let known = on.map(|on| on.day);
    html! {
        (DateInput {
            id: "on",
            name: "on",
            legend: Legend::sized(legend, Size::S),
            hint: Some("For example, 27 3 2026. You see what stood at the end of that day."),
            error: error_of(problems, "on-day"),
            day: &part("day", known.map(|d| d.day().into())),
            month: &part("month", known.map(|d| d.month().into())),
            year: &part("year", known.map(|d| d.year().into())),
            ..DateInput::default()
        })
    }
}
