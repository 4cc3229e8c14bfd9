//! The facts of one case from JSON. Which keys are events, words, numbers or periods is what the rules say.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use serde_json::{Map, Value};

use crate::days::{FIRST, LAST};
use crate::facts::{Event, Facts, Period, Question};
use crate::london::{Fold, London, Refused};
use crate::names::{LOCAL, Names};
use crate::rule::Rule;

/// A case that was read, or one whose time must be asked again.
pub(crate) enum Read {
    Facts(Facts),
    Refused(Refused),
}

enum Why {
    Fault(String),
    Refused(Refused),
}

/// Reads the facts that any of a clock's rules may use.
pub(crate) fn facts(
    case: &Map<String, Value>,
    rules: &[&Rule],
    london: &London,
) -> Result<Read, String> {
    match read(case, rules, london) {
        Ok(facts) => Ok(Read::Facts(facts)),
        Err(Why::Refused(refused)) => Ok(Read::Refused(refused)),
        Err(Why::Fault(fault)) => Err(fault),
    }
}

fn read(case: &Map<String, Value>, rules: &[&Rule], london: &London) -> Result<Facts, Why> {
    let mut facts = Facts::default();
    let fold = match case.get("fold").filter(|fold| !fold.is_null()) {
        None => None,
        Some(fold) => Some(match fold.as_str() {
            Some("first") => Fold::First,
            Some("second") => Fold::Second,
            _ => return Err(Why::Fault("\"fold\" is \"first\" or \"second\"".to_owned())),
        }),
    };
    for rule in rules {
        let names = Names::of(rule);
        for name in names.events {
            let local = format!("{name}{LOCAL}");
            let exact = names.to_the_minute;
            let given = match event(case, name, exact, fold, london)? {
                None => event(case, &local, exact, fold, london)?,
                given => given,
            };
            if let Some(event) = given {
                facts.events.insert(name.to_owned(), event);
            }
        }
        for name in names.words {
            match case.get(name) {
                None | Some(Value::Null) => {}
                Some(value) => {
                    facts.words.insert(name.to_owned(), words(name, value)?);
                }
            }
        }
        for name in names.numbers {
            match case.get(name) {
                None | Some(Value::Null) => {}
                Some(value) => {
                    let number = value.as_u64().and_then(|n| u32::try_from(n).ok());
                    let number = number.ok_or_else(|| {
                        Why::Fault(format!("\"{name}\" is a whole number, not {value}"))
                    })?;
                    facts.numbers.insert(name.to_owned(), number);
                }
            }
        }
        for name in names.periods {
            let found = list(case, name)?
                .iter()
                .map(|value| period(name, value, london));
            let found: Result<Vec<Period>, Why> = found.collect();
            facts.periods.insert(name.to_owned(), found?);
        }
    }
    facts.nation = match case.get("nation") {
        None | Some(Value::Null) => None,
        Some(Value::String(nation)) => Some(nation.clone()),
        Some(other) => return Err(Why::Fault(format!("\"nation\" is a text, not {other}"))),
    };
    facts.extended = match case.get("extended") {
        None | Some(Value::Null) => false,
        Some(Value::Bool(extended)) => *extended,
        Some(other) => {
            return Err(Why::Fault(format!(
                "\"extended\" is true or false, not {other}"
            )));
        }
    };
    facts.today = match event(case, "as_of", false, fold, london)? {
        Some(Event::Day(day)) => Some(day),
        Some(Event::Moment(at)) => Some(london.day(at)),
        Some(Event::Awaited) | None => None,
    };
    for question in list(case, "pauses")? {
        let Value::Object(question) = question else {
            return Err(Why::Fault(
                "\"pauses\" is a list of objects with asked and answered".to_owned(),
            ));
        };
        let day = |key: &str| day(question, key, london);
        let asked = day("asked")?;
        facts.questions.push(Question {
            asked: asked.ok_or_else(|| Why::Fault("a question has no day \"asked\"".to_owned()))?,
            answered: day("answered")?,
        });
    }
    Ok(facts)
}

