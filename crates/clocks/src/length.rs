//! How long a clock runs, in the words of the law: "20 working days", "1 month", "72 hours".

use std::fmt;

use serde::Serialize;

/// The longest length that is taken, ten years: what is longer is a slip of the pen.
const MAX_YEARS: u32 = 10;

/// A length of time. Real hours, working days and calendar lengths are counted in different ways, so they do not mix.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Length {
    /// Real hours, 1 to 87,600.
    Hours(u32),
    /// Working days of a set of holidays, 1 to 2,600.
    WorkingDays(u32),
    /// Days and months of the calendar, together at most ten years. The days are counted first.
    Calendar {
        /// Days, weeks counted as seven.
        days: u32,
        /// Months: to the same day of the month, or to the last day of a shorter one.
        months: u32,
    },
}

/// What is wrong with a length.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LengthFault(pub String);

impl fmt::Display for LengthFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for LengthFault {}

#[derive(Clone, Copy, PartialEq)]
enum Unit {
    Hours,
    Days,
    Weeks,
    Months,
    WorkingDays,
}

impl Unit {
    fn read(word: &str) -> Option<Unit> {
        Some(match word {
            "hour" | "hours" => Unit::Hours,
            "day" | "days" => Unit::Days,
            "week" | "weeks" => Unit::Weeks,
            "month" | "months" => Unit::Months,
            "working day" | "working days" => Unit::WorkingDays,
            _ => return None,
        })
    }

    fn of(self, number: u32) -> Length {
        match self {
            Unit::Hours => Length::Hours(number),
            Unit::WorkingDays => Length::WorkingDays(number),
            Unit::Days => Length::Calendar {
                days: number,
                months: 0,
            },
            Unit::Weeks => Length::Calendar {
                days: number.saturating_mul(7),
                months: 0,
            },
            Unit::Months => Length::Calendar {
                days: 0,
                months: number,
            },
        }
    }
}

impl Length {
    /// Reads "20 working days", "1 month", "72 hours", "8 weeks", "6 weeks and 1 month".
    ///
    /// # Errors
    /// What is no length, is nought, is longer than ten years, or mixes ways of counting.
    pub fn read(text: &str) -> Result<Length, LengthFault> {
        let fault = |why: &str| LengthFault(format!("\"{text}\" is no length: {why}"));
        let mut whole: Option<Length> = None;
        for part in text.split(" and ") {
            let (number, unit) = part
                .trim()
                .split_once(' ')
                .ok_or_else(|| fault("write it as in \"20 working days\" or \"1 month\""))?;
            let number: u32 = number
                .parse()
                .map_err(|_| fault("it begins with a whole number"))?;
            let unit = Unit::read(unit.trim()).ok_or_else(|| {
                fault("the units are hours, days, weeks, months and working days")
            })?;
            let length = unit.of(number).checked().map_err(|why| fault(&why))?;
            whole = Some(match whole {
                None => length,
                Some(first) => first
                    .plus(length)
                    .ok_or_else(|| fault("hours and working days stand alone"))?,
            });
        }
        whole
            .ok_or_else(|| fault("it is blank"))?
            .checked()
            .map_err(|why| fault(&why))
    }

    fn plus(self, more: Length) -> Option<Length> {
        match (self, more) {
            (
                Length::Calendar { days, months },
                Length::Calendar {
                    days: more_days,
                    months: more_months,
                },
            ) => Some(Length::Calendar {
                days: days + more_days,
                months: months + more_months,
            }),
            _ => None,
        }
    }

    fn checked(self) -> Result<Length, String> {
        let (nought, long) = match self {
            Length::Hours(n) => (n == 0, n > MAX_YEARS * 8_760),
            Length::WorkingDays(n) => (n == 0, n > MAX_YEARS * 260),
            Length::Calendar { days, months } => (
                days == 0 && months == 0,
                days > MAX_YEARS * 366 || months > MAX_YEARS * 12,
            ),
        };
        if nought {
            Err("it is nought".to_owned())
        } else if long {
            Err(format!("it is longer than {MAX_YEARS} years"))
        } else {
            Ok(self)
        }
    }

    /// Whether both are counted in the same way.
    pub fn counts_like(self, other: Length) -> bool {
        std::mem::discriminant(&self) == std::mem::discriminant(&other)
    }

    /// Whether it is shorter than another that is counted in the same way; months are taken as 30 days.
    pub fn is_shorter_than(self, other: Length) -> bool {
        let size = |length: Length| match length {
            Length::Hours(n) | Length::WorkingDays(n) => n,
            Length::Calendar { days, months } => days + months * 30,
        };
        self.counts_like(other) && size(self) < size(other)
    }
}

impl fmt::Display for Length {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let some = |number: u32, unit: &str| {
            let plural = if number == 1 { "" } else { "s" };
            format!("{number} {unit}{plural}")
        };
        f.write_str(&match *self {
            Length::Hours(n) => some(n, "hour"),
            Length::WorkingDays(n) => some(n, "working day"),
            Length::Calendar { days, months: 0 } if days > 28 && days % 7 == 0 => {
                some(days / 7, "week")
            }
            Length::Calendar { days, months: 0 } => some(days, "day"),
            Length::Calendar { days: 0, months } => some(months, "month"),
            Length::Calendar { days, months } if days % 7 == 0 => {
                format!("{} and {}", some(days / 7, "week"), some(months, "month"))
            }
            Length::Calendar { days, months } => {
                format!("{} and {}", some(days, "day"), some(months, "month"))
            }
        })
    }
}

/// The length of a rule: said by the law, or left to those who use it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Size {
    /// What the rule says; `None` where an agreement, a contract or the house must say it.
    pub usual: Option<Length>,
    /// What it is counted in: a length of one.
    pub unit: Length,
    /// The name of the number by which a case may say another length.
    pub set_by: Option<String>,
}

impl Size {
    /// Reads a length, or a unit alone ("working days") where the length is always given with the case.
    ///
    /// # Errors
    /// As [`Length::read`]; and a unit alone without a name for the number.
    pub fn read(text: &str, set_by: Option<String>) -> Result<Size, LengthFault> {
        if let Some(unit) = Unit::read(text) {
            if set_by.is_none() {
                return Err(LengthFault(format!(
                    "\"{text}\" has no number, and nothing names the number"
                )));
            }
            return Ok(Size {
                usual: None,
                unit: unit.of(1),
                set_by,
            });
        }
        let usual = Length::read(text)?;
        let unit = match usual {
            Length::Hours(_) => Length::Hours(1),
            Length::WorkingDays(_) => Length::WorkingDays(1),
            Length::Calendar { months: 0, .. } => Length::Calendar { days: 1, months: 0 },
            Length::Calendar { .. } => Length::Calendar { days: 0, months: 1 },
        };
        Ok(Size {
            usual: Some(usual),
            unit,
            set_by,
        })
    }

    /// The length that counts for a case which gives this number, or none.
    ///
    /// # Errors
    /// No number where the rule has none, or one outside the range of its unit.
    pub fn of(&self, number: Option<u32>) -> Result<Length, LengthFault> {
        let Some(number) = number else {
            return self
                .usual
                .ok_or_else(|| LengthFault("it has to be given with the case".to_owned()));
        };
        let length = match self.unit {
            Length::Hours(_) => Length::Hours(number),
            Length::WorkingDays(_) => Length::WorkingDays(number),
            Length::Calendar { days, months } => Length::Calendar {
                days: days.saturating_mul(number),
                months: months.saturating_mul(number),
            },
        };
        length
            .checked()
            .map_err(|why| LengthFault(format!("{number} is no length: {why}")))
    }
}
