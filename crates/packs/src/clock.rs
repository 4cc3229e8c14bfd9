//! The law's clocks: rules with their provisions, and the holidays they count by.

use serde::Serialize;

use crate::checking::Checking;

/// One rule of a clock, and the law it comes from.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Clock {
    /// How it counts, and for which days of receipt.
    pub rule: clocks::Rule,
    /// The rule in a sentence or two.
    pub plain: String,
    /// The provisions it rests on; none for a rule of the house.
    pub provisions: Vec<String>,
    /// No law says so: a rule of the house.
    pub house: bool,
    /// How the rule was checked against its provisions. Says nothing of a rule of the house.
    pub checking: Checking,
}

/// Every clock and every holiday.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Clocks {
    /// Each rule with its law, in the order of the files.
    pub clocks: Vec<Clock>,
    /// The same rules, to evaluate.
    pub rules: clocks::Rules,
    /// Bank holidays, and the sets that rules count by.
    pub holidays: clocks::Holidays,
}

impl Clocks {
    /// The law behind a rule of this set.
    pub fn clock(&self, rule: &clocks::Rule) -> Option<&Clock> {
        self.clocks.iter().find(|clock| clock.rule == *rule)
    }

    /// The ids of all clocks, each once, in the order of the alphabet.
    pub fn ids(&self) -> Vec<&str> {
        let ids = self.clocks.iter().map(|clock| clock.rule.id.as_str());
        let mut ids: Vec<&str> = ids.collect();
        ids.sort_unstable();
        ids.dedup();
        ids
    }
}
