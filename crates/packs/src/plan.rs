//! What is worked out once per record type: the names conditions may read, their types and
//! defaults, and an order in which every answer is known before it is needed.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use crate::chosen::LOOKED_AT;
use crate::condition::{ANY, Condition};
use crate::fault::{Faults, Place};
use crate::form::{Each, Form, Question};
use crate::names::{Name, Read, Source};
use crate::record_type::{Derived, ReviewWhen};
use crate::rule::Rule;

/// One step of an evaluation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Node {
    /// A question's answers, wherever it is asked.
    Question(usize, usize),
    /// A party or flow question as the rest of the record sees it.
    Union(usize, usize),
    /// A derived answer at one level.
    Derived(usize, Each),
}

/// The plan of a record type.
#[derive(Clone, Debug, Default)]
pub(crate) struct Plan {
    pub names: BTreeMap<String, Name>,
    pub order: Vec<Node>,
    /// Per section and question, what its answer gives to rules.
    pub questions: Vec<Vec<Given>>,
    /// By number of the name, where its value comes from.
    pub sources: Vec<Source>,
    /// Per derived answer, its name.
    pub derived: Vec<GivenName>,
    /// A party without facts: the defaults of all fields that conditions read of items.
    pub party: Map<String, Value>,
    /// Numbers of the names `parties` and `flows`.
    pub parties: usize,
    pub flows: usize,
}

/// What one question gives to rules.
#[derive(Clone, Debug, Default)]
pub(crate) struct Given {
    /// Position among all questions.
    pub number: usize,
    /// The rule it is asked by.
    pub asked_by: Option<usize>,
    /// Its own name first, then those of the options that ask for their own text.
    pub names: Vec<GivenName>,
}

/// A name that a question or a derived answer gives a value to.
#[derive(Clone, Debug)]
pub(crate) struct GivenName {
    pub name: String,
    pub number: usize,
    /// The option, where it is the own text of one.
    pub option: Option<String>,
    pub default: Value,
    pub read: Read,
}

pub(crate) fn level(each: Each) -> usize {
    match each {
        Each::Record => 0,
        Each::Party => 1,
        Each::Flow => 2,
    }
}

/// What a plan is made from.
pub(crate) struct Parts<'p> {
    pub form: &'p Form,
    pub derived: &'p [Derived],
    pub rules: &'p [Rule],
    pub review_when: &'p [ReviewWhen],
}

