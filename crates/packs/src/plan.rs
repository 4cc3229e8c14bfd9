//! What is worked out once per record type: the names conditions may read, their types and
//! defaults, and an order in which every answer is known before it is needed.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::condition::Condition;
use crate::fault::{Faults, Place};
use crate::form::{Each, Form, Question, QuestionKind};
use crate::kinds::{Kind, choices, options};
use crate::law::Law;
use crate::record_type::{Derived, DerivedKind, ReviewWhen};
use crate::rule::Rule;

/// A name that conditions may read.
#[derive(Clone, Debug)]
pub(crate) struct Name {
    pub kind: Kind,
    pub default: Value,
    pub source: Source,
}

/// Where the value behind a name comes from. Numbers are positions in the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    Question {
        section: usize,
        question: usize,
    },
    /// The own text of an option.
    Explain {
        section: usize,
        question: usize,
    },
    Derived(usize),
    Parties,
    Flows,
}

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
    /// Names read by conditions that look at a record, a party, a flow.
    pub reads: [BTreeSet<String>; 3],
    /// The rule a question is asked by.
    pub asked_by: BTreeMap<String, usize>,
}

pub(crate) fn level(each: Each) -> usize {
    match each {
        Each::Record => 0,
        Each::Party => 1,
        Each::Flow => 2,
    }
}

/// The names of a type: answers, derived answers, `parties` and `flows`.
pub(crate) fn names(
    law: &Law,
    form: &Form,
    derived: &[Derived],
    faults: &mut Faults,
) -> BTreeMap<String, Name> {
    let mut names: BTreeMap<String, Name> = BTreeMap::new();
    let mut places: BTreeMap<String, Place> = BTreeMap::new();
    let mut add = |id: String, name: Name, place: &Place, faults: &mut Faults| {
        if let Some(first) = places.get(&id) {
            faults.add(
                place,
                format!(
                    "The name \"{id}\" is there twice; first in {}:{}",
                    first.file, first.line
                ),
                "Give one of them another name",
            );
            return;
        }
        places.insert(id.clone(), place.clone());
        names.insert(id, name);
    };
    let yes_no = || Kind::Text(Some(choices(["yes", "no"])));
    let kinds = || Kind::Text(Some(options(law.kinds.iter().map(|kind| &kind.id))));
    let mut party = BTreeMap::from([
        ("id".to_owned(), Kind::Text(None)),
        ("kind".to_owned(), kinds()),
        ("public".to_owned(), yes_no()),
        ("care".to_owned(), yes_no()),
        ("registered".to_owned(), yes_no()),
    ]);
    let mut flow = BTreeMap::from([("id".to_owned(), Kind::Text(None))]);
    for (s, section) in form.sections.iter().enumerate() {
        for (q, question) in section.questions.iter().enumerate() {
            let kind = question_kind(law, question);
            let mut fields = vec![(question.id.clone(), kind.clone())];
            let source = Source::Question {
                section: s,
                question: q,
            };
            let name = Name {
                kind,
                default: question.default.clone(),
                source,
            };
            add(question.id.clone(), name, &question.place, faults);
            for option in question.options.iter().filter(|option| option.explain) {
                let id = question.explain_name(&option.id);
                let source = Source::Explain {
                    section: s,
                    question: q,
                };
                let name = Name {
                    kind: Kind::Text(None),
                    default: json!(""),
                    source,
                };
                add(id.clone(), name, &question.place, faults);
                fields.push((id, Kind::Text(None)));
            }
            match section.each {
                Each::Record => {}
                Each::Party => party.extend(fields),
                Each::Flow => flow.extend(fields),
            }
        }
    }
    for (i, item) in derived.iter().enumerate() {
        let default = unset(item);
        let mut known = options(&item.options);
        if item.kind == DerivedKind::Choice {
            known.insert(default.to_owned());
        }
        let text = Kind::Text(Some(known));
        let (kind, default) = match item.kind {
            DerivedKind::YesNo => (text, json!("no")),
            DerivedKind::Choice => (text, json!(default)),
            DerivedKind::Choices => (Kind::List(Box::new(text)), json!([])),
        };
        let name = Name {
            kind,
            default,
            source: Source::Derived(i),
        };
        add(item.name.clone(), name, &item.expr.place, faults);
    }
    for (id, fields, source) in [
        ("parties", party, Source::Parties),
        ("flows", flow, Source::Flows),
    ] {
        let kind = Kind::List(Box::new(Kind::Object(fields.into())));
        names.insert(
            id.into(),
            Name {
                kind,
                default: json!([]),
                source,
            },
        );
    }
    names
}

