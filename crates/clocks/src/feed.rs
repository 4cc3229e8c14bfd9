//! Lists of holidays as JSON: the government's feed, and what an operator adds to it or strikes from it.

use std::collections::BTreeMap;
use std::fmt;

use jiff::civil::{Date, date};
use serde::Deserialize;

use crate::holidays::{Holiday, Holidays};

/// Why a list of holidays cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeedFault(pub String);

impl fmt::Display for FeedFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for FeedFault {}

#[derive(Deserialize)]
struct Feed {
    events: Vec<FeedEvent>,
}

#[derive(Deserialize)]
struct FeedEvent {
    title: String,
    date: Date,
    #[serde(default)]
    notes: String,
}

/// A day to add or to strike, with the reason that an operator gives.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Change {
    division: String,
    date: Date,
    #[serde(default)]
    title: String,
    reason: String,
}

impl Holidays {
    /// Reads a list in the shape of the government's feed (`{"scotland": {"division": …, "events": [{"title", "date",
    /// "notes"}]}, …}`), beside which there may be `add` and `strike`: lists of `{"division", "date", "title",
    /// "reason"}`. A division of the feed takes the place of the years that it holds; days are added and struck after
    /// that, in any set of divisions.
    ///
    /// # Errors
    /// Not JSON, a division or set that is not known, an empty division, a day to add without a title, a day to
    /// strike that is no holiday, or no reason.
    pub fn read_feed(&mut self, json: &str) -> Result<(), FeedFault> {
        let whole: BTreeMap<String, serde_json::Value> =
            serde_json::from_str(json).map_err(|e| FeedFault(format!("This is no list: {e}")))?;
        let (mut add, mut strike) = (Vec::new(), Vec::new());
        for (name, value) in whole {
            let wrong = |e: serde_json::Error| FeedFault(format!("\"{name}\" cannot be read: {e}"));
            match name.as_str() {
                "add" => add = changes(value).map_err(wrong)?,
                "strike" => strike = changes(value).map_err(wrong)?,
                division => {
                    let feed: Feed = serde_json::from_value(value).map_err(wrong)?;
                    self.take_feed(division, feed)?;
                }
            }
        }
        for change in add {
            if change.title.trim().is_empty() {
                return Err(FeedFault(format!("The day {} has no title", change.date)));
            }
            change.has_reason()?;
            let holiday = Holiday {
                title: change.title,
                note: String::new(),
            };
            self.add(&change.division, change.date, &holiday)
                .map_err(|unknown| FeedFault(unknown.to_string()))?;
        }
        for change in strike {
            change.has_reason()?;
            let was_there = self
                .strike(&change.division, change.date)
                .map_err(|unknown| FeedFault(unknown.to_string()))?;
            if !was_there {
                return Err(FeedFault(format!(
                    "{} is no bank holiday in {}, so it cannot be struck",
                    change.date, change.division
                )));
            }
        }
        Ok(())
    }

    fn take_feed(&mut self, division: &str, feed: Feed) -> Result<(), FeedFault> {
        if !self.divisions().any(|(id, _)| id == division) {
            let known: Vec<&str> = self.divisions().map(|(id, _)| id).collect();
            return Err(FeedFault(format!(
                "\"{division}\" is no division. Use one of: {}, add, strike",
                known.join(", ")
            )));
        }
        let years = feed.events.iter().map(|event| event.date.year());
        let (Some(first), Some(last)) = (years.clone().min(), years.max()) else {
            return Err(FeedFault(format!("\"{division}\" has no events")));
        };
        let period = (date(first, 1, 1), date(last, 12, 31));
        let days = feed.events.into_iter().map(|event| {
            let holiday = Holiday {
                title: event.title,
                note: event.notes,
            };
            (event.date, holiday)
        });
        self.replace(division, period, days.collect());
        Ok(())
    }
}

impl Change {
    fn has_reason(&self) -> Result<(), FeedFault> {
        if self.reason.trim().is_empty() {
            return Err(FeedFault(format!("The day {} has no reason", self.date)));
        }
        Ok(())
    }
}

fn changes(value: serde_json::Value) -> Result<Vec<Change>, serde_json::Error> {
    serde_json::from_value(value)
}
