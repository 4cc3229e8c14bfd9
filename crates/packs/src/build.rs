//! Making the view of a record: what is asked, what rules see, which rules hold.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use zen_expression::vm::VM;
use zen_expression::{Scope as Env, Variable};

use crate::condition::Condition;
use crate::content::{Answers, Content, Party, Scope};
use crate::form::{Each, Question, QuestionKind, Section};
use crate::law::Law;
use crate::plan::{Node, level};
use crate::record_type::{Derived, DerivedKind, RecordType};
use crate::view::{Holding, Instance, View};

impl RecordType {
    /// The view of a record's content. Answers to questions that are not asked do not count.
    pub fn view<'a>(&'a self, law: &'a Law, content: &Content, parties: &[Party]) -> View<'a> {
        let none = Answers::new();
        let mut build = Build::new(self, law, content, parties, &none);
        for node in &self.plan.order {
            match *node {
                Node::Question(s, q) => build.question(&self.form.sections[s], q),
                Node::Union(s, q) => build.union(&self.form.sections[s].questions[q]),
                Node::Derived(i, each) => build.derived(&self.derived[i], each),
            }
        }
        build.finish(content)
    }
}

/// One place with its answers, as the library's virtual machine reads them.
pub(crate) struct Seat<'a> {
    pub instance: Instance<'a>,
    pub env: Env,
    /// The item of `parties` or `flows` that stands for it.
    item: Variable,
}

impl Seat<'_> {
    pub fn new(scope: Scope, item: Variable) -> Self {
        Seat {
            instance: Instance::new(scope),
            env: Env::new(Variable::empty_object()),
            item,
        }
    }

    pub fn set(&self, name: &str, value: Variable) {
        insert(self.env.base(), name, value);
    }
}

/// Puts a field into an object.
pub(crate) fn insert(object: &Variable, name: &str, value: Variable) {
    if let Variable::Object(fields) = object {
        fields.borrow_mut().insert(Variable::key(name), value);
    }
}

struct Build<'a, 'c> {
    record_type: &'a RecordType,
    law: &'a Law,
    content: &'c Content,
    people: &'c [Party],
    record: Seat<'a>,
    parties: Vec<Seat<'a>>,
    flows: Vec<Seat<'a>>,
    vm: VM,
    none: &'c Answers,
}

impl<'a, 'c> Build<'a, 'c> {
    fn new(
        record_type: &'a RecordType,
        law: &'a Law,
        content: &'c Content,
        people: &'c [Party],
        none: &'c Answers,
    ) -> Self {
        let mut build = Build {
            record_type,
            law,
            content,
            people,
            record: Seat::new(Scope::Record, Variable::Null),
            parties: people
                .iter()
                .map(|party| Seat::new(Scope::Party(party.id.clone()), party_item(law, party)))
                .collect(),
            flows: content
                .flows
                .iter()
                .map(|flow| {
                    let item = Variable::empty_object();
                    insert(&item, "id", Variable::String(flow.id.as_str().into()));
                    Seat::new(Scope::Flow(flow.id.clone()), item)
                })
                .collect(),
            vm: VM::new(),
            none,
        };
        build.lists();
        build
    }

    /// `parties` and `flows`: all of them, but a party sees itself alone, a flow likewise.
    fn lists(&mut self) {
        let list = |seats: &[Seat]| {
            Variable::from_array(seats.iter().map(|seat| seat.item.shallow_clone()).collect())
        };
        let (parties, flows) = (list(&self.parties), list(&self.flows));
        for seat in std::iter::once(&self.record)
            .chain(&self.parties)
            .chain(&self.flows)
        {
            let alone = || Variable::from_array(vec![seat.item.shallow_clone()]);
            let (own_parties, own_flows) = match seat.instance.scope {
                Scope::Record => (parties.clone(), flows.clone()),
                Scope::Party(_) => (alone(), flows.clone()),
                Scope::Flow(_) => (parties.clone(), alone()),
            };
            seat.set("parties", own_parties);
            seat.set("flows", own_flows);
        }
    }

