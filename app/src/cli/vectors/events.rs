//! Deadlines, wall-clock times, series of events and registrations: JSON in, JSON out. The rules are in `crates/events`.

use ::events::{Act, Instant, NoSuchTime, Places, Registration, Series, Settings};
use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use serde::Deserialize;
use serde_json::{Value, json};

use super::cases::{Answers, Cases};

#[derive(Deserialize, Default)]
#[serde(default)]
pub struct File {
    deadlines: Cases<DeadlineCase>,
    instants: Cases<InstantCase>,
    series: Cases<SeriesCase>,
    registrations: Cases<RegistrationCase>,
}

impl File {
    pub fn answer(self, london: &TimeZone, answers: &mut Answers) {
        answers.add(self.deadlines, |case| Ok(deadline(&case, london)));
        answers.add(self.instants, |case| Ok(instant(&case, london)));
        answers.add_some(self.series, |case| series(&case, london));
        answers.add(self.registrations, |case| registrations(&case));
    }
}

const NO_SUCH_TIME: &str = "no_such_time";

#[derive(Deserialize)]
struct DeadlineCase {
    date: String,
    time: String,
}

/// A day that is in no calendar has no time either.
fn deadline(case: &DeadlineCase, london: &TimeZone) -> Value {
    let at = match (case.date.parse::<Date>(), case.time.parse::<Time>()) {
        (Ok(day), Ok(time)) => ::events::deadline(day, time, london),
        _ => Err(NoSuchTime),
    };
    match at {
        Err(NoSuchTime) => json!({ "ok": false, "why": NO_SUCH_TIME }),
        Ok(Instant { at, twice }) => {
            let mut out = json!({ "ok": true, "ends_before": at.to_string() });
            if twice {
                out["note"] = json!("this time comes twice; the first is meant");
            }
            out
        }
    }
}

#[derive(Deserialize)]
struct InstantCase {
    local: String,
}

fn instant(case: &InstantCase, london: &TimeZone) -> Value {
    let local = case.local.parse::<DateTime>().map_err(|_| NoSuchTime);
    instant_json(local.and_then(|local| ::events::instant(local, london)))
}

fn instant_json(instant: Result<Instant, NoSuchTime>) -> Value {
    match instant {
        Ok(instant) => json!(instant.at.to_string()),
        Err(NoSuchTime) => json!(NO_SUCH_TIME),
    }
}

#[derive(Deserialize)]
struct SeriesCase {
    /// Series of figures have none, and are another rule's.
    first: Option<String>,
    last: Option<String>,
    #[serde(default)]
    not_on: Vec<String>,
    #[serde(default = "one", alias = "weeks", alias = "every")]
    every_weeks: u32,
}

fn one() -> u32 {
    1
}

fn series(case: &SeriesCase, london: &TimeZone) -> Result<Option<Value>, String> {
    let Some(first) = &case.first else {
        return Ok(None);
    };
    let day = |text: &String| text.parse().map_err(|error: jiff::Error| error.to_string());
    let series = Series {
        first: first
            .parse()
            .map_err(|error: jiff::Error| error.to_string())?,
        every_weeks: case.every_weeks,
        last: day(case.last.as_ref().ok_or("a series says its last day")?)?,
        not_on: case.not_on.iter().map(day).collect::<Result<_, _>>()?,
    };
    let starts = series.starts(london).map(|start| {
        json!({
            "starts": start.local.strftime("%Y-%m-%dT%H:%M").to_string(),
            "utc": instant_json(start.instant),
        })
    });
    Ok(Some(starts.collect()))
}

#[derive(Deserialize)]
struct RegistrationCase {
    capacity: usize,
    #[serde(default = "a_day")]
    offer_hours: i64,
    starts_at: String,
    acts: Vec<ActCase>,
}

fn a_day() -> i64 {
    24
}

#[derive(Deserialize)]
struct ActCase {
    at: String,
    #[serde(flatten)]
    act: ActKind,
}

#[derive(Deserialize)]
#[serde(tag = "act", rename_all = "snake_case")]
enum ActKind {
    Register { who: String },
    Confirm { who: String },
    Cancel { who: String },
    Capacity { to: usize },
}

const HOUR: i64 = 60 * 60 * 1_000_000;

fn registrations(case: &RegistrationCase) -> Result<Value, String> {
    let micros = |text: &str| {
        text.parse()
            .map(Timestamp::as_microsecond)
            .map_err(|error: jiff::Error| error.to_string())
    };
    let mut places = Places::new(Settings {
        capacity: case.capacity,
        hold: case.offer_hours.saturating_mul(HOUR),
        starts_at: micros(&case.starts_at)?,
    });
    case.acts
        .iter()
        .map(|act| {
            let done = match &act.act {
                ActKind::Register { who } => Act::Register(who.clone()),
                ActKind::Confirm { who } => Act::Confirm(who.clone()),
                ActKind::Cancel { who } => Act::Cancel(who.clone()),
                ActKind::Capacity { to } => Act::Capacity(*to),
            };
            let result = match places.act(micros(&act.at)?, &done) {
                Registration::Asked => "asked",
                Registration::AskedToWait => "asked_to_wait",
                Registration::In => "in",
                Registration::Waiting => "waiting",
                Registration::Cancelled => "cancelled",
                Registration::Changed => "changed",
                Registration::Closed => "closed",
                Registration::TooLate => "too_late",
                Registration::SamePage => "same_page",
            };
            Ok(json!({
                "result": result,
                "in": places.confirmed(),
                "held": places.taken(),
                "waiting": places.waiting(),
                "offered": places.offered().collect::<Vec<_>>(),
            }))
        })
        .collect()
}
