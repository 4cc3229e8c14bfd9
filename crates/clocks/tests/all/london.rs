use clocks::{Fold, London, Refused};
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone, TimeZoneDatabase};

use crate::{day, london};

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn wall(text: &str) -> DateTime {
    text.parse().unwrap()
}

#[test]
fn only_a_zone_that_keeps_londons_time_is_london() {
    assert!(London::new(TimeZone::UTC).is_err());
    assert!(London::new(TimeZone::fixed(Offset::constant(1))).is_err());
    for other in ["Europe/Paris", "Africa/Abidjan", "America/New_York"] {
        let zone = TimeZoneDatabase::bundled().get(other).unwrap();
        assert!(London::new(zone).is_err(), "{other}");
    }
}

#[test]
fn a_time_that_was_skipped_is_refused_and_one_that_came_twice_is_asked() {
    let london = london();
    for (day, gap) in [
        ("2026-03-29", true),
        ("2027-03-28", true),
        ("2026-10-25", false),
        ("2029-10-28", false),
    ] {
        for minute in ["01:00:00", "01:30:00", "01:59:59.999999999"] {
            let time = wall(&format!("{day}T{minute}"));
            let expected = if gap {
                Refused::NoSuchTime
            } else {
                Refused::AmbiguousTime
            };
            assert_eq!(london.moment(time, None), Err(expected), "{time}");
            let first = london.moment(time, Some(Fold::First));
            let second = london.moment(time, Some(Fold::Second));
            if gap {
                assert_eq!((first, second), (Err(expected), Err(expected)), "{time}");
            } else {
                let (first, second) = (first.unwrap(), second.unwrap());
                assert_eq!(second.duration_since(first).as_hours(), 1, "{time}");
            }
        }
        for minute in ["00:59:59.999", "02:00:00"] {
            let time = wall(&format!("{day}T{minute}"));
            let moment = london.moment(time, None).unwrap();
            assert_eq!(london.show(moment).datetime(), time);
            // Nobody is asked, so an answer changes nothing.
            assert_eq!(london.moment(time, Some(Fold::Second)), Ok(moment));
        }
    }
}

#[test]
fn a_day_ends_at_londons_midnight() {
    let london = london();
    for (last, end) in [
        ("2026-03-28", "2026-03-29T00:00:00Z"),
        ("2026-03-29", "2026-03-29T23:00:00Z"),
        ("2026-10-24", "2026-10-24T23:00:00Z"),
        ("2026-10-25", "2026-10-26T00:00:00Z"),
        ("2026-12-31", "2027-01-01T00:00:00Z"),
        ("2099-07-01", "2099-07-01T23:00:00Z"),
    ] {
        assert_eq!(london.end_of(day(last)).unwrap(), at(end), "{last}");
        let before = at(end) - jiff::SignedDuration::from_nanos(1);
        assert_eq!(
            (london.day(before), london.day(at(end))),
            (day(last), day(last).tomorrow().unwrap())
        );
    }
}