    fn seats(&self, each: Each) -> &[Seat<'a>] {
        match each {
            Each::Record => std::slice::from_ref(&self.record),
            Each::Party => &self.parties,
            Each::Flow => &self.flows,
        }
    }

    fn seat_mut(&mut self, each: Each, at: usize) -> &mut Seat<'a> {
        match each {
            Each::Record => &mut self.record,
            Each::Party => &mut self.parties[at],
            Each::Flow => &mut self.flows[at],
        }
    }

    fn raw(&self, each: Each, at: usize) -> &'c Answers {
        match each {
            Each::Record => &self.content.answers,
            Each::Flow => &self.content.flows[at].answers,
            Each::Party => self
                .content
                .parties
                .get(&self.people[at].id)
                .unwrap_or(self.none),
        }
    }

    fn holds(&mut self, condition: &Condition, each: Each, at: usize) -> bool {
        let env = match each {
            Each::Record => &self.record.env,
            Each::Party => &self.parties[at].env,
            Each::Flow => &self.flows[at].env,
        };
        condition.holds(env, &mut self.vm)
    }

    fn asked(&mut self, question: &Question, each: Each, at: usize) -> bool {
        if question.hidden {
            return false;
        }
        if let Some(when) = &question.when
            && !self.holds(when, each, at)
        {
            return false;
        }
        let Some(rule) = self.record_type.plan.asked_by.get(&question.id) else {
            return true;
        };
        let rule = &self.record_type.rules[*rule];
        if rule.scope == each || rule.scope == Each::Record {
            let at = if rule.scope == each { at } else { 0 };
            return self.holds(&rule.when, rule.scope, at);
        }
        (0..self.seats(rule.scope).len()).any(|at| self.holds(&rule.when, rule.scope, at))
    }

    /// What is asked and answered of one question, everywhere it stands.
    fn question(&mut self, section: &'a Section, q: usize) {
        let (each, question) = (section.each, &section.questions[q]);
        let explained: Vec<(&'a str, &'a str)> = question
            .options
            .iter()
            .filter(|option| option.explain)
            .filter_map(|option| {
                let (name, _) = self
                    .record_type
                    .plan
                    .names
                    .get_key_value(&question.explain_name(&option.id))?;
                Some((option.id.as_str(), name.as_str()))
            })
            .collect();
        for at in 0..self.seats(each).len() {
            let asked = self.asked(question, each, at);
            let raw = self.raw(each, at);
            let given = raw.get(&question.id).filter(|_| asked);
            let value = given
                .and_then(|given| seen(question, given, self.people))
                .unwrap_or_else(|| question.default.clone());
            let mut complete = given.is_some_and(filled);
            let mut texts = Vec::new();
            for (option, name) in &explained {
                let picked = given.is_some_and(|given| picks(given, option));
                let text = raw.get(*name).filter(|text| picked && text.is_string());
                complete &= !picked || text.is_some_and(filled);
                texts.push((*name, text.cloned().unwrap_or_else(|| json!(""))));
            }
            let seat = self.seat_mut(each, at);
            if asked {
                seat.instance.asked.insert(&question.id);
                if complete {
                    seat.instance.answered.insert(&question.id);
                }
            }
            self.place(each, at, &question.id, value);
            for (name, text) in texts {
                self.place(each, at, name, text);
            }
        }
    }

    /// Puts a value where it is read: its own place, its item, and for the record everywhere.
    fn place(&mut self, each: Each, at: usize, name: &'a str, value: Value) {
        let reads = &self.record_type.plan.reads;
        let wanted = |each: Each| reads[level(each)].contains(name);
        if each == Each::Record {
            self.spread(name, value);
            return;
        }
        let variable = Variable::from(&value);
        let seat = self.seat_mut(each, at);
        insert(&seat.item, name, variable.shallow_clone());
        if wanted(each) {
            seat.set(name, variable);
        }
        seat.instance.values.insert(name, value);
    }

    /// Puts a value of the record where it is read, unless a place has its own.
    fn spread(&mut self, name: &'a str, value: Value) {
        let reads = &self.record_type.plan.reads;
        if !reads.iter().any(|names| names.contains(name)) {
            return;
        }
        let variable = Variable::from(&value);
        for (each, seats) in [
            (Each::Record, std::slice::from_ref(&self.record)),
            (Each::Party, &self.parties),
            (Each::Flow, &self.flows),
        ] {
            if reads[level(each)].contains(name) {
                for seat in seats
                    .iter()
                    .filter(|seat| !seat.instance.values.contains_key(name))
                {
                    seat.set(name, variable.shallow_clone());
                }
            }
        }
        self.record.instance.values.insert(name, value);
    }

    /// A party or flow question as the rest of the record sees it.
    fn union(&mut self, question: &'a Question) {
        let Some((section, _)) = self.record_type.form.question(&question.id) else {
            return;
        };
        let names = std::iter::once(question.id.as_str()).chain(
            question
                .options
                .iter()
                .filter(|option| option.explain)
                .filter_map(|option| {
                    let name = question.explain_name(&option.id);
                    Some(self.record_type.plan.names.get_key_value(&name)?.0.as_str())
                }),
        );
        for name in names.collect::<Vec<_>>() {
            let default = &self.record_type.plan.names[name].default;
            let values = self
                .seats(section.each)
                .iter()
                .filter_map(|seat| seat.instance.values.get(name));
            let value = united(values, default);
            self.spread(name, value);
        }
    }

    fn derived(&mut self, derived: &'a Derived, each: Each) {
        for at in 0..self.seats(each).len() {
            let env = &self.seats(each)[at].env;
            let value = worked_out(derived, env, &mut VM::new());
            let seat = self.seat_mut(each, at);
            seat.set(&derived.name, Variable::from(&value));
            seat.instance.values.insert(&derived.name, value);
        }
    }

    fn finish(mut self, content: &Content) -> View<'a> {
        let mut holding = Vec::new();
        for (rule, known) in self.record_type.rules.iter().enumerate() {
            for at in 0..self.seats(known.scope).len() {
                if self.holds(&known.when, known.scope, at) {
                    let cleared = known
                        .cleared
                        .as_ref()
                        .is_some_and(|c| self.holds(c, known.scope, at));
                    holding.push(Holding { rule, at, cleared });
                }
            }
        }
        for at in 0..self.parties.len() {
            for further in &self.record_type.review_when {
                if self.holds(&further.when, Each::Party, at) {
                    self.parties[at].instance.reviewers.push(further.role);
                }
            }
        }
        // The lists as the explanations read them.
        for name in ["parties", "flows"] {
            for seat in std::iter::once(&mut self.record)
                .chain(&mut self.parties)
                .chain(&mut self.flows)
            {
                if let Some(list) = seat.env.get_str(name) {
                    seat.instance.values.insert(name, list.to_value());
                }
            }
        }
        let instances =
            |seats: Vec<Seat<'a>>| seats.into_iter().map(|seat| seat.instance).collect();
        View {
            record_type: self.record_type,
            law: self.law,
            record: self.record.instance,
            parties: instances(self.parties),
            flows: instances(self.flows),
            holding,
            settled: content.settled.clone(),
            given: BTreeSet::new(),
        }
    }
}