impl Parts<'_> {
    /// Orders all steps; a circle is a fault.
    pub fn plan(&self, names: BTreeMap<String, Name>, faults: &mut Faults) -> Plan {
        let mut plan = Plan {
            names,
            ..Plan::default()
        };
        self.mark_reads(&mut plan);
        plan.sources = plan.names.values().map(|known| known.source).collect();
        plan.parties = plan.names["parties"].number;
        plan.flows = plan.names["flows"].number;
        plan.derived = self
            .derived
            .iter()
            .filter_map(|derived| given_name(&derived.name, None, &plan.names))
            .collect();
        let mut number = 0;
        for section in &self.form.sections {
            let given = section.questions.iter().map(|question| {
                number += 1;
                self.given(number - 1, question, &plan.names)
            });
            let given = given.collect();
            plan.questions.push(given);
        }
        let mut walk = Walk {
            parts: self,
            plan: &plan,
            done: BTreeSet::new(),
            open: Vec::new(),
            order: Vec::new(),
        };
        for (s, section) in self.form.sections.iter().enumerate() {
            for q in 0..section.questions.len() {
                walk.visit(Node::Question(s, q), faults);
                if section.each != Each::Record {
                    walk.visit(Node::Union(s, q), faults);
                }
            }
        }
        for i in 0..self.derived.len() {
            for each in [Each::Record, Each::Party, Each::Flow] {
                walk.visit(Node::Derived(i, each), faults);
            }
        }
        let order = walk.order;
        plan.order = order
            .into_iter()
            .filter(|node| match node {
                Node::Question(..) => true,
                Node::Union(s, q) => {
                    let mut names = plan.questions[*s][*q].names.iter();
                    names.any(|name| name.read.anywhere())
                }
                Node::Derived(i, each) => {
                    plan.names[&self.derived[*i].name].read.levels[level(*each)]
                }
            })
            .collect();
        plan
    }

    fn given(&self, number: usize, question: &Question, names: &BTreeMap<String, Name>) -> Given {
        let options = question.options.iter().filter(|option| option.explain);
        let explained = options.filter_map(|option| {
            given_name(&question.explain_name(&option.id), Some(&option.id), names)
        });
        Given {
            number,
            asked_by: question
                .asked_by
                .as_ref()
                .and_then(|id| self.rules.iter().position(|rule| rule.id == *id)),
            names: given_name(&question.id, None, names)
                .into_iter()
                .chain(explained)
                .collect(),
        }
    }

    /// Marks who reads each name, through derived answers.
    fn mark_reads(&self, plan: &mut Plan) {
        for fact in ["id", "kind", "public", "care", "registered"] {
            plan.party.insert(fact.to_owned(), json!(""));
        }
        let mut waiting: Vec<(Each, &Condition)> = Vec::new();
        for rule in self.rules {
            waiting.push((rule.scope, &rule.when));
            waiting.extend(rule.cleared.iter().map(|cleared| (rule.scope, cleared)));
        }
        for (section, question) in self.form.questions() {
            waiting.extend(question.when.iter().map(|when| (section.each, when)));
        }
        for further in self.review_when {
            waiting.push((Each::Party, &further.when));
        }
        while let Some((each, condition)) = waiting.pop() {
            for (name, fields) in condition.reads() {
                if ["parties", "flows", ANY].contains(&name.as_str()) {
                    for field in fields {
                        if let Some(known) = plan.names.get_mut(&field) {
                            known.read.field = true;
                        }
                        let known = plan.names.get(&field).map(|known| known.default.clone());
                        plan.party.insert(field, known.unwrap_or_else(|| json!("")));
                    }
                }
                let Some(known) = plan.names.get_mut(&name) else {
                    continue;
                };
                let seen = std::mem::replace(&mut known.read.levels[level(each)], true);
                match known.source {
                    Source::Derived(i) if !seen => waiting.push((each, &self.derived[i].expr)),
                    Source::Chosen {
                        section, question, ..
                    } if !seen => {
                        let place = &self.form.sections[section];
                        let own = place.questions[question].id.clone();
                        let looked_at = LOOKED_AT.map(str::to_owned);
                        for name in looked_at.into_iter().chain([own]) {
                            let Some(known) = plan.names.get_mut(&name) else {
                                continue;
                            };
                            for each in [Each::Record, place.each, each] {
                                let levels = &mut known.read.levels;
                                let seen = std::mem::replace(&mut levels[level(each)], true);
                                if let (false, Source::Derived(i)) = (seen, known.source) {
                                    waiting.push((each, &self.derived[i].expr));
                                }
                            }
                        }
                    }
                    _ => {}
                }
            }
        }
    }
}

fn given_name(
    name: &str,
    option: Option<&str>,
    names: &BTreeMap<String, Name>,
) -> Option<GivenName> {
    let known = names.get(name)?;
    Some(GivenName {
        name: name.to_owned(),
        number: known.number,
        option: option.map(str::to_owned),
        default: known.default.clone(),
        read: known.read,
    })
}

/// Depth-first ordering.
struct Walk<'w> {
    parts: &'w Parts<'w>,
    plan: &'w Plan,
    done: BTreeSet<Node>,
    open: Vec<Node>,
    order: Vec<Node>,
}

