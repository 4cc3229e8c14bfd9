//! Making the view of a record: what is asked, what rules see, which rules hold.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use zen_expression::vm::VM;
use zen_expression::{Scope as Env, Variable};

use crate::condition::Condition;
use crate::content::{Answers, Content, Party, Scope};
use crate::form::{Each, Question, QuestionKind, Section};
use crate::law::Law;
use crate::plan::{Given, GivenName, Node, level};
use crate::record_type::{Derived, DerivedKind, RecordType};
use crate::view::{Holding, Instance, View};

impl RecordType {
    /// The view of a record's content. Answers to questions that are not asked do not count.
    pub fn view<'a>(&'a self, law: &'a Law, content: &Content, parties: &[Party]) -> View<'a> {
        let none = Answers::new();
        let mut build = Build::new(self, law, content, parties, &none);
        for node in &self.plan.order {
            match *node {
                Node::Question(s, q) => {
                    let section = &self.form.sections[s];
                    build.question(section, &section.questions[q], &self.plan.questions[s][q]);
                }
                Node::Union(s, q) => {
                    build.union(self.form.sections[s].each, &self.plan.questions[s][q]);
                }
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
    pub fn new(scope: Scope, item: Variable, questions: usize) -> Self {
        Seat {
            instance: Instance::new(scope, questions),
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
        let questions = record_type.plan.questions.iter().map(Vec::len).sum();
        let mut build = Build {
            record_type,
            law,
            content,
            people,
            record: Seat::new(Scope::Record, Variable::Null, questions),
            parties: people
                .iter()
                .map(|party| {
                    Seat::new(
                        Scope::Party(party.id.clone()),
                        party_item(law, party),
                        questions,
                    )
                })
                .collect(),
            flows: content
                .flows
                .iter()
                .map(|flow| {
                    let item = Variable::empty_object();
                    insert(&item, "id", Variable::String(flow.id.as_str().into()));
                    Seat::new(Scope::Flow(flow.id.clone()), item, questions)
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

    fn asked(&mut self, question: &Question, given: &Given, each: Each, at: usize) -> bool {
        if question.hidden {
            return false;
        }
        if let Some(when) = &question.when
            && !self.holds(when, each, at)
        {
            return false;
        }
        let Some(rule) = given.asked_by else {
            return true;
        };
        let rule = &self.record_type.rules[rule];
        if rule.scope == each || rule.scope == Each::Record {
            let at = if rule.scope == each { at } else { 0 };
            return self.holds(&rule.when, rule.scope, at);
        }
        (0..self.seats(rule.scope).len()).any(|at| self.holds(&rule.when, rule.scope, at))
    }

    /// What is asked and answered of one question, everywhere it stands.
    fn question(&mut self, section: &'a Section, question: &'a Question, given: &'a Given) {
        let each = section.each;
        for at in 0..self.seats(each).len() {
            let asked = self.asked(question, given, each, at);
            let raw = self.raw(each, at);
            let answer = raw.get(&question.id).filter(|_| asked);
            let mut complete = answer.is_some_and(filled);
            for name in &given.names {
                let value = match &name.option {
                    None => answer.and_then(|answer| seen(question, answer, self.people)),
                    Some(option) => {
                        let picked = answer.is_some_and(|answer| picks(answer, option));
                        let text = raw
                            .get(&name.name)
                            .filter(|text| picked && text.is_string());
                        complete &= !picked || text.is_some_and(filled);
                        text.cloned()
                    }
                };
                if name.read.anywhere() || name.read.field {
                    self.place(
                        each,
                        at,
                        name,
                        value.unwrap_or_else(|| name.default.clone()),
                    );
                }
            }
            let instance = &mut self.seat_mut(each, at).instance;
            instance.asked[given.number] = asked;
            instance.answered[given.number] = asked && complete;
        }
    }

    /// Puts a value where it is read: its own place, its item, and for the record everywhere.
    fn place(&mut self, each: Each, at: usize, name: &'a GivenName, value: Value) {
        if each == Each::Record {
            self.spread(name, value);
            return;
        }
        let variable = Variable::from(&value);
        let seat = self.seat_mut(each, at);
        if name.read.field {
            insert(&seat.item, &name.name, variable.shallow_clone());
        }
        if name.read.levels[level(each)] {
            seat.set(&name.name, variable);
        }
        seat.instance.values.insert(&name.name, value);
    }

    /// Puts a value of the record where it is read, unless a place has its own.
    fn spread(&mut self, name: &'a GivenName, value: Value) {
        let variable = Variable::from(&value);
        for each in [Each::Record, Each::Party, Each::Flow] {
            if name.read.levels[level(each)] {
                for seat in self.seats(each) {
                    if !seat.instance.values.contains_key(name.name.as_str()) {
                        seat.set(&name.name, variable.shallow_clone());
                    }
                }
            }
        }
        self.record.instance.values.insert(&name.name, value);
    }

    /// A party or flow question as the rest of the record sees it.
    fn union(&mut self, each: Each, given: &'a Given) {
        for name in given.names.iter().filter(|name| name.read.anywhere()) {
            let seats = self.seats(each).iter();
            let values = seats.filter_map(|seat| seat.instance.values.get(name.name.as_str()));
            let value = united(values, &name.default);
            self.spread(name, value);
        }
    }

    fn derived(&mut self, derived: &'a Derived, each: Each) {
        for at in 0..self.seats(each).len() {
            let env = self.seats(each)[at].env.clone();
            let value = worked_out(derived, &env, &mut self.vm);
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
        (DerivedKind::Choice, _) => json!(crate::names::unset(derived)),
    }
}