/// What rules know about a party besides its answers.
fn party_item(law: &Law, party: &Party) -> Variable {
    let kind = law.kind(&party.kind);
    let item = Variable::empty_object();
    for (name, value) in [
        ("id", party.id.as_str()),
        ("kind", party.kind.as_str()),
        ("public", yes_no(kind.is_some_and(|kind| kind.public))),
        ("care", yes_no(kind.is_some_and(|kind| kind.care))),
        ("registered", yes_no(party.registered)),
    ] {
        insert(&item, name, Variable::String(value.into()));
    }
    item
}

pub(crate) fn yes_no(flag: bool) -> &'static str {
    if flag { "yes" } else { "no" }
}

/// Whether an answer says anything.
pub(crate) fn filled(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::String(text) => !text.is_empty(),
        Value::Array(items) => !items.is_empty(),
        _ => true,
    }
}

fn picks(given: &Value, option: &str) -> bool {
    match given {
        Value::Array(items) => items.iter().any(|item| item == option),
        single => single == option,
    }
}

/// A stored answer as rules see it; `None` when it is blank or has a shape no form produces.
fn seen(question: &Question, given: &Value, people: &[Party]) -> Option<Value> {
    if !filled(given) {
        return None;
    }
    match question.kind {
        QuestionKind::Parties => {
            let mut kinds: Vec<&str> = Vec::new();
            for id in given.as_array()? {
                let party = people.iter().find(|party| *id == party.id.as_str());
                if let Some(kind) = party
                    .map(|party| party.kind.as_str())
                    .filter(|kind| !kinds.contains(kind))
                {
                    kinds.push(kind);
                }
            }
            Some(json!(kinds))
        }
        QuestionKind::Files => given.is_array().then(|| json!(question.attached)),
        QuestionKind::Number => given.is_number().then(|| given.clone()),
        QuestionKind::Table => Some(full_rows(question, given.as_array()?)),
        kind if kind.is_list() => given
            .as_array()
            .is_some_and(|items| items.iter().all(Value::is_string))
            .then(|| given.clone()),
        _ => given.is_string().then(|| given.clone()),
    }
}