impl Walk<'_> {
    fn visit(&mut self, node: Node, faults: &mut Faults) {
        if self.done.contains(&node) {
            return;
        }
        if let Some(at) = self.open.iter().position(|open| *open == node) {
            self.report(at, faults);
            return;
        }
        self.open.push(node);
        for needed in self.needs(node) {
            self.visit(needed, faults);
        }
        self.open.pop();
        self.done.insert(node);
        self.order.push(node);
    }

    fn report(&self, at: usize, faults: &mut Faults) {
        let circle = &self.open[at..];
        let mut names: Vec<String> = Vec::new();
        for node in circle {
            let name = self.describe(*node).0;
            if names.last() != Some(&name) {
                names.push(name);
            }
        }
        names.extend(names.first().cloned());
        let Some(first) = circle.first() else { return };
        faults.add(
            &self.describe(*first).1,
            format!(
                "These conditions lead back to themselves: {}",
                names.join(" → ")
            ),
            "Let one of them not look at the other",
        );
    }

    fn describe(&self, node: Node) -> (String, Place) {
        match node {
            Node::Question(s, q) | Node::Union(s, q) => {
                let question = &self.parts.form.sections[s].questions[q];
                let place = question
                    .when
                    .as_ref()
                    .map_or(&question.place, |when| &when.place);
                (question.id.clone(), place.clone())
            }
            Node::Derived(i, _) => {
                let derived = &self.parts.derived[i];
                (derived.name.clone(), derived.expr.place.clone())
            }
        }
    }

    fn needs(&self, node: Node) -> Vec<Node> {
        match node {
            Node::Union(s, q) => vec![Node::Question(s, q)],
            Node::Derived(i, each) => self.read_by(&self.parts.derived[i].expr, each),
            Node::Question(s, q) => {
                let section = &self.parts.form.sections[s];
                let question = &section.questions[q];
                let mut needs = Vec::new();
                if let Some(when) = &question.when {
                    needs.extend(self.read_by(when, section.each));
                }
                if let Some(rule) = self.plan.questions[s][q].asked_by {
                    let rule = &self.parts.rules[rule];
                    needs.extend(self.read_by(&rule.when, rule.scope));
                }
                needs
            }
        }
    }

    fn read_by(&self, condition: &Condition, each: Each) -> Vec<Node> {
        let mut nodes = Vec::new();
        for (name, fields) in condition.reads() {
            if ["parties", "flows", ANY].contains(&name.as_str()) {
                nodes.extend(fields.iter().filter_map(|field| self.own(field)));
            }
            let Some(known) = self.plan.names.get(&name) else {
                continue;
            };
            match known.source {
                Source::Derived(i) => nodes.push(Node::Derived(i, each)),
                Source::Question { section, question } | Source::Explain { section, question } => {
                    let own = self.parts.form.sections[section].each;
                    nodes.push(if own == Each::Record || own == each {
                        Node::Question(section, question)
                    } else {
                        Node::Union(section, question)
                    });
                }
                Source::Chosen {
                    section, question, ..
                } => {
                    let own = self.parts.form.sections[section].each;
                    nodes.push(Node::Question(section, question));
                    if own != Each::Record {
                        nodes.push(Node::Union(section, question));
                    }
                    for name in LOOKED_AT {
                        match self.plan.names.get(name).map(|known| known.source) {
                            Some(Source::Derived(i)) => {
                                let levels = [Each::Record, own, each];
                                nodes.extend(levels.map(|each| Node::Derived(i, each)));
                            }
                            Some(Source::Question { section, question }) => {
                                nodes.push(Node::Question(section, question));
                            }
                            _ => {}
                        }
                    }
                }
                Source::Parties | Source::Flows => {}
            }
        }
        nodes
    }

    /// The step of the question behind a field of an item.
    fn own(&self, field: &str) -> Option<Node> {
        match self.plan.names.get(field)?.source {
            Source::Question { section, question } | Source::Explain { section, question } => {
                Some(Node::Question(section, question))
            }
            _ => None,
        }
    }
}
