//! What a case may say for a rule: the names of its events, words, numbers and periods.

use crate::rule::{Count, Rule, SetName, WorkingCount};

/// Ends the key of an event that is given in London's wall-clock time.
pub(crate) const LOCAL: &str = "_local";

/// The names that a rule uses, by what they are.
#[derive(Default)]
pub(crate) struct Names<'r> {
    pub events: Vec<&'r str>,
    pub words: Vec<&'r str>,
    pub numbers: Vec<&'r str>,
    pub periods: Vec<&'r str>,
    pub pauses: bool,
    pub extends: bool,
    pub nation: bool,
    /// Its events are times of day; of others only the day counts.
    pub to_the_minute: bool,
}

impl<'r> Names<'r> {
    pub fn of(rule: &'r Rule) -> Names<'r> {
        let mut names = Names::default();
        names.events.extend(rule.starts.iter().map(String::as_str));
        for wait in &rule.waits {
            names.events.extend(wait.asked.as_deref());
        }
        if let Some(restart) = &rule.restart {
            names.events.push(&restart.on);
            names.events.extend(restart.asked.as_deref());
        }
        names
            .words
            .extend(rule.when.iter().map(|when| when.word.as_str()));
        names.extends = rule.extension().is_some();
        match &rule.count {
            Count::Hours(size) => {
                names.numbers.extend(size.set_by.as_deref());
                names.to_the_minute = true;
            }
            Count::Calendar(count) => {
                names.numbers.extend(count.size.set_by.as_deref());
                names
                    .events
                    .extend(count.ends_early.iter().map(String::as_str));
                names.nation |= count.roll == Some(SetName::Division);
                if let Some(pauses) = &count.pauses {
                    names.pauses = true;
                    names
                        .words
                        .extend(pauses.when.iter().map(|when| when.word.as_str()));
                }
            }
            Count::Working(count) => names.working(count),
            Count::Earlier(counts) => {
                for shorter in counts {
                    names.working(&shorter.count);
                    names.periods.extend(shorter.without.as_deref());
                }
            }
        }
        names
    }

    fn working(&mut self, count: &'r WorkingCount) {
        self.numbers.extend(count.size.set_by.as_deref());
        self.nation |= count.holidays == SetName::Division;
        if let Some(leaves_out) = &count.leaves_out {
            self.events
                .extend([leaves_out.from.as_str(), &leaves_out.to]);
        }
    }
}

/// The keys that a case by this rule may have; others are not used.
pub(crate) fn keys_used(rule: &Rule) -> Vec<String> {
    let mut keys = vec!["id", "clock", "why", "expect", "as_of", "fold"];
    let names = Names::of(rule);
    if !names.to_the_minute {
        keys.push("extra_holidays");
    }
    let local = names.events.iter().map(|name| format!("{name}{LOCAL}"));
    let local: Vec<String> = local.collect();
    keys.extend(names.events);
    keys.extend(names.words);
    keys.extend(names.numbers);
    keys.extend(names.periods);
    let more = [
        (names.pauses, "pauses"),
        (names.extends, "extended"),
        (names.nation, "nation"),
    ];
    keys.extend(more.iter().filter(|(used, _)| *used).map(|(_, key)| *key));
    keys.into_iter().map(str::to_owned).chain(local).collect()
}
