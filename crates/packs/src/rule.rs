//! Rules: when a prompt shows, what it says, what clears it.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Serialize;

use crate::checking::{Approval, Checking, Mark};
use crate::condition::Condition;
use crate::content::Answers;
use crate::fault::Place;
use crate::form::Each;
use crate::law::{Law, Provision};

/// How much a prompt asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Nobody can sign until an answer clears it.
    Block,
    /// Cleared by an answer, or set aside as not applicable with a reason.
    Must,
    /// May be dismissed with a reason.
    Consider,
    /// Only informs.
    Info,
}

impl Severity {
    pub(crate) const ALL: [(&'static str, Severity); 4] = [
        ("block", Severity::Block),
        ("must", Severity::Must),
        ("consider", Severity::Consider),
        ("info", Severity::Info),
    ];

    /// The word used in pack files.
    pub fn as_str(self) -> &'static str {
        match self {
            Severity::Block => "block",
            Severity::Must => "must",
            Severity::Consider => "consider",
            Severity::Info => "info",
        }
    }
}

/// One rule.
#[derive(Clone, Debug, Serialize)]
pub struct Rule {
    pub id: String,
    pub severity: Severity,
    pub scope: Each,
    pub when: Condition,
    pub cleared: Option<Condition>,
    pub prompt: String,
    pub clears: Option<String>,
    /// Questions at which the prompt is shown.
    pub ask: Vec<String>,
    pub provisions: Vec<String>,
    pub refs: String,
    pub from: Option<Date>,
    pub to: Option<Date>,
    pub cases: Vec<Case>,
    /// Reviewers who approved it.
    pub approvals: Vec<Approval>,
    /// Who should check it.
    pub for_whom: String,
    pub welsh: BTreeMap<String, String>,
    /// Whether it looks at what the law is on the day asked.
    #[serde(skip)]
    pub(crate) by_day: bool,
    #[serde(skip)]
    pub(crate) place: Place,
}

impl Rule {
    /// How it was checked: no better than the weakest law it rests on.
    pub fn checking(&self, law: &Law) -> Checking {
        let known = || self.provisions.iter().filter_map(|id| law.provision(id));
        let mark = known().map(|p| p.checking.mark).max().unwrap_or_default();
        let read = known().filter_map(|p| p.checking.read_on).max();
        Checking {
            mark,
            read_on: read.filter(|_| mark != Mark::Unchecked),
            copy: None,
            approvals: self.approvals.clone(),
            for_whom: self.for_whom.clone(),
        }
    }

    /// The law it rests on that was not read.
    pub fn unchecked<'l>(&self, law: &'l Law) -> Vec<&'l Provision> {
        let known = self.provisions.iter().filter_map(|id| law.provision(id));
        known
            .filter(|p| p.checking.mark == Mark::Unchecked)
            .collect()
    }

    /// What a reader of its prompt is told of law that was not read; nothing where all was.
    pub fn caution(&self, law: &Law) -> Option<String> {
        let unchecked = self.unchecked(law);
        if unchecked.is_empty() {
            return None;
        }
        let titles: Vec<&str> = unchecked.iter().map(|p| p.title.as_str()).collect();
        Some(format!(
            "Not yet checked against the law itself: {}",
            titles.join("; ")
        ))
    }

    /// Whether the rule applies on a date: from its first day up to, not including, its last.
    pub fn in_force(&self, date: Date) -> bool {
        self.from.is_none_or(|from| from <= date) && self.to.is_none_or(|to| date < to)
    }
}

/// A small test beside a rule.
#[derive(Clone, Debug, Serialize)]
pub struct Case {
    pub answers: Answers,
    pub fires: bool,
    pub cleared: Option<bool>,
    #[serde(skip)]
    pub(crate) place: Place,
}
