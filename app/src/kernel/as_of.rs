//! A day in the past that is asked about.

use jiff::civil::Date;

use crate::kernel::clock::{Now, day, london};
use crate::kernel::{Fields, Problem, Refusal};

/// The end of a day in London.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AsOf {
    pub day: Date,
    /// The first UTC microsecond that is no longer part of it.
    until: i64,
}

impl AsOf {
    /// Reads `on=YYYY-MM-DD`, or the three fields of a date input.
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
}
