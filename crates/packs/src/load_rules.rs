//! Reading rules, derived answers and scenarios.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde_json::Value;

use crate::content::Answers;
use crate::fault::{Faults, Place, suggest};
use crate::fields::{Fields, Word};
use crate::form::Each;
use crate::record_type::{Derived, DerivedKind};
use crate::rule::{Case, Rule, Severity};
use crate::scenario::Scenario;

/// A rule with the words whose places later checks need.
pub(crate) struct ReadRule {
    pub rule: Rule,
    pub ask: Vec<Word>,
    pub provisions: Vec<Word>,
}

const DERIVED_KINDS: [(&str, DerivedKind); 3] = [
    ("yes_no", DerivedKind::YesNo),
    ("choice", DerivedKind::Choice),
    ("choices", DerivedKind::Choices),
];

pub(crate) fn rules(file: Fields, rules: &mut Vec<ReadRule>) {
    let for_whom = file.text("for_whom").unwrap_or_default();
    for fields in file.tables("rule", "rule") {
        if let Some(rule) = rule(fields, &for_whom) {
            rules.push(rule);
        }
    }
    file.finish();
}

fn rule(fields: Fields, for_whom: &str) -> Option<ReadRule> {
    let severity = fields.one_of("severity", &Severity::ALL);
    if !fields.has("severity") {
        fields.fault(
            &fields.place,
            "This rule has no \"severity\"",
            "Add severity = \"block\", must, consider or info",
        );
    }
    if !fields.has("when") {
        fields.fault(
            &fields.place,
            "This rule has no \"when\"",
            "Add the condition under which it fires",
        );
    }
    let (from, to) = fields.period();
    let when = fields.condition("when");
    let cleared = fields.condition("cleared");
    let clears = fields.text("clears");
    let severity = severity.unwrap_or(Severity::Info);
    match severity {
        Severity::Block | Severity::Must => {
            for key in ["cleared", "clears"] {
                if !fields.has(key) {
                    fields.fault(
                        &fields.place,
                        format!("A rule of severity {} has no \"{key}\"", severity.as_str()),
                        "Say what clears it, or make it consider or info",
                    );
                }
            }
        }
        Severity::Consider | Severity::Info if fields.has("cleared") => fields.fault(
            &fields.place_of("cleared"),
            format!(
                "A rule of severity {} cannot be cleared by an answer",
                severity.as_str()
            ),
            "Take \"cleared\" out, or make it must or block",
        ),
        _ => {}
    }
    let cases = fields
        .tables("case", "case")
        .into_iter()
        .map(case)
        .collect::<Vec<_>>();
    for fires in [true, false] {
        if !cases.iter().any(|case| case.fires == fires) {
            fields.fault(
                &fields.place,
                format!(
                    "This rule has no case in which it {}",
                    if fires { "fires" } else { "stays silent" }
                ),
                format!("Add a [[rule.case]] with answers and fires = {fires}"),
            );
        }
    }
    let (ask, provisions) = (fields.words("ask"), fields.words("provisions"));
    let text = |words: &[Word]| words.iter().map(|word| word.text.clone()).collect();
    let mut rule = Rule {
        id: fields.need_text("id"),
        severity,
        scope: fields.one_of("scope", &Each::ALL).unwrap_or(Each::Record),
        when: when.clone()?,
        cleared,
        prompt: fields.need_text("prompt"),
        clears,
        ask: text(&ask),
        provisions: text(&provisions),
        refs: fields.text("refs").unwrap_or_default(),
        from,
        to,
        cases,
        approvals: crate::load_law::approvals(&fields),
        for_whom: fields
            .text("for_whom")
            .unwrap_or_else(|| for_whom.to_owned()),
        by_day: false,
        welsh: BTreeMap::new(),
        place: fields.place.clone(),
    };
    rule.welsh = fields.finish();
    Some(ReadRule {
        rule,
        ask,
        provisions,
    })
}

fn case(fields: Fields) -> Case {
    if !fields.has("fires") {
        fields.fault(
            &fields.place,
            "This case does not say whether the rule fires",
            "Add fires = true or false",
        );
    }
    let case = Case {
        answers: plain(fields.answers("answers")),
        fires: fields.flag("fires").unwrap_or(true),
        cleared: fields.flag("cleared"),
        place: fields.place.clone(),
    };
    fields.finish();
    case
}

fn plain(answers: BTreeMap<String, (Value, Place)>) -> Answers {
    answers
        .into_iter()
        .map(|(name, (value, _))| (name, value))
        .collect()
}

