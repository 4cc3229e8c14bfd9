//! Calendar feeds: RFC 5545 with the names of RFC 7986.

use std::fmt::Write as _;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};

/// A public feed of events. It names no attendee, no organiser and no joining link.
#[derive(Debug, Clone)]
pub struct Calendar {
    pub name: String,
    /// The feed's own address.
    pub source: String,
    /// What ids are unique under, such as "aldgate.example".
    pub host: String,
    pub events: Vec<Event>,
}

#[derive(Debug, Clone)]
pub struct Event {
    /// For ever the same.
    pub id: String,
    /// The event's page.
    pub url: String,
    pub title: String,
    pub text: String,
    pub place: String,
    pub kinds: Vec<String>,
    pub when: When,
    pub status: Status,
    /// The last visible change.
    pub changed_at: Timestamp,
    /// One more each time that time, place or state changes.
    pub sequence: u32,
}

#[derive(Debug, Clone, Copy)]
pub enum When {
    /// London wall-clock times.
    Times {
        starts: DateTime,
        ends: Option<DateTime>,
    },
    /// Whole days, the last included.
    Days { first: Date, last: Date },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    Tentative,
    Confirmed,
    Cancelled,
}

/// The most octets of a line, without its end.
const LINE: usize = 75;

/// Without it some programs shift every event.
const LONDON: &str = "BEGIN:VTIMEZONE\r
TZID:Europe/London\r
BEGIN:DAYLIGHT\r
TZOFFSETFROM:+0000\r
TZOFFSETTO:+0100\r
TZNAME:BST\r
DTSTART:19810329T010000\r
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU\r
END:DAYLIGHT\r
BEGIN:STANDARD\r
TZOFFSETFROM:+0100\r
TZOFFSETTO:+0000\r
TZNAME:GMT\r
DTSTART:19961027T020000\r
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\r
END:STANDARD\r
END:VTIMEZONE\r
";

impl Calendar {
    /// The whole feed: CRLF after each line.
    pub fn text(&self) -> String {
        let mut out = String::new();
        line(&mut out, "BEGIN", "VCALENDAR");
        line(&mut out, "VERSION", "2.0");
        line(&mut out, "PRODID", "-//Aldgate//Events//EN");
        line(&mut out, "METHOD", "PUBLISH");
        line(&mut out, "NAME", &escaped(&self.name));
        line(&mut out, "X-WR-CALNAME", &escaped(&self.name));
        line(&mut out, "REFRESH-INTERVAL;VALUE=DURATION", "PT6H");
        line(&mut out, "X-PUBLISHED-TTL", "PT6H");
        line(&mut out, "SOURCE;VALUE=URI", &self.source);
        let timed = |event: &Event| matches!(event.when, When::Times { .. });
        if self.events.iter().any(timed) {
            out.push_str(LONDON);
        }
        for event in &self.events {
            event.write(&mut out, &self.host);
        }
        line(&mut out, "END", "VCALENDAR");
        out
    }
}

impl Event {
    fn write(&self, out: &mut String, host: &str) {
        let changed = self.changed_at.strftime("%Y%m%dT%H%M%SZ").to_string();
        line(out, "BEGIN", "VEVENT");
        line(out, "UID", &format!("{}@{host}", self.id));
        line(out, "DTSTAMP", &changed);
        line(out, "LAST-MODIFIED", &changed);
        line(out, "SEQUENCE", &self.sequence.to_string());
        match self.when {
            When::Times { starts, ends } => {
                let local = |at: DateTime| at.strftime("%Y%m%dT%H%M%S").to_string();
                line(out, "DTSTART;TZID=Europe/London", &local(starts));
                if let Some(ends) = ends {
                    line(out, "DTEND;TZID=Europe/London", &local(ends));
                }
            }
            When::Days { first, last } => {
                let day = |day: Date| day.strftime("%Y%m%d").to_string();
                let after = last.tomorrow().unwrap_or(last);
                line(out, "DTSTART;VALUE=DATE", &day(first));
                line(out, "DTEND;VALUE=DATE", &day(after));
            }
        }
        line(out, "SUMMARY", &escaped(&self.title));
        let kinds: Vec<String> = self.kinds.iter().map(|kind| escaped(kind)).collect();
        for (name, value) in [
            ("DESCRIPTION", escaped(&self.text)),
            ("LOCATION", escaped(&self.place)),
            ("CATEGORIES", kinds.join(",")),
        ] {
            if !value.is_empty() {
                line(out, name, &value);
            }
        }
        line(out, "URL", &self.url);
        let status = match self.status {
            Status::Tentative => "TENTATIVE",
            Status::Confirmed => "CONFIRMED",
            Status::Cancelled => "CANCELLED",
        };
        line(out, "STATUS", status);
        line(out, "END", "VEVENT");
    }
}

/// Text as a value: nothing in it can end its line. Control characters are dropped.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.replace("\r\n", "\n").replace('\r', "\n").chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '\\' | ';' | ',' => {
                out.push('\\');
                out.push(c);
            }
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}

/// Writes a line, folded at 75 octets and never inside a character.
fn line(out: &mut String, name: &str, value: &str) {
    let mut octets = 0;
    let mut text = String::new();
    // Writing to a string does not fail.
    let _ = write!(text, "{name}:{value}");
    for c in text.chars().filter(|c| !c.is_control()) {
        if octets + c.len_utf8() > LINE {
            out.push_str("\r\n ");
            octets = 1;
        }
        out.push(c);
        octets += c.len_utf8();
    }
    out.push_str("\r\n");
}
