//! One rule with one case: what both together say of events, holidays and lengths.

use jiff::civil::Date;

use crate::answer::Due;
use crate::evaluate::Fault;
use crate::facts::{Event, Facts, Period};
use crate::holidays::{Calendar, Holidays};
use crate::length::{Length, Size};
use crate::london::London;
use crate::rule::{LeavesOut, Rule, SetName};

/// One rule with one case.
#[derive(Clone, Copy)]
pub(crate) struct Counting<'a> {
    pub rule: &'a Rule,
    pub facts: &'a Facts,
    pub holidays: &'a Holidays,
    pub london: &'a London,
}

/// Days that are left out by two events.
pub(crate) enum Leaving {
    /// Nothing was left out.
    Nothing,
    /// This period.
    Done(Period),
    /// It began on this day and has not ended.
    Open(Date),
}

impl<'a> Counting<'a> {
    /// The London day of an event that has happened.
    pub fn day(&self, event: &str) -> Option<Date> {
        match self.facts.events.get(event)? {
            Event::Day(day) => Some(*day),
            Event::Moment(at) => Some(self.london.day(*at)),
            Event::Awaited => None,
        }
    }

    /// Whether an event is awaited: it is said to be, or it was asked for and has not come.
    pub fn is_awaited(&self, event: &str, asked: Option<&str>) -> bool {
        match self.facts.events.get(event) {
            Some(Event::Awaited) => true,
            Some(_) => false,
            None => asked.is_some_and(|asked| self.day(asked).is_some()),
        }
    }

    pub fn length(&self, size: &Size) -> Result<Length, Fault> {
        let name = size.set_by.as_deref();
        let number = name.and_then(|name| self.facts.numbers.get(name));
        size.of(number.copied())
            .map_err(|fault| self.fault(format!("{}: {fault}", name.unwrap_or("length"))))
    }

    pub fn calendar(&self, set: &SetName) -> Result<Calendar<'a>, Fault> {
        let name = match (set, &self.facts.nation) {
            (SetName::Named(name), _) => name.as_str(),
            (SetName::Division, Some(nation)) => nation.as_str(),
            (SetName::Division, None) => self.holidays.divisions().next().map_or("", |(id, _)| id),
        };
        self.holidays
            .calendar(name)
            .map_err(|unknown| self.fault(format!("nation: {unknown}")))
    }

    pub fn leaving(&self, leaves_out: Option<&LeavesOut>) -> Result<Leaving, Fault> {
        let Some(leaves_out) = leaves_out else {
            return Ok(Leaving::Nothing);
        };
        match (self.day(&leaves_out.from), self.day(&leaves_out.to)) {
            (Some(first), Some(last)) if last < first => Err(self.fault(format!(
                "{} on {last} is before {} on {first}",
                leaves_out.to, leaves_out.from
            ))),
            (Some(first), Some(last)) => Ok(Leaving::Done(Period { first, last })),
            (Some(first), None) => Ok(Leaving::Open(first)),
            (None, _) => Ok(Leaving::Nothing),
        }
    }

    /// The same case in which something happened today. Nothing where nobody says which day it is.
    pub fn if_today(&self, happens: impl FnOnce(&mut Facts, Date)) -> Option<Facts> {
        let today = self.facts.today?;
        let mut facts = self.facts.clone();
        happens(&mut facts, today);
        Some(facts)
    }

    pub fn fault(&self, what: String) -> Fault {
        Fault(what)
    }

    pub fn too_far(&self) -> Fault {
        self.fault(format!(
            "the count leaves the years {} to {}",
            crate::days::FIRST.year(),
            crate::days::LAST.year()
        ))
    }

    /// A last day with nothing said of its sum.
    pub fn due(&self, start: Date, day: Date, length: Length) -> Result<Due, Fault> {
        Ok(Due {
            day,
            closes: self.london.end_of(day).map_err(|_| self.too_far())?,
            start,
            length,
            extended: false,
            nominal: None,
            target: None,
            tell_by: None,
            days_not_counted: None,
            late_questions: Vec::new(),
            skipped: None,
            rolled_over: Vec::new(),
            left_out: Vec::new(),
            parts: Vec::new(),
            ended_early: false,
            beyond_known: None,
        })
    }

    /// The years whose holidays are known, if a count left them.
    pub fn beyond_known(&self, from: Date, to: Date) -> Option<(Date, Date)> {
        let known = self.holidays.known()?;
        (from < known.0 || to > known.1).then_some(known)
    }
}
