//! Rules: when a prompt shows, what it says, what clears it.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Serialize;

use crate::condition::Condition;
use crate::content::Answers;
use crate::fault::Place;
use crate::form::Each;

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
    pub welsh: BTreeMap<String, String>,
    #[serde(skip)]
    pub(crate) place: Place,
}

impl Rule {
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
