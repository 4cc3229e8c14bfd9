//! Reading clocks, and the holidays they count by.

use clocks::{
    CalendarCount, Count, Extension, LeavesOut, Length, Pauses, Restart, Rule, SetName, Shorter,
    Size, Wait, When, WorkingCount,
};

use crate::checking::Checking;
use crate::clock::{Clock, Clocks};
use crate::fault::{Faults, Place};
use crate::fields::{Fields, Word};
use crate::law::{Law, Status};
use crate::load_law::{check_provision, checking};

/// Clocks as they are read, with what is checked once everything is there.
#[derive(Default)]
pub(crate) struct ReadClocks {
    clocks: Vec<(Place, Clock)>,
    provisions_named: Vec<Word>,
    sets_named: Vec<Word>,
    pub(crate) holidays: crate::load_holidays::ReadHolidays,
}

impl ReadClocks {
    /// Reads one file of `law/clocks`.
    pub fn clocks(&mut self, file: &Fields) {
        let for_whom = file.text("for_whom").unwrap_or_default();
        for fields in file.tables("clock", "clock") {
            let place = fields.place.clone();
            let clock = self.clock(&fields, &for_whom);
            fields.finish();
            self.clocks.extend(clock.map(|clock| (place, clock)));
        }
    }

    fn clock(&mut self, fields: &Fields, for_whom: &str) -> Option<Clock> {
        let house = fields.flag("house").unwrap_or(false);
        let provisions = fields.texts("provisions");
        self.provisions_named.extend(fields.words("provisions"));
        if house != provisions.is_empty() {
            fields.fault(
                &fields.place,
                "A clock names the provisions it rests on, or says house = true; not both and not neither",
                "Add provisions = [\"…\"], or house = true for a rule that no law sets",
            );
        }
        let (from, to) = fields.period();
        let status = fields.one_of("status", &Status::ALL);
        let checking = if house {
            Checking::default()
        } else {
            checking(fields, for_whom)
        };
        let rule = Rule {
            id: fields.need_text("id"),
            name: fields.need_text("name"),
            from,
            to,
            in_force: status.unwrap_or(Status::InForce) == Status::InForce,
            when: only(fields),
            starts: fields.texts("starts"),
            since: fields.text("since"),
            waits: waits(fields),
            restart: fields.table("restart", "restart").map(|table| {
                let restart = Restart {
                    on: table.need_text("on"),
                    asked: table.text("asked"),
                    words: table.need_text("words"),
                };
                table.finish();
                restart
            }),
            result: fields.text("result").unwrap_or_else(|| "due".to_owned()),
            count: self.count(fields)?,
        };
        Some(Clock {
            rule,
            plain: fields.need_text("plain"),
            provisions,
            house,
            checking,
        })
    }

    /// How it counts: by the unit of its length, or the earlier of several counts.
    fn count(&mut self, fields: &Fields) -> Option<Count> {
        if fields.has("earlier_of") {
            let mut counts = Vec::new();
            for table in fields.tables("earlier_of", "count") {
                let result = table.need_text("result");
                let without = table.text("without");
                let size = size(&table);
                let count = size.map(|size| self.working(&table, size));
                table.finish();
                counts.push(Shorter {
                    result,
                    count: count?,
                    without,
                });
            }
            return Some(Count::Earlier(counts));
        }
        let size = size(fields)?;
        Some(match size.unit {
            Length::Hours(_) => Count::Hours(size),
            Length::WorkingDays(_) => Count::Working(self.working(fields, size)),
            Length::Calendar { .. } => Count::Calendar(self.calendar(fields, size)),
        })
    }

    fn working(&mut self, fields: &Fields, size: Size) -> WorkingCount {
        let holidays = self.set(fields, "holidays");
        if holidays.is_none() {
            fields.fault(
                &fields.place,
                "This counts working days and does not say by whose holidays",
                "Add holidays = \"uk\", a division, or \"division\" for the organisation's own",
            );
        }
        let target = fields.table("target", "target").and_then(|table| {
            let set = self.set(&table, "holidays");
            table.finish();
            set
        });
        WorkingCount {
            size,
            holidays: holidays.unwrap_or(SetName::Division),
            leaves_out: fields.table("leaves_out", "leaves_out").map(|table| {
                let leaves_out = LeavesOut {
                    from: table.need_text("from"),
                    to: table.need_text("to"),
                    words: table.need_text("words"),
                };
                table.finish();
                leaves_out
            }),
            extension: extension(fields),
            target,
        }
    }

