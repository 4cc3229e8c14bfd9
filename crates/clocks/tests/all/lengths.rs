use clocks::{Length, Size};

#[test]
fn lengths_are_read_as_the_law_says_them() {
    let calendar = |days, months| Length::Calendar { days, months };
    for (text, length) in [
        ("20 working days", Length::WorkingDays(20)),
        ("1 working day", Length::WorkingDays(1)),
        ("72 hours", Length::Hours(72)),
        ("30 days", calendar(30, 0)),
        ("8 weeks", calendar(56, 0)),
        ("1 month", calendar(0, 1)),
        ("6 weeks and 1 month", calendar(42, 1)),
    ] {
        assert_eq!(Length::read(text), Ok(length), "{text}");
        assert_eq!(length.to_string(), text);
    }
}

#[test]
fn what_is_no_length_is_refused() {
    for text in [
        "",
        "20",
        "days",
        "0 days",
        "-1 days",
        "1.5 hours",
        "20 fortnights",
        "11 years",
        "4000 days",
        "121 months",
        "3000 working days",
        "90000 hours",
        "20 working days and 1 month",
        "2 hours and 3 days",
        "4294967295 weeks",
    ] {
        assert!(Length::read(text).is_err(), "{text}");
    }
}

#[test]
fn a_length_may_be_left_to_the_case() {
    let named = || Some("days".to_owned());
    let size = Size::read("20 working days", named()).unwrap();
    assert_eq!(size.of(None), Ok(Length::WorkingDays(20)));
    assert_eq!(size.of(Some(40)), Ok(Length::WorkingDays(40)));
    assert!(size.of(Some(0)).is_err() && size.of(Some(u32::MAX)).is_err());
    let size = Size::read("working days", named()).unwrap();
    assert_eq!(size.of(Some(3)), Ok(Length::WorkingDays(3)));
    assert!(size.of(None).is_err());
    assert!(
        Size::read("working days", None).is_err(),
        "nothing could say how many"
    );
}
