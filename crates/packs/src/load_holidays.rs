//! Reading bank holidays by division, and the sets of divisions that laws count by.

use std::collections::BTreeMap;

use clocks::{Holiday, Holidays};
use jiff::civil::Date;

use crate::fault::{Faults, Place, suggest};
use crate::fields::{Fields, Word};

/// The list of one division.
struct Division {
    place: Place,
    id: String,
    /// Divisions are asked in this order for what a day is called; the first is that of a case that names none.
    order: u32,
    known: Option<(Date, Date)>,
    days: Vec<(Place, Date, Holiday)>,
}

/// Lists and sets as they are read.
#[derive(Default)]
pub(crate) struct ReadHolidays {
    divisions: Vec<Division>,
    sets: Vec<(String, Vec<Word>)>,
    every_year: Vec<(i8, i8, String)>,
}

impl ReadHolidays {
    /// Reads one file of `law/holidays`.
    pub fn division(&mut self, file: Fields) {
        let days = file.tables("holiday", "holiday").into_iter();
        let days = days.filter_map(|fields| {
            if !fields.has("date") {
                fields.fault(
                    &fields.place,
                    "This holiday has no \"date\"",
                    "Add date = 2026-12-25",
                );
            }
            let holiday = Holiday {
                title: fields.need_text("title"),
                note: fields.text("note").unwrap_or_default(),
            };
            let (place, date) = (fields.place.clone(), fields.date("date"));
            fields.finish();
            Some((place, date?, holiday))
        });
        let days = days.collect();
        for key in ["from", "until"] {
            if !file.has(key) {
                file.fault(
                    &file.place,
                    format!("This list does not say which days it covers: there is no \"{key}\""),
                    "Add from = 2022-01-01 and until = 2029-12-31",
                );
            }
        }
        let known = file.date("from").zip(file.date("until"));
        if let Some((from, until)) = known
            && until < from
        {
            file.fault(
                &file.place_of("until"),
                format!("This list covers days from {from} to {until}, which is none"),
                "Let \"until\" come after \"from\"",
            );
        }
        file.need_text("name");
        file.need_text("source");
        let order = file.number("order").unwrap_or(0.0);
        self.divisions.push(Division {
            place: file.place.clone(),
            id: file.need_text("division"),
            order: order.clamp(0.0, 1000.0) as u32,
            known,
            days,
        });
        file.finish();
    }

    /// Reads `law/calendars.toml`.
    pub fn calendars(&mut self, file: Fields) {
        for fields in file.tables("set", "set") {
            let id = fields.need_text("id");
            fields.need_text("name");
            self.sets.push((id, fields.words("divisions")));
            fields.finish();
        }
        for fields in file.tables("every_year", "day") {
            let (month, day) = (fields.number("month"), fields.number("day"));
            let title = fields.need_text("title");
            let known = month
                .zip(day)
                .filter(|(month, day)| (1.0..=12.0).contains(month) && (1.0..=31.0).contains(day));
            match known {
                Some((month, day)) => self.every_year.push((month as i8, day as i8, title)),
                None => fields.fault(
                    &fields.place,
                    "This day of each year has no month and day",
                    "Add month = 12 and day = 25",
                ),
            }
            fields.finish();
        }
        file.finish();
    }

    /// Puts the lists together. A day outside what its list covers, or given twice, is a fault.
    pub fn finish(self, faults: &mut Faults) -> Holidays {
        let mut holidays = Holidays::default();
        let mut divisions = self.divisions;
        divisions.sort_by_key(|division| division.order);
        let ids: Vec<String> = divisions.iter().map(|d| d.id.clone()).collect();
        let mut seen: BTreeMap<String, Place> = BTreeMap::new();
        for division in divisions {
            if let Some(first) = seen.insert(division.id.clone(), division.place.clone()) {
                faults.add(
                    &division.place,
                    format!(
                        "The holidays of \"{}\" are there twice; first in {}",
                        division.id, first.file
                    ),
                    "Put them into one file",
                );
            }
            holidays.add_division(&division.id);
            if let Some((from, until)) = division.known {
                holidays.covers(&division.id, from, until);
            }
            let mut had: BTreeMap<Date, ()> = BTreeMap::new();
            for (place, date, holiday) in division.days {
                let outside = division
                    .known
                    .is_some_and(|(from, until)| date < from || date > until);
                if outside {
                    faults.add(
                        &place,
                        format!("{date} is outside the days that this list covers"),
                        "Change \"from\" or \"until\", or correct the date",
                    );
                }
                if had.insert(date, ()).is_some() {
                    faults.add(
                        &place,
                        format!("{date} is there twice"),
                        "Take one of them out",
                    );
                }
                // The division was added above.
                let _ = holidays.add(&division.id, date, &holiday);
            }
        }
        for (month, day, title) in self.every_year {
            holidays.add_every_year(month, day, &title);
        }
        for (id, words) in self.sets {
            for word in words.iter().filter(|word| !ids.contains(&word.text)) {
                faults.add(
                    &word.place,
                    format!("There is no division \"{}\"", word.text),
                    suggest(&word.text, ids.iter().map(String::as_str)),
                );
            }
            holidays.add_set(&id, words.into_iter().map(|word| word.text).collect());
        }
        holidays
    }
}
