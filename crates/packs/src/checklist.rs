//! What of the law is still to be checked, and by whom.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Serialize;

use crate::checking::{Checking, Mark};
use crate::packs::Packs;
use crate::rule::Severity;

/// One provision, power, rule or clock that no reviewer has approved.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Item {
    pub id: String,
    /// `provision`, `power`, `rule` or `clock`.
    pub kind: &'static str,
    pub mark: Mark,
    pub read_on: Option<Date>,
    /// How often the packs rest on it: for a provision, the rules, gateways and clocks that name it; for
    /// a power or a rule, the scenarios in which it is chosen or fires, a blocker counting twice.
    pub uses: usize,
    /// Who should check it.
    pub for_whom: String,
}

/// Everything not yet approved by a reviewer, the most used first.
pub fn checklist(packs: &Packs) -> Vec<Item> {
    let mut named: BTreeMap<&str, usize> = BTreeMap::new();
    let mut picked: BTreeMap<String, usize> = BTreeMap::new();
    let mut fired: BTreeMap<String, usize> = BTreeMap::new();
    let rules = || packs.types.values().flat_map(|t| &t.rules);
    let by_rules = rules().flat_map(|rule| &rule.provisions);
    let by_gateways = packs.law.gateways.iter().flat_map(|g| &g.provisions);
    let by_clocks = packs.clocks.clocks.iter().flat_map(|c| &c.provisions);
    for id in by_rules.chain(by_gateways).chain(by_clocks) {
        *named.entry(id).or_default() += 1;
    }
    for record_type in packs.types.values() {
        for scenario in &record_type.scenarios {
            let powers = scenario.answers.get("gateway").and_then(|v| v.as_array());
            for power in powers.into_iter().flatten().filter_map(|v| v.as_str()) {
                *picked.entry(power.to_owned()).or_default() += 1;
            }
            let Ok(view) = record_type.flat_view(&packs.law, &scenario.answers) else {
                continue;
            };
            for prompt in view.fired(scenario.date) {
                let weight = if prompt.rule.severity == Severity::Block {
                    2
                } else {
                    1
                };
                *fired.entry(prompt.rule.id.clone()).or_default() += weight;
            }
        }
    }
    let mut items: Vec<Item> = Vec::new();
    let mut add = |id: &str, kind: &'static str, checking: Checking, uses: Option<&usize>| {
        if checking.approvals.is_empty() {
            items.push(Item {
                id: id.to_owned(),
                kind,
                mark: checking.mark,
                read_on: checking.read_on,
                uses: uses.copied().unwrap_or(0),
                for_whom: checking.for_whom,
            });
        }
    };
    for (id, provision) in &packs.law.provisions {
        add(
            id,
            "provision",
            provision.checking.clone(),
            named.get(id.as_str()),
        );
    }
    for power in packs.law.gateways.iter().flat_map(|g| &g.powers) {
        add(
            &power.id,
            "power",
            power.checking.clone(),
            picked.get(&power.id),
        );
    }
    for rule in rules() {
        add(
            &rule.id,
            "rule",
            rule.checking(&packs.law),
            fired.get(&rule.id),
        );
    }
    for clock in packs.clocks.clocks.iter().filter(|clock| !clock.house) {
        add(&clock.rule.id, "clock", clock.checking.clone(), None);
    }
    items.sort_by(|a, b| b.uses.cmp(&a.uses).then_with(|| a.id.cmp(&b.id)));
    items
}
