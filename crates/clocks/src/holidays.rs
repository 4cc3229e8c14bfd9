//! Bank holidays by division of the United Kingdom, and the sets of divisions that laws count by.

use std::collections::BTreeMap;
use std::fmt;

use jiff::civil::{Date, Weekday};
use serde::Serialize;

/// One bank holiday in one division.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Holiday {
    /// What it is called, as in the government's list.
    pub title: String,
    /// What the list says beside it: "Substitute day", "Not yet published". May be blank.
    pub note: String,
}

impl Holiday {
    /// Whether the day was worked out and not yet proclaimed.
    pub fn is_computed(&self) -> bool {
        self.note.to_lowercase().contains("not yet published")
    }
}

/// Every bank holiday that is known, by division.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Holidays {
    /// In the order in which they are named: the first that has a day gives it its title.
    divisions: Vec<Division>,
    sets: BTreeMap<String, Vec<String>>,
    /// Days that never count, by month and day, whatever the lists say.
    #[serde(skip)]
    every_year: BTreeMap<(i8, i8), Holiday>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
struct Division {
    id: String,
    days: BTreeMap<Date, Holiday>,
    /// First and last day of the years that its list holds.
    known: Option<(Date, Date)>,
}

/// A name that is no set of divisions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownSet {
    /// The name that was given.
    pub name: String,
    /// The names that are known.
    pub known: Vec<String>,
}

impl fmt::Display for UnknownSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known = self.known.join(", ");
        write!(f, "There is no \"{}\". Use one of: {known}", self.name)
    }
}

impl std::error::Error for UnknownSet {}

impl Holidays {
    /// Adds a division without holidays; a second time nothing changes.
    pub fn add_division(&mut self, division: &str) {
        if !self.divisions.iter().any(|known| known.id == division) {
            self.divisions.push(Division {
                id: division.to_owned(),
                days: BTreeMap::new(),
                known: None,
            });
        }
    }

    /// Names a set of divisions. A division is a set of itself without being named.
    pub fn add_set(&mut self, name: &str, divisions: Vec<String>) {
        self.sets.insert(name.to_owned(), divisions);
    }

    /// A day of each year that is never a working day. In a year without it, 29 February say, nothing happens.
    pub fn add_every_year(&mut self, month: i8, day: i8, title: &str) {
        let holiday = Holiday {
            title: title.to_owned(),
            note: String::new(),
        };
        self.every_year.insert((month, day), holiday);
    }

    /// Says which days the list of a division covers; what touches what is covered already widens it.
    pub fn covers(&mut self, division: &str, first: Date, last: Date) {
        let found = self.divisions.iter_mut().find(|known| known.id == division);
        if let Some(found) = found {
            found.known = Some(match found.known {
                Some((from, to)) if touches((from, to), (first, last)) => {
                    (from.min(first), to.max(last))
                }
                _ => (first, last),
            });
        }
    }

    /// First and last day that the lists of all divisions cover.
    pub fn known(&self) -> Option<(Date, Date)> {
        let known = self.divisions.iter().filter_map(|division| division.known);
        known.reduce(|a, b| (a.0.max(b.0), a.1.min(b.1)))
    }

    /// Adds a day to each division of a set. A day that is there keeps its title.
    ///
    /// # Errors
    /// No set has this name.
    pub fn add(&mut self, set: &str, date: Date, holiday: &Holiday) -> Result<(), UnknownSet> {
        for division in self.members(set)? {
            let days = &mut self.divisions[division].days;
            days.entry(date).or_insert_with(|| holiday.clone());
        }
        Ok(())
    }

    /// Strikes a day from each division of a set; says whether it was there.
    ///
    /// # Errors
    /// No set has this name.
    pub fn strike(&mut self, set: &str, date: Date) -> Result<bool, UnknownSet> {
        let mut was_there = false;
        for division in self.members(set)? {
            was_there |= self.divisions[division].days.remove(&date).is_some();
        }
        Ok(was_there)
    }

    /// Takes the days of a division from `first` to `last` out and puts others in.
    pub(crate) fn replace(
        &mut self,
        division: &str,
        (first, last): (Date, Date),
        days: BTreeMap<Date, Holiday>,
    ) {
        let found = self.divisions.iter_mut().find(|known| known.id == division);
        if let Some(found) = found {
            found.days.retain(|date, _| *date < first || *date > last);
            found.days.extend(days);
        }
        self.covers(division, first, last);
    }

    /// The divisions, and the sets of several.
    pub fn names(&self) -> Vec<String> {
        let divisions = self.divisions.iter().map(|known| known.id.clone());
        divisions.chain(self.sets.keys().cloned()).collect()
    }

    /// The divisions with their days.
    pub fn divisions(&self) -> impl Iterator<Item = (&str, &BTreeMap<Date, Holiday>)> {
        self.divisions
            .iter()
            .map(|division| (division.id.as_str(), &division.days))
    }

    fn members(&self, set: &str) -> Result<Vec<usize>, UnknownSet> {
        let place = |name: &str| self.divisions.iter().position(|known| known.id == name);
        let unknown = || UnknownSet {
            name: set.to_owned(),
            known: self.names(),
        };
        match self.sets.get(set) {
            Some(named) => named
                .iter()
                .map(|name| place(name).ok_or_else(unknown))
                .collect(),
            None => Ok(vec![place(set).ok_or_else(unknown)?]),
        }
    }

    /// The calendar of a set: a holiday of any of its divisions is a holiday.
    ///
    /// # Errors
    /// No set has this name.
    pub fn calendar(&self, set: &str) -> Result<Calendar<'_>, UnknownSet> {
        Ok(Calendar {
            holidays: self,
            members: self.members(set)?,
        })
    }
}

/// Which days are working days for one set of divisions.
#[derive(Clone, Debug)]
pub struct Calendar<'h> {
    holidays: &'h Holidays,
    members: Vec<usize>,
}

impl Calendar<'_> {
    /// The bank holiday on a day, by the first division that has it.
    pub fn holiday(&self, day: Date) -> Option<&Holiday> {
        self.members
            .iter()
            .find_map(|at| self.holidays.divisions[*at].days.get(&day))
            .or_else(|| self.holidays.every_year.get(&(day.month(), day.day())))
    }

    /// The divisions of the set that have a holiday on a day.
    pub fn where_holiday(&self, day: Date) -> Vec<&str> {
        let divisions = self.members.iter().map(|at| &self.holidays.divisions[*at]);
        divisions
            .filter(|division| division.days.contains_key(&day))
            .map(|division| division.id.as_str())
            .collect()
    }

    /// Not Saturday, not Sunday and no holiday.
    pub fn is_working(&self, day: Date) -> bool {
        !is_weekend(day) && self.holiday(day).is_none()
    }
}

/// Whether two periods overlap or follow each other without a gap.
fn touches(a: (Date, Date), b: (Date, Date)) -> bool {
    let next = |day: Date| day.tomorrow().unwrap_or(day);
    a.0 <= next(b.1) && b.0 <= next(a.1)
}

/// Saturday or Sunday.
pub(crate) fn is_weekend(day: Date) -> bool {
    matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday)
}
