use clocks::{Count, Facts, Rule, SetName, WorkingCount, moved};

use crate::{day, holiday, london, rules, size, two_divisions};

#[test]
fn a_holiday_of_any_division_of_a_set_counts_and_others_do_not() {
    let holidays = two_divisions();
    for (set, south, north) in [
        ("both", true, true),
        ("south", true, false),
        ("north", false, true),
    ] {
        let calendar = holidays.calendar(set).unwrap();
        assert_eq!(calendar.is_working(day("2026-03-02")), !south, "{set}");
        assert_eq!(calendar.is_working(day("2026-03-03")), !north, "{set}");
        assert!(!calendar.is_working(day("2026-03-07")) && !calendar.is_working(day("2026-03-08")));
    }
    let unknown = holidays.calendar("east").unwrap_err();
    assert_eq!(
        unknown.to_string(),
        "There is no \"east\". Use one of: south, north, both"
    );
}

#[test]
fn days_are_added_struck_and_replaced() {
    let mut holidays = two_divisions();
    let own = r#"{"add": [{"division": "both", "date": "2026-03-04", "title": "Both", "reason": "Proclaimed"}],
        "strike": [{"division": "south", "date": "2026-03-02", "reason": "Moved"}]}"#;
    holidays.read_feed(own).unwrap();
    let south = holidays.calendar("south").unwrap();
    assert!(south.is_working(day("2026-03-02")) && !south.is_working(day("2026-03-04")));
    let feed = r#"{"south": {"division": "south", "events": [
        {"title": "New", "date": "2027-05-03", "notes": "", "bunting": true},
        {"title": "Newer", "date": "2028-05-01", "notes": "Substitute day", "bunting": true}]}}"#;
    holidays.read_feed(feed).unwrap();
    let south = holidays.calendar("south").unwrap();
    assert!(
        !south.is_working(day("2026-03-04")),
        "a year that the list does not hold stays"
    );
    assert!(!south.is_working(day("2027-05-03")) && !south.is_working(day("2028-05-01")));
    // What all divisions know is what is known.
    assert_eq!(
        holidays.known(),
        Some((day("2026-01-01"), day("2027-12-31")))
    );
}

#[test]
fn a_proclaimed_day_moves_the_last_day_and_keeps_the_target() {
    let count = WorkingCount {
        size: size("5 working days"),
        holidays: SetName::Named("both".into()),
        leaves_out: None,
        extension: None,
        target: Some(SetName::Named("south".into())),
    };
    let rules = rules([Rule::new("answer", "received", Count::Working(count))]);
    let mut facts = Facts::default();
    facts
        .events
        .insert("received".into(), clocks::Event::Day(day("2026-03-09")));
    let old = two_divisions();
    let moves =
        |new: &clocks::Holidays| moved(&rules, "answer", &facts, (&old, new), &london()).unwrap();
    let mut new = old.clone();
    new.add("north", day("2026-03-20"), &holiday("Too late to matter"))
        .unwrap();
    assert_eq!(moves(&new), None);
    new.add("south", day("2026-03-12"), &holiday("A royal day"))
        .unwrap();
    let found = moves(&new).unwrap();
    assert_eq!(
        (found.from, found.to, found.target),
        (
            day("2026-03-16"),
            day("2026-03-17"),
            Some(day("2026-03-16"))
        )
    );
    assert_eq!(
        found.sentence(),
        "Due Tue 17 Mar 2026. It was Mon 16 Mar until 12 March was made a bank holiday."
    );
    assert_eq!(
        found.act(),
        "last day moved from 16 March 2026 to 17 March 2026 because 12 March 2026 became a bank holiday in south"
    );
    let back = moved(&rules, "answer", &facts, (&new, &old), &london())
        .unwrap()
        .unwrap();
    assert!(
        back.act()
            .ends_with("because 12 March 2026 is no longer a bank holiday in south"),
        "{}",
        back.act()
    );
}