/// Rows in which every column has a text, so that conditions never meet a gap.
pub(crate) fn full_rows(question: &Question, rows: &[Value]) -> Value {
    rows.iter()
        .filter_map(Value::as_object)
        .map(|row| {
            question
                .columns
                .iter()
                .map(|column| {
                    let cell = row.get(&column.id).filter(|cell| cell.is_string());
                    (
                        column.id.clone(),
                        cell.cloned().unwrap_or_else(|| json!("")),
                    )
                })
                .collect::<serde_json::Map<_, _>>()
        })
        .map(Value::Object)
        .collect()
}

/// Lists merged without repeats; of single values the one all agree on, else the first that
/// says something.
fn united<'v>(values: impl Iterator<Item = &'v Value>, default: &Value) -> Value {
    let values: Vec<&Value> = values.collect();
    if default.is_array() {
        let mut all: Vec<Value> = Vec::new();
        for item in values.iter().filter_map(|value| value.as_array()).flatten() {
            if !all.contains(item) {
                all.push(item.clone());
            }
        }
        return Value::Array(all);
    }
    let telling = values.into_iter().find(|value| *value != default);
    telling.unwrap_or(default).clone()
}

/// The value of a derived answer in a scope.
pub(crate) fn worked_out(derived: &Derived, env: &Env, vm: &mut VM) -> Value {
    let value = derived.expr.value(env, vm);
    match (derived.kind, value) {
        (_, Variable::Bool(flag)) => json!(yes_no(flag)),
        (DerivedKind::Choices, Variable::Array(items)) => {
            let mut all: Vec<Value> = Vec::new();
            for item in items.borrow().iter().map(Variable::to_value) {
                if !all.contains(&item) {
                    all.push(item);
                }
            }
            Value::Array(all)
        }
        (DerivedKind::Choices, _) => json!([]),
        (DerivedKind::YesNo, Variable::String(word)) => json!(word.as_str()),
        (DerivedKind::YesNo, _) => json!("no"),
        (DerivedKind::Choice, Variable::String(word)) => json!(word.as_str()),
        (DerivedKind::Choice, _) => json!(crate::plan::unset(derived)),
    }
}
