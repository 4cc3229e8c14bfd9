//! All rules together: which follow each other, and which would contradict each other.

use jiff::civil::Date;
use serde::Serialize;

use crate::rule::{Rule, RuleFault};

/// Every rule of every clock.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Rules(Vec<Rule>);

impl Rules {
    /// Adds a rule.
    ///
    /// # Errors
    /// As [`Rule::check`]; and two rules of one clock that both apply to a case received on one day, or that are
    /// decided by different events.
    pub fn add(&mut self, rule: Rule) -> Result<(), RuleFault> {
        rule.check()?;
        for other in self.of(&rule.id) {
            if other.starts[0] != rule.starts[0] {
                return Err(RuleFault {
                    what: format!(
                        "The clock \"{}\" goes by \"{}\" in one rule and by \"{}\" in another",
                        rule.id, other.starts[0], rule.starts[0]
                    ),
                    cure: "Name the same event first in \"starts\" of both".to_owned(),
                });
            }
            if meet(other, &rule) {
                return Err(RuleFault {
                    what: format!(
                        "Two rules of the clock \"{}\" apply on one day",
                        rule.id
                    ),
                    cure: "Let \"to\" of the earlier be \"from\" of the later, or tell them apart with \"when\""
                        .to_owned(),
                });
            }
        }
        self.0.push(rule);
        Ok(())
    }

    /// The rules of one clock, in the order they were added.
    pub fn of<'r>(&'r self, id: &'r str) -> impl Iterator<Item = &'r Rule> {
        self.0.iter().filter(move |rule| rule.id == id)
    }

    /// All rules.
    pub fn iter(&self) -> impl Iterator<Item = &Rule> {
        self.0.iter()
    }
}

/// Whether one case could fall under both.
fn meet(a: &Rule, b: &Rule) -> bool {
    let before = |to: Option<Date>, from: Option<Date>| match (to, from) {
        (Some(to), Some(from)) => to <= from,
        _ => false,
    };
    let apart = match (&a.when, &b.when) {
        (Some(a), Some(b)) => {
            a.word == b.word
                && !(a.left_out && b.left_out)
                && !a.is.iter().any(|word| b.is.contains(word))
        }
        _ => false,
    };
    a.in_force && b.in_force && !before(a.to, b.from) && !before(b.to, a.from) && !apart
}
