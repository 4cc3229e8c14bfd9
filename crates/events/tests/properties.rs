//! What holds of every local time, series and list of registrations.

use events::{Act, Places, Registration, Series, Settings, deadline, instant};
use jiff::civil::{Time, date};
use jiff::tz::{TimeZone, TimeZoneDatabase};
use proptest::collection::vec;
use proptest::prelude::*;

fn london() -> TimeZone {
    TimeZoneDatabase::bundled().get("Europe/London").unwrap()
}

const HOUR: i64 = 60 * 60 * 1_000_000;

fn act() -> impl Strategy<Value = Act> {
    let who =
        proptest::sample::select(vec!["ann", "bob", "cy", "dee", "eve"]).prop_map(str::to_owned);
    prop_oneof![
        4 => who.clone().prop_map(Act::Register),
        4 => who.clone().prop_map(Act::Confirm),
        2 => who.prop_map(Act::Cancel),
        1 => (0..4_usize).prop_map(Act::Capacity),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn a_moment_shows_the_local_time_it_was_made_from(minutes in 0..525_600_i64, year in 2020..2030_i16) {
        let local = date(year, 1, 1).at(0, 0, 0, 0) + jiff::SignedDuration::from_mins(minutes);
        let zone = london();
        match instant(local, &zone) {
            Ok(found) => {
                prop_assert_eq!(found.at.to_zoned(zone.clone()).datetime(), local);
                // The first of two: an hour before, the clock showed another time.
                let before = found.at - jiff::SignedDuration::from_hours(1);
                prop_assert_ne!(before.to_zoned(zone.clone()).datetime(), local);
                let after = found.at + jiff::SignedDuration::from_hours(1);
                prop_assert_eq!(after.to_zoned(zone).datetime() == local, found.twice);
            }
            Err(_) => {
                let (day, hour) = (local.date(), local.hour());
                prop_assert!(day.month() == 3 && day.day() >= 25 && hour == 1);
            }
        }
    }

    #[test]
    fn the_last_minute_of_a_day_is_its_end(days in 0..3_650_i64) {
        let day = date(2020, 1, 1) + jiff::SignedDuration::from_hours(24 * days);
        let end = deadline(day, Time::constant(23, 59, 0, 0), &london()).unwrap();
        let next = day.tomorrow().unwrap().to_zoned(london()).unwrap();
        prop_assert_eq!(end.at, next.timestamp());
    }

    #[test]
    fn a_series_keeps_its_time_and_its_day_of_the_week(weeks in 1..5_u32, minutes in 0..1_440_i64) {
        let first = date(2026, 1, 7).at(0, 0, 0, 0) + jiff::SignedDuration::from_mins(minutes);
        let left_out = date(2026, 1, 7) + jiff::SignedDuration::from_hours(24 * 7 * i64::from(weeks));
        let series = Series { first, every_weeks: weeks, last: date(2026, 12, 31), not_on: vec![left_out] };
        let starts: Vec<_> = series.starts(&london()).collect();
        prop_assert_eq!(starts.len(), (51 / weeks) as usize);
        for start in starts {
            prop_assert_eq!(start.local.time(), first.time());
            prop_assert_eq!(start.local.date().weekday(), first.date().weekday());
            prop_assert!(start.local.date() != left_out && start.local.date() <= series.last);
        }
    }

    #[test]
    fn places_are_never_given_twice_nor_beyond_what_there_is(
        acts in vec((0..40_i64, act()), 0..60), capacity in 0..4_usize,
    ) {
        let starts_at = 300 * HOUR;
        let mut places = Places::new(Settings { capacity, hold: 24 * HOUR, starts_at });
        let (mut now, mut capacity) = (0, capacity);
        for (hours, act) in acts {
            now += hours * HOUR / 4;
            let before = places.taken();
            let done = places.act(now, &act);
            if let Act::Capacity(to) = act {
                capacity = to;
            }
            let everybody: Vec<&str> = places
                .confirmed()
                .iter()
                .chain(places.waiting())
                .map(String::as_str)
                .chain(places.offered())
                .collect();
            let distinct: std::collections::BTreeSet<&&str> = everybody.iter().collect();
            prop_assert_eq!(distinct.len(), everybody.len());
            // Only lowering the capacity leaves more than there are places, and then nothing more is given.
            prop_assert!(places.taken() <= capacity.max(before));
            // Nobody waits while a place is free, but in the last two hours.
            if now < starts_at - 2 * HOUR && places.taken() < capacity {
                prop_assert!(places.waiting().is_empty());
            }
            if now >= starts_at && matches!(act, Act::Register(_) | Act::Confirm(_)) {
                prop_assert_eq!(done, Registration::Closed);
            }
            if let (Act::Cancel(who), Registration::Cancelled) = (&act, done) {
                prop_assert!(!everybody.contains(&who.as_str()));
            }
        }
    }
}

#[test]
fn an_offer_that_runs_out_goes_to_the_next_from_that_moment_on() {
    let mut places = Places::new(Settings {
        capacity: 1,
        hold: 24 * HOUR,
        starts_at: 1_000 * HOUR,
    });
    let mut act = |hours: i64, act: Act| {
        let done = places.act(hours * HOUR, &act);
        let offered: Vec<String> = places.offered().map(str::to_owned).collect();
        (done, offered)
    };
    for who in ["ann", "bob", "cy"] {
        act(0, Act::Register(who.to_owned()));
        act(1, Act::Confirm(who.to_owned()));
    }
    assert_eq!(act(10, Act::Cancel("ann".to_owned())).1, ["bob"]);
    // Bob's offer ran out at 34; cy's runs out at 58.
    assert_eq!(
        act(57, Act::Confirm("bob".to_owned())),
        (Registration::TooLate, vec!["cy".to_owned()])
    );
    assert_eq!(
        act(58, Act::Confirm("cy".to_owned())),
        (Registration::TooLate, vec![])
    );
    assert_eq!(
        act(59, Act::Register("bob".to_owned())).0,
        Registration::Asked
    );
}