/// What a derived choice is while there is nothing to work it out from.
pub(crate) fn unset(derived: &Derived) -> &'static str {
    ["none", "unset"]
        .into_iter()
        .find(|word| derived.options.iter().any(|option| option == word))
        .unwrap_or("")
}

fn question_kind(law: &Law, question: &Question) -> Kind {
    let own = || {
        let mut known = options(question.options.iter().map(|option| &option.id));
        if let Value::String(default) = &question.default {
            known.insert(default.clone());
        }
        known
    };
    let list = |kind: Kind| Kind::List(Box::new(kind));
    match question.kind {
        QuestionKind::Number => Kind::Number,
        QuestionKind::YesNo => {
            let mut known = choices(["yes", "no"]);
            known.extend(question.default.as_str().map(str::to_owned));
            Kind::Text(Some(known))
        }
        QuestionKind::Choice => Kind::Text(Some(own())),
        QuestionKind::Choices => list(Kind::Text(Some(options(
            question.options.iter().map(|o| &o.id),
        )))),
        QuestionKind::Parties => list(Kind::Text(Some(options(
            law.kinds.iter().map(|kind| &kind.id),
        )))),
        QuestionKind::Gateways => list(Kind::Text(Some(options(
            law.gateways
                .iter()
                .flat_map(|g| g.powers.iter().map(|p| &p.id)),
        )))),
        QuestionKind::Files => Kind::Text(Some(choices([
            question.attached.as_str(),
            question.absent.as_str(),
        ]))),
        QuestionKind::Lines => list(Kind::Text(None)),
        QuestionKind::Table => list(Kind::Object(
            question
                .columns
                .iter()
                .map(|column| {
                    let known = options(column.options.iter().map(|option| &option.id));
                    let kind = (column.kind == QuestionKind::Choice).then(|| {
                        let mut known = known;
                        known.insert(String::new());
                        known
                    });
                    (column.id.clone(), Kind::Text(kind))
                })
                .collect::<BTreeMap<_, _>>()
                .into(),
        )),
        QuestionKind::Text
        | QuestionKind::LongText
        | QuestionKind::Date
        | QuestionKind::Link
        | QuestionKind::Email
        | QuestionKind::Duration => Kind::Text(None),
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
        let asked_by = self
            .form
            .questions()
            .filter_map(|(_, question)| {
                let id = question.asked_by.as_ref()?;
                let rule = self.rules.iter().position(|rule| rule.id == *id)?;
                Some((question.id.clone(), rule))
            })
            .collect();
        let mut plan = Plan {
            names,
            asked_by,
            ..Plan::default()
        };
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
        plan.reads = self.reads(&plan);
        plan.order = order
            .into_iter()
            .filter(|node| match node {
                Node::Derived(i, each) => plan.reads[level(*each)].contains(&self.derived[*i].name),
                _ => true,
            })
            .collect();
        plan
    }

    /// The names read at each level, through derived answers.
    fn reads(&self, plan: &Plan) -> [BTreeSet<String>; 3] {
        let mut reads: [BTreeSet<String>; 3] = Default::default();
        let mut add = |each: Each, condition: &Condition| {
            let set = &mut reads[level(each)];
            let mut waiting: Vec<String> = condition.reads().into_keys().collect();
            while let Some(name) = waiting.pop() {
                if set.contains(&name) {
                    continue;
                }
                if let Some(Source::Derived(i)) = plan.names.get(&name).map(|n| n.source) {
                    waiting.extend(self.derived[i].expr.reads().into_keys());
                }
                set.insert(name);
            }
        };
        for rule in self.rules {
            add(rule.scope, &rule.when);
            if let Some(cleared) = &rule.cleared {
                add(rule.scope, cleared);
            }
        }
        for (section, question) in self.form.questions() {
            if let Some(when) = &question.when {
                add(section.each, when);
            }
        }
        for further in self.review_when {
            add(Each::Party, &further.when);
        }
        reads
    }
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
                if let Some(rule) = self.plan.asked_by.get(&question.id) {
                    let rule = &self.parts.rules[*rule];
                    needs.extend(self.read_by(&rule.when, rule.scope));
                }
                needs
            }
        }
    }

    fn read_by(&self, condition: &Condition, each: Each) -> Vec<Node> {
        let mut nodes = Vec::new();
        for (name, fields) in condition.reads() {
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
                Source::Parties | Source::Flows => {
                    nodes.extend(fields.iter().filter_map(|field| {
                        match self.plan.names.get(field)?.source {
                            Source::Question { section, question }
                            | Source::Explain { section, question } => {
                                Some(Node::Question(section, question))
                            }
                            _ => None,
                        }
                    }))
                }
            }
        }
        nodes
    }
}
