//! A day in the past that a page is asked about.

use govuk::{DateInput, Legend, Size};
use jiff::civil::Date;
use maud::{Markup, html};

use crate::kernel::clock::{Now, day, london};
use crate::kernel::{Problem, Refusal};
use crate::web::Fields;
use crate::web::page::error_of;

/// The end of a day in London.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AsOf {
    pub day: Date,
    /// The first UTC microsecond that is no longer part of it.
    until: i64,
}

impl AsOf {
    /// Reads `on=YYYY-MM-DD`, or the three fields of [`AsOf::form`].
    ///
    /// # Errors
    /// [`Refusal::Invalid`] for what is no day, and for days to come.
    pub fn read(fields: &Fields, now: Now) -> Result<Option<AsOf>, Refusal> {
        let part = |name: &str| fields.one(&format!("on-{name}")).trim().to_owned();
        let parts = [part("year"), part("month"), part("day")];
        let text = match fields.one("on").trim() {
            "" if parts.iter().all(String::is_empty) => return Ok(None),
            "" => {
                let [year, month, day] = parts;
                format!("{year:0>4}-{month:0>2}-{day:0>2}")
            }
            text => text.to_owned(),
        };
        let problem = |said: &str| Refusal::Invalid(vec![Problem::new("on-day", said)]);
        let day: Date = text
            .parse()
            .map_err(|_| problem("Enter a real date, such as 27 3 2026"))?;
        if day > now.today() {
            return Err(problem("The day must be today or before"));
        }
        let london = london();
        let end = day.tomorrow().and_then(|next| next.to_zoned(london));
        let end = end.map_err(|_| problem("Enter a real date, such as 27 3 2026"))?;
        Ok(Some(AsOf {
            day,
            until: end.timestamp().as_microsecond(),
        }))
    }

    pub fn until(&self) -> i64 {
        self.until
    }

    /// "21 November 2026".
    pub fn words(&self) -> String {
        day(self.day)
    }

    /// `on=2026-11-21`.
    pub fn query(&self) -> String {
        format!("on={}", self.day)
    }

    /// The fields that ask for a day, as they were filled in.
    pub fn fields(legend: &str, typed: &Fields, on: Option<&AsOf>, problems: &[Problem]) -> Markup {
        let part = |name: &str, known: Option<i64>| match (typed.one(&format!("on-{name}")), known)
        {
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
}
