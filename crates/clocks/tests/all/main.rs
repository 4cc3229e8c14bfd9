//! One binary for all tests of the crate: it links once.

mod counting;
mod holidays;
mod lengths;
mod london;
mod rules;

use clocks::{Holiday, Holidays, London, Rule, Rules, Size};
use jiff::civil::Date;
use jiff::tz::TimeZoneDatabase;

fn london() -> London {
    let zone = TimeZoneDatabase::bundled().get("Europe/London");
    London::new(zone.expect("the zone is embedded")).expect("it keeps London's time")
}

fn day(text: &str) -> Date {
    text.parse().expect("a date")
}

fn holiday(title: &str) -> Holiday {
    Holiday {
        title: title.to_owned(),
        note: String::new(),
    }
}

/// Two divisions, north and south, and a set of both.
fn two_divisions() -> Holidays {
    let mut holidays = Holidays::default();
    for division in ["south", "north"] {
        holidays.add_division(division);
        holidays.covers(division, day("2026-01-01"), day("2027-12-31"));
    }
    holidays.add_set("both", vec!["south".to_owned(), "north".to_owned()]);
    holidays
        .add("south", day("2026-03-02"), &holiday("Southern day"))
        .expect("south");
    holidays
        .add("north", day("2026-03-03"), &holiday("Northern day"))
        .expect("north");
    holidays
}

fn size(text: &str) -> Size {
    Size::read(text, None).expect("a length")
}

fn rules(all: impl IntoIterator<Item = Rule>) -> Rules {
    let mut rules = Rules::default();
    for rule in all {
        rules.add(rule).expect("a rule without a fault");
    }
    rules
}
