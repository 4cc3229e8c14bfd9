use clocks::{CalendarCount, Count, Extension, Length, Rule, Rules, Wait, When};

use crate::{day, size};

fn month() -> CalendarCount {
    CalendarCount::new(size("1 month"))
}

fn rule(from: Option<&str>, to: Option<&str>) -> Rule {
    Rule {
        from: from.map(day),
        to: to.map(day),
        ..Rule::new("answer", "received", Count::Calendar(month()))
    }
}

fn both(a: Rule, b: Rule) -> Result<(), String> {
    let mut rules = Rules::default();
    rules.add(a).map_err(|fault| fault.to_string())?;
    rules.add(b).map_err(|fault| fault.to_string())
}

#[test]
fn rules_of_one_clock_follow_each_other_and_never_meet() {
    let change = Some("2026-02-05");
    assert_eq!(both(rule(None, change), rule(change, None)), Ok(()));
    let fault = both(rule(None, Some("2026-02-06")), rule(change, None)).unwrap_err();
    assert!(fault.contains("apply on one day"), "{fault}");
    assert!(both(rule(None, None), rule(change, None)).is_err());
    let not_law = Rule {
        in_force: false,
        ..rule(None, None)
    };
    assert_eq!(both(not_law, rule(None, None)), Ok(()));
    let only = |is: &str, left_out| Rule {
        when: Some(When {
            word: "regime".into(),
            is: vec![is.into()],
            left_out,
        }),
        ..rule(None, None)
    };
    assert_eq!(both(only("a", false), only("b", true)), Ok(()));
    assert!(
        both(only("a", true), only("b", true)).is_err(),
        "both hold where nothing is said"
    );
    assert!(both(only("a", false), only("a", true)).is_err());
    let other = Rule {
        starts: vec!["paid".into()],
        ..rule(change, None)
    };
    let fault = both(rule(None, change), other).unwrap_err();
    assert!(
        fault.contains("goes by \"received\" in one rule and by \"paid\""),
        "{fault}"
    );
}

#[test]
fn a_rule_that_cannot_be_meant_is_a_fault() {
    let extended = |to: Length, tell_within: Length| {
        let extension = Extension {
            to,
            tell_within,
            result: "tell_by".into(),
        };
        let count = CalendarCount {
            extension: Some(extension),
            ..month()
        };
        Rule::new("answer", "received", Count::Calendar(count))
            .check()
            .map_err(|fault| fault.what)
    };
    let months = |months| Length::Calendar { days: 0, months };
    assert_eq!(extended(months(3), months(1)), Ok(()));
    assert!(
        extended(months(1), months(1))
            .unwrap_err()
            .contains("no longer")
    );
    assert!(
        extended(Length::WorkingDays(40), months(1))
            .unwrap_err()
            .contains("another way")
    );
    let nothing = Rule {
        starts: Vec::new(),
        ..rule(None, None)
    };
    assert!(nothing.check().is_err());
    let wait = Wait {
        event: "paid".into(),
        asked: None,
        words: "we wait".into(),
    };
    let waits = Rule {
        waits: vec![wait],
        ..rule(None, None)
    };
    assert!(
        waits
            .check()
            .unwrap_err()
            .what
            .contains("does not start it")
    );
}