fn list<'c>(case: &'c Map<String, Value>, key: &str) -> Result<&'c [Value], Why> {
    match case.get(key) {
        None | Some(Value::Null) => Ok(&[]),
        Some(Value::Array(items)) => Ok(items),
        Some(other) => Err(Why::Fault(format!("\"{key}\" is a list, not {other}"))),
    }
}

fn words(name: &str, value: &Value) -> Result<Vec<String>, Why> {
    let word = |value: &Value| {
        let word = value.as_str().map(str::to_owned);
        word.ok_or_else(|| Why::Fault(format!("\"{name}\" is a word, not {value}")))
    };
    match value {
        Value::Array(items) => items.iter().map(word).collect(),
        one => Ok(vec![word(one)?]),
    }
}

/// `["2026-07-22", "2026-09-03"]`, both included.
fn period(name: &str, value: &Value, london: &London) -> Result<Period, Why> {
    let wrong = || {
        Why::Fault(format!(
            "\"{name}\" is a list of [first day, last day], not {value}"
        ))
    };
    let [first, last] = value.as_array().ok_or_else(wrong)?.as_slice() else {
        return Err(wrong());
    };
    let ends = Map::from_iter([
        ("first".to_owned(), first.clone()),
        ("last".to_owned(), last.clone()),
    ]);
    let first = day(&ends, "first", london)?.ok_or_else(wrong)?;
    let last = day(&ends, "last", london)?.ok_or_else(wrong)?;
    if last < first {
        return Err(Why::Fault(format!("\"{name}\": {last} is before {first}")));
    }
    Ok(Period { first, last })
}

fn day(case: &Map<String, Value>, key: &str, london: &London) -> Result<Option<Date>, Why> {
    Ok(match event(case, key, false, None, london)? {
        Some(Event::Day(day)) => Some(day),
        Some(Event::Moment(at)) => Some(london.day(at)),
        Some(Event::Awaited) | None => None,
    })
}

/// A London date, an instant with its offset, or a London wall-clock time; null is awaited.
fn event(
    case: &Map<String, Value>,
    key: &str,
    to_the_minute: bool,
    fold: Option<Fold>,
    london: &London,
) -> Result<Option<Event>, Why> {
    let text = match case.get(key) {
        None => return Ok(None),
        Some(Value::Null) => return Ok(Some(Event::Awaited)),
        Some(Value::String(text)) => text.as_str(),
        Some(other) => return Err(Why::Fault(format!("\"{key}\" is a text, not {other}"))),
    };
    let fault = || Why::Fault(format!("\"{key}\": \"{text}\" is no date and no time"));
    let event = if let Some(day) = date(text) {
        Event::Day(day)
    } else if !text.contains(['T', 't', ' ']) {
        return Err(fault());
    } else if let Ok(at) = text.parse::<Timestamp>() {
        Event::Moment(at)
    } else {
        let wall: DateTime = text.parse().map_err(|_| fault())?;
        let bare = |c: char| c.is_ascii_digit() || c == ':' || c == '.';
        if !text.get(11..).is_some_and(|time| time.chars().all(bare)) {
            return Err(fault());
        }
        match london.moment(wall, fold) {
            Ok(at) => Event::Moment(at),
            // Both times are on one day, and only the day counts.
            Err(Refused::AmbiguousTime) if !to_the_minute => Event::Day(wall.date()),
            Err(refused) => return Err(Why::Refused(refused)),
        }
    };
    let day = match event {
        Event::Day(day) => day,
        Event::Moment(at) => london.day(at),
        Event::Awaited => return Ok(Some(event)),
    };
    if day < FIRST || day > LAST {
        return Err(Why::Fault(format!(
            "\"{key}\": {text} is not in the years {} to {}",
            FIRST.year(),
            LAST.year()
        )));
    }
    Ok(Some(event))
}

/// "2026-11-26", and nothing else: other ways of writing a date are asked about.
pub(crate) fn date(text: &str) -> Option<Date> {
    let bytes = text.as_bytes();
    let dashed = bytes.len() == 10 && bytes[4] == b'-' && bytes[7] == b'-';
    dashed.then(|| text.parse::<Date>().ok()).flatten()
}
