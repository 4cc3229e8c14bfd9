//! The files of one record type, put together and checked against each other.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::checks;
use crate::dates;
use crate::document::Text;
use crate::fault::{Faults, Place, suggest};
use crate::fields::{Fields, Word};
use crate::form::{Each, Form, Section};
use crate::kinds;
use crate::law::Law;
use crate::load_form;
use crate::load_rules::{self, ReadRule, ReadScenario};
use crate::load_type::{self, Head, ReadDocument};
use crate::names;
use crate::never;
use crate::plan::Parts;
use crate::record_type::{Derived, RecordType};
use crate::rule::Rule;
use crate::workflow::Workflow;
use crate::workflow_checks::{self, Governed};

/// What was read for one type so far.
#[derive(Default)]
pub(crate) struct TypeFiles {
    head: Option<Head>,
    sections: Vec<(Place, Section)>,
    derived: Vec<Derived>,
    rules: Vec<ReadRule>,
    workflow: Option<(Place, Workflow)>,
    document: Option<ReadDocument>,
    text: Option<Text>,
    scenarios: Vec<ReadScenario>,
}

impl TypeFiles {
    /// Whether a path below the type's folder is a file that types have.
    pub fn knows(path: &[&str]) -> bool {
        matches!(
            path,
            ["type.toml" | "derived.toml" | "workflow.toml" | "document.toml" | "text.toml"]
                | ["form" | "rules" | "scenarios", _]
        )
    }

    /// Reads one file. Files come in the order of their paths.
    pub fn read(&mut self, folder: &str, path: &[&str], fields: Fields) {
        match path {
            ["type.toml"] => self.head = Some(load_type::head(fields, folder)),
            ["derived.toml"] => self.derived = load_rules::derived(fields),
            ["workflow.toml"] => {
                self.workflow = Some((fields.place.clone(), load_type::workflow(fields)));
            }
            ["document.toml"] => self.document = Some(load_type::document(fields)),
            ["text.toml"] => self.text = Some(load_type::text(fields)),
            ["form", _] => {
                let place = fields.place.clone();
                self.sections
                    .extend(load_form::section(fields).map(|section| (place, section)));
            }
            ["rules", _] => load_rules::rules(fields, &mut self.rules),
            _ => self.scenarios.push(load_rules::scenario(fields, Date::MAX)),
        }
    }

