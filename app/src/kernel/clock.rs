use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, LazyLock, OnceLock};
use std::time::Instant;

use clocks::London;
use jiff::civil::Date;
use jiff::tz::{TimeZone, TimeZoneDatabase};
use jiff::{Timestamp, Zoned};

/// Where "now" comes from. Tests hold it still and move it.
#[derive(Clone)]
pub enum Clock {
    System,
    Held(Arc<Held>),
}

/// A clock that only a test moves: UTC microseconds, and the microseconds that have gone by.
pub struct Held {
    at: AtomicI64,
    elapsed: AtomicI64,
}

/// Begins to measure how long something takes, for what is said meanwhile. Nothing is decided by it.
#[expect(
    clippy::disallowed_methods,
    reason = "the one place that begins to measure time"
)]
pub fn stopwatch() -> Instant {
    Instant::now()
}

impl Clock {
    pub fn held(at: Timestamp) -> Clock {
        Clock::Held(Arc::new(Held {
            at: AtomicI64::new(at.as_microsecond()),
            elapsed: AtomicI64::new(0),
        }))
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that reads the system clock"
    )]
    pub fn now(&self) -> Now {
        match self {
            Clock::System => Now(Timestamp::now().as_microsecond()),
            Clock::Held(held) => Now(held.at.load(Ordering::SeqCst)),
        }
    }

    /// How much time has gone by. It never runs back, whatever becomes of the clock: limits go by it.
    pub fn elapsed(&self) -> Elapsed {
        static START: OnceLock<Instant> = OnceLock::new();
        match self {
            Clock::System => {
                let since = START.get_or_init(stopwatch).elapsed().as_micros();
                Elapsed(i64::try_from(since).unwrap_or(i64::MAX))
            }
            Clock::Held(held) => Elapsed(held.elapsed.load(Ordering::SeqCst)),
        }
    }

    /// Moves a held clock on. A system clock cannot be moved.
    pub fn advance(&self, by: jiff::SignedDuration) {
        if let Clock::Held(held) = self {
            let by = by.as_micros() as i64;
            held.at.fetch_add(by, Ordering::SeqCst);
            held.elapsed.fetch_add(by.max(0), Ordering::SeqCst);
        }
    }

    /// Sets a held clock right: no time goes by.
    pub fn set_right(&self, by: jiff::SignedDuration) {
        if let Clock::Held(held) = self {
            held.at.fetch_add(by.as_micros() as i64, Ordering::SeqCst);
        }
    }
}

/// Microseconds that have gone by since a moment that is the same for the whole process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Elapsed(pub i64);

/// One moment, the same for everything a request does. UTC microseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Now(pub i64);

impl Now {
    /// The day it is in London.
    pub fn today(self) -> Date {
        in_london(self.0).date()
    }
}

/// The zone that days and times are said in: as the machine knows it, and where it does not, or calls something else
/// by this name, as the program does.
pub fn london() -> TimeZone {
    LONDON.zone().clone()
}

/// London for statutory clocks: never UTC in its place.
pub fn statutory_london() -> London {
    LONDON.clone()
}

static LONDON: LazyLock<London> = LazyLock::new(|| {
    const NAME: &str = "Europe/London";
    let of_the_machine = TimeZone::get(NAME).ok();
    of_the_machine
        .and_then(|zone| London::new(zone).ok())
        .or_else(|| London::new(TimeZoneDatabase::bundled().get(NAME).ok()?).ok())
        .expect("the time zones are embedded")
});

fn in_london(micros: i64) -> Zoned {
    Timestamp::from_microsecond(micros)
        .unwrap_or(Timestamp::UNIX_EPOCH)
        .to_zoned(london())
}

/// "21 November 2026 at 4:05pm", London time, as the GOV.UK style guide writes it.
pub fn moment(micros: i64) -> String {
    format!("{} at {}", day(in_london(micros).date()), time(micros))
}

/// "4:05pm", London time.
pub fn time(micros: i64) -> String {
    let at = in_london(micros);
    let hour = if at.hour() % 12 == 0 {
        12
    } else {
        at.hour() % 12
    };
    let half = if at.hour() < 12 { "am" } else { "pm" };
    format!("{hour}:{:02}{half}", at.minute())
}

/// "21 November 2026".
pub fn day(date: Date) -> String {
    date.strftime("%-d %B %Y").to_string()
}

/// "21 November 2026" for "2026-11-21"; other text as it stands.
pub fn day_text(text: &str) -> String {
    text.parse::<Date>().map_or_else(|_| text.to_owned(), day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn london_is_known_on_a_machine_without_time_zones() {
        let bundled = TimeZoneDatabase::bundled();
        let london = bundled.get("Europe/London").unwrap();
        let july: Timestamp = "2026-07-01T23:30:00Z".parse().unwrap();
        let there = july.to_zoned(london).date().to_string();
        assert_eq!(there, "2026-07-02");
    }

    #[test]
    fn summer_time_is_london_time() {
        let july: Timestamp = "2026-07-01T23:30:00Z".parse().unwrap();
        assert_eq!(moment(july.as_microsecond()), "2 July 2026 at 12:30am");
        assert_eq!(Now(july.as_microsecond()).today().to_string(), "2026-07-02");
    }
}