pub(crate) fn derived(file: Fields) -> Vec<Derived> {
    let mut all = Vec::new();
    for fields in file.tables("derived", "derived answer") {
        if !fields.has("expr") {
            fields.fault(
                &fields.place,
                "This derived answer has no \"expr\"",
                "Add how it is worked out",
            );
        }
        let kind = fields
            .one_of("kind", &DERIVED_KINDS)
            .unwrap_or(DerivedKind::YesNo);
        let name = fields.need_text("name");
        let options = fields.texts("options");
        let text = fields.text("text");
        if (kind == DerivedKind::YesNo) != options.is_empty() {
            fields.fault(
                &fields.place,
                format!("The derived answer \"{name}\" needs options exactly when its kind is choice or choices"),
                "Add options = [\"…\"], or take them out",
            );
        }
        let expr = fields.condition("expr");
        fields.finish();
        if let Some(expr) = expr {
            let options = match kind {
                DerivedKind::YesNo => vec!["yes".into(), "no".into()],
                _ => options,
            };
            all.push(Derived {
                name,
                expr,
                kind,
                options,
                text,
            });
        }
    }
    file.finish();
    all
}

/// A scenario as written, before its base is worked in.
pub(crate) struct ReadScenario {
    pub scenario: Scenario,
    pub rules: Vec<Word>,
    pub gateways: Vec<Word>,
    pub base: Option<Word>,
    pub add: Answers,
}

pub(crate) fn scenario(file: Fields, usual_date: Date) -> ReadScenario {
    let (must_fire, must_not_fire) = (file.words("must_fire"), file.words("must_not_fire"));
    let (open, ignore) = (file.words("open_blockers"), file.words("ignore"));
    let expects = file.words("expects");
    let base = file.text("base").map(|text| Word {
        text,
        place: file.place_of("base"),
    });
    let text = |words: &[Word]| {
        words
            .iter()
            .map(|word| word.text.clone())
            .collect::<Vec<_>>()
    };
    let add = plain(file.answers("add"));
    let scenario = Scenario {
        id: file.need_text("id"),
        title: file.need_text("title"),
        parties: file.text("parties").unwrap_or_default(),
        purpose: file.text("purpose").unwrap_or_default(),
        note: file.text("note").unwrap_or_default(),
        expects: text(&expects),
        date: file.date("date").unwrap_or(usual_date),
        must_fire: text(&must_fire),
        must_not_fire: text(&must_not_fire),
        only_fires: file.flag("only_fires").unwrap_or(false),
        open_blockers: file.has("open_blockers").then(|| text(&open)),
        ignore: text(&ignore),
        base: base.as_ref().map(|word| word.text.clone()),
        answers: plain(file.answers("answers")),
        place: file.place.clone(),
    };
    file.finish();
    ReadScenario {
        scenario,
        rules: [must_fire, must_not_fire, open, ignore].concat(),
        gateways: expects,
        base,
        add,
    }
}

/// Works the answers of each scenario's base in; a base may have a base of its own.
pub(crate) fn join_bases(read: Vec<ReadScenario>, faults: &mut Faults) -> Vec<Scenario> {
    let mut done: Vec<Scenario> = Vec::new();
    let mut waiting = read;
    loop {
        let before = waiting.len();
        let mut still = Vec::new();
        for mut item in waiting {
            let Some(base) = &item.base else {
                done.push(item.scenario);
                continue;
            };
            let Some(base) = done.iter().find(|scenario| scenario.id == base.text) else {
                still.push(item);
                continue;
            };
            let mut answers = base.answers.clone();
            answers.append(&mut item.scenario.answers);
            for (name, extra) in item.add {
                add_to(&mut answers, name, extra);
            }
            item.scenario.answers = answers;
            done.push(item.scenario);
        }
        waiting = still;
        if waiting.is_empty() || waiting.len() == before {
            break;
        }
    }
    for item in waiting {
        if let Some(base) = item.base {
            faults.add(
                &base.place,
                format!(
                    "There is no scenario \"{}\" to start from, or it leads back to this one",
                    base.text
                ),
                suggest(&base.text, done.iter().map(|scenario| scenario.id.as_str())),
            );
        }
    }
    done.sort_by(|a, b| a.id.cmp(&b.id));
    done
}

fn add_to(answers: &mut Answers, name: String, extra: Value) {
    let extra = match extra {
        Value::Array(items) => items,
        single => vec![single],
    };
    let list = answers
        .entry(name)
        .or_insert_with(|| Value::Array(Vec::new()));
    if let Value::Array(items) = list {
        for item in extra {
            if !items.contains(&item) {
                items.push(item);
            }
        }
    }
}