    /// What a type is called, where it says so: nothing of it is called like another.
    pub fn called(&self) -> &[(&'static str, Word)] {
        self.head.as_ref().map_or(&[], |head| &head.called)
    }

    /// Checks everything against everything and makes the type.
    pub fn finish(
        mut self,
        folder: &str,
        law: &Law,
        date: Date,
        faults: &mut Faults,
    ) -> Option<RecordType> {
        let lost = |file: &str| Place {
            file: format!("agreements/{folder}/{file}"),
            line: 1,
        };
        let Some(mut head) = self.head else {
            faults.add(
                &lost("type.toml"),
                format!("The type \"{folder}\" has no type.toml"),
                "Add it",
            );
            return None;
        };
        sections_once(&self.sections, faults);
        let places: Vec<(Place, Each)> = self
            .sections
            .iter()
            .map(|(place, section)| (place.clone(), section.each))
            .collect();
        let sections = self.sections.into_iter().map(|(_, section)| section);
        let mut form = Form::new(sections.collect());
        let mut read_rules = self.rules;
        read_rules.sort_by(|a, b| a.rule.id.cmp(&b.rule.id));
        rules_once(&read_rules, faults);
        let names = names::names(law, &form, &self.derived, faults);
        let questions = form.sections.iter_mut().flat_map(|s| &mut s.questions);
        let conditions = questions
            .filter_map(|question| question.when.as_mut())
            .chain(self.derived.iter_mut().map(|derived| &mut derived.expr))
            .chain(head.review_when.iter_mut().map(|further| &mut further.when))
            .chain(read_rules.iter_mut().flat_map(|read| {
                std::iter::once(&mut read.rule.when).chain(&mut read.rule.cleared)
            }));
        conditions.for_each(|condition| condition.number(&names));
        let lasting = (self.derived.iter().map(|derived| &derived.expr))
            .chain(
                form.questions()
                    .filter_map(|(_, question)| question.when.as_ref()),
            )
            .chain(head.review_when.iter().map(|further| &further.when));
        lasting.for_each(|condition| checks::lasting(condition, &names, faults));
        checks::derived(&self.derived, &names, faults);
        dates::check(&form, faults);
        for (_, question) in form.questions() {
            if let Some(when) = &question.when {
                kinds::check_test(when, &names, faults);
                never::check(when, &names, "This question can never be asked", faults);
            }
            checks::asked_by(question, &read_rules, faults);
        }
        for further in &head.review_when {
            kinds::check_test(&further.when, &names, faults);
        }
        for read in &read_rules {
            checks::rule(read, law, &form, &names, faults);
        }
        if let Some(title) = &head.title_question {
            checks::question_known(title, &form, faults);
            checks::title(title, &form, faults);
        }
        for (place, section) in &places {
            if *section == Each::Flow && !head.flows {
                faults.add(
                    place,
                    "This section is asked of each data flow, and the type has none",
                    "Add flows = true to type.toml, or change each",
                );
            }
        }
        let workflow = self.workflow.map(|(place, workflow)| {
            let governed = Governed {
                parties: head.parties,
                flows: head.flows,
                reviews: !head.review.is_empty() || !head.review_when.is_empty(),
                signs: !head.sign_off.is_empty(),
            };
            workflow_checks::check(&workflow, &place, governed, faults);
            workflow
        });
        if self.document.is_none() {
            faults.add(
                &lost("document.toml"),
                format!("The type \"{folder}\" has no document"),
                "Add document.toml with a title and the parts it shows",
            );
        }
        if workflow.is_none() {
            faults.add(
                &lost("workflow.toml"),
                format!("The type \"{folder}\" has no workflow"),
                "Add workflow.toml",
            );
        }
        let document = self.document.map(|read| {
            checks::document(&read, &form, faults);
            read.document
        });
        scenarios_once(&self.scenarios, faults);
        for scenario in &self.scenarios {
            checks::scenario(scenario, &read_rules, law, faults);
        }
        let mut rules: Vec<Rule> = read_rules.into_iter().map(|read| read.rule).collect();
        for rule in &mut rules {
            usual_ask(rule, &form);
            rule.by_day = std::iter::once(&rule.when)
                .chain(&rule.cleared)
                .flat_map(|condition| condition.reads().into_keys())
                .any(|name| {
                    let source = names.get(&name).map(|known| known.source);
                    matches!(source, Some(names::Source::Chosen { .. }))
                });
        }
        let mut scenarios = load_rules::join_bases(self.scenarios, faults);
        for scenario in &mut scenarios {
            if scenario.date == Date::MAX {
                scenario.date = date;
            }
        }
        let parts = Parts {
            form: &form,
            derived: &self.derived,
            rules: &rules,
            review_when: &head.review_when,
        };
        let plan = parts.plan(names, faults);
        Some(RecordType {
            id: head.id,
            name: head.name,
            plural: head.plural,
            prefix: head.prefix,
            parties: head.parties,
            flows: head.flows,
            review: head.review,
            review_when: head.review_when,
            sign_off: head.sign_off,
            title_question: head.title_question.map(|word| word.text),
            form,
            derived: self.derived,
            rules,
            workflow: workflow.unwrap_or_default(),
            document: document.unwrap_or_default(),
            text: self.text,
            scenarios,
            plan,
        })
    }
}

fn sections_once(sections: &[(Place, Section)], faults: &mut Faults) {
    let mut seen: BTreeMap<&str, &Place> = BTreeMap::new();
    for (place, section) in sections {
        if let Some(first) = seen.insert(&section.id, place) {
            faults.add(
                place,
                format!(
                    "The section \"{}\" is there twice; first in {}",
                    section.id, first.file
                ),
                "Give one of them another id",
            );
        }
    }
}

fn rules_once(rules: &[ReadRule], faults: &mut Faults) {
    for pair in rules.windows(2) {
        let [first, second] = pair else { continue };
        if first.rule.id == second.rule.id {
            let (a, b) = (&first.rule.place, &second.rule.place);
            faults.add(
                b,
                format!(
                    "The rule \"{}\" is there twice; first in {}:{}",
                    second.rule.id, a.file, a.line
                ),
                "Give one of them another id, or take it out",
            );
        }
    }
}

fn scenarios_once(scenarios: &[ReadScenario], faults: &mut Faults) {
    let mut seen: BTreeMap<&str, &Place> = BTreeMap::new();
    for read in scenarios {
        let (id, place) = (&read.scenario.id, &read.scenario.place);
        if let Some(first) = seen.insert(id, place) {
            faults.add(
                place,
                format!(
                    "The scenario \"{id}\" is there twice; first in {}",
                    first.file
                ),
                "Give one of them another id",
            );
        }
    }
}

/// Where a prompt is shown if the rule does not say: at the questions that clear it.
fn usual_ask(rule: &mut Rule, form: &Form) {
    if !rule.ask.is_empty() {
        return;
    }
    let asked = |names: Vec<String>| -> Vec<String> {
        names
            .into_iter()
            .filter(|name| {
                form.question(name)
                    .is_some_and(|(_, question)| !question.hidden)
            })
            .collect()
    };
    let reads = |condition: &crate::condition::Condition| -> Vec<String> {
        condition
            .reads()
            .into_iter()
            .flat_map(|(name, fields)| std::iter::once(name).chain(fields))
            .collect()
    };
    if let Some(cleared) = &rule.cleared {
        rule.ask = asked(reads(cleared));
    }
    if rule.ask.is_empty() {
        rule.ask = asked(reads(&rule.when));
    }
}

/// A name among known ones, or a fault.
pub(crate) fn known_or_fault(word: &Word, known: &[&str], what: &str, faults: &mut Faults) {
    if !known.contains(&word.text.as_str()) {
        faults.add(
            &word.place,
            format!("There is no {what} \"{}\"", word.text),
            suggest(&word.text, known.iter().copied()),
        );
    }
}