    fn calendar(&mut self, fields: &Fields, size: Size) -> CalendarCount {
        let target = fields.table("target", "target").and_then(|table| {
            let days = table.number("days_before");
            table.finish();
            days.filter(|days| (0.0..=366.0).contains(days) && days.fract() == 0.0)
                .map(|days| days as u32)
        });
        CalendarCount {
            size,
            first_day_counts: fields.flag("first_day_counts").unwrap_or(false),
            roll: self.set(fields, "roll"),
            pauses: fields.table("pauses", "pauses").map(|table| {
                let pauses = Pauses {
                    when: only(&table),
                    words: table.need_text("words"),
                };
                table.finish();
                pauses
            }),
            extension: extension(fields),
            target_days_before: target,
            ends_early: fields.texts("ends_early"),
        }
    }

    fn set(&mut self, fields: &Fields, key: &'static str) -> Option<SetName> {
        let name = fields.text(key)?;
        if name == "division" {
            return Some(SetName::Division);
        }
        self.sets_named.push(Word {
            text: name.clone(),
            place: fields.place_of(key),
        });
        Some(SetName::Named(name))
    }

    /// Puts rules and holidays together, and checks what they name.
    pub fn finish(self, law: &Law, faults: &mut Faults) -> Clocks {
        let holidays = self.holidays.finish(faults);
        for word in &self.provisions_named {
            check_provision(law, word, faults);
        }
        for word in &self.sets_named {
            if let Err(unknown) = holidays.calendar(&word.text) {
                let known = unknown.known.join(", ");
                faults.add(
                    &word.place,
                    format!("There is no set of holidays \"{}\"", word.text),
                    format!("Use one of: division, {known}; or name it in law/calendars.toml"),
                );
            }
        }
        let mut rules = clocks::Rules::default();
        let mut all = Vec::new();
        for (place, clock) in self.clocks {
            match rules.add(clock.rule.clone()) {
                Ok(()) => all.push(clock),
                Err(fault) => faults.add(&place, fault.what, fault.cure),
            }
        }
        Clocks {
            clocks: all,
            rules,
            holidays,
        }
    }
}

fn size(fields: &Fields) -> Option<Size> {
    let text = fields.need_text("length");
    let set_by = fields.text("set_by");
    if text.is_empty() {
        return None;
    }
    Size::read(&text, set_by)
        .map_err(|fault| length_fault(fields, "length", &fault))
        .ok()
}

fn length_fault(fields: &Fields, key: &'static str, fault: &clocks::LengthFault) {
    fields.fault(
        &fields.place_of(key),
        fault.to_string(),
        "Write it as in \"20 working days\", \"1 month\", \"72 hours\" or \"8 weeks\"",
    );
}

fn extension(fields: &Fields) -> Option<Extension> {
    let table = fields.table("extend", "extension")?;
    let length = |key: &'static str| {
        let text = table.need_text(key);
        if text.is_empty() {
            return None;
        }
        Length::read(&text)
            .map_err(|fault| length_fault(&table, key, &fault))
            .ok()
    };
    let (to, tell_within) = (length("to"), length("tell_within"));
    let result = table.need_text("result");
    table.finish();
    Some(Extension {
        to: to?,
        tell_within: tell_within?,
        result,
    })
}

/// A condition on a word of the case.
fn only(fields: &Fields) -> Option<When> {
    let table = fields.table("only", "condition")?;
    if !table.has("left_out") {
        table.fault(
            &table.place,
            "This condition does not say what it is where a case leaves the word out",
            "Add left_out = true or left_out = false",
        );
    }
    let when = When {
        word: table.need_text("word"),
        is: table.texts("is"),
        left_out: table.flag("left_out").unwrap_or(false),
    };
    table.finish();
    Some(when)
}

fn waits(fields: &Fields) -> Vec<Wait> {
    let tables = fields.tables("wait", "wait");
    tables
        .into_iter()
        .map(|table| {
            let wait = Wait {
                event: table.need_text("event"),
                asked: table.text("asked"),
                words: table.need_text("words"),
            };
            table.finish();
            wait
        })
        .collect()
}
