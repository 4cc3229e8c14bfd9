//! Making the view of a record: what is asked, what rules see, which rules hold.

use std::borrow::Cow;

use serde_json::{Map, Value, json};

use crate::chosen::{Choice, Scene, Seat, chosen, on_day};
use crate::condition::Condition;
use crate::content::{Answers, Content, Party, Scope};
use crate::dates::contrary;
use crate::evaluate::{Slot, Values, eval};
use crate::form::{Each, Question, QuestionKind, Section};
use crate::law::Law;
use crate::names::Source;
use crate::plan::{Given, GivenName, Node};
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
                Node::Derived(i, each) => build.derived(i, each),
            }
        }
        build.finish(content)
    }
}

struct Build<'a, 'c> {
    record_type: &'a RecordType,
    law: &'a Law,
    content: &'c Content,
    people: &'c [Party],
    record: Instance<'a>,
    parties: Vec<Instance<'a>>,
    flows: Vec<Instance<'a>>,
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
        let plan = &record_type.plan;
        let parties = people.iter().map(|party| party_item(law, party));
        let flows = content
            .flows
            .iter()
            .map(|flow| Map::from_iter([("id".to_owned(), json!(flow.id))]));
        let alone = |scope: Scope, number: usize, item: &Value| {
            let mut instance = Instance::new(scope, plan);
            instance.values[number] = Some(Cow::Owned(json!([item])));
            instance
        };
        let parties: Vec<Value> = parties.map(Value::Object).collect();
        let flows: Vec<Value> = flows.map(Value::Object).collect();
        let mut build = Build {
            record_type,
            law,
            content,
            people,
            record: Instance::new(Scope::Record, plan),
            parties: people
                .iter()
                .zip(&parties)
                .map(|(party, item)| alone(Scope::Party(party.id.clone()), plan.parties, item))
                .collect(),
            flows: content
                .flows
                .iter()
                .zip(&flows)
                .map(|(flow, item)| alone(Scope::Flow(flow.id.clone()), plan.flows, item))
                .collect(),
            none,
        };
        build.record.values[plan.parties] = Some(Cow::Owned(Value::Array(parties)));
        build.record.values[plan.flows] = Some(Cow::Owned(Value::Array(flows)));
        build
    }

    fn seats(&self, each: Each) -> &[Instance<'a>] {
        match each {
            Each::Record => std::slice::from_ref(&self.record),
            Each::Party => &self.parties,
            Each::Flow => &self.flows,
        }
    }

    fn seat_mut(&mut self, each: Each, at: usize) -> &mut Instance<'a> {
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

    fn values(&self, each: Each, at: usize) -> Values<'_> {
        Values {
            own: &self.seats(each)[at].values,
            record: &self.record.values,
            day: &[],
        }
    }

    fn holds(&self, condition: &Condition, each: Each, at: usize) -> bool {
        condition.holds(self.values(each, at))
    }

    fn asked(&self, question: &Question, given: &Given, each: Each, at: usize) -> bool {
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
        let fires = |at: usize| {
            if !rule.by_day {
                return self.holds(&rule.when, rule.scope, at);
            }
            let choices = self.choices(rule.scope, at);
            let day = on_day(&self.record_type.plan.names, &choices, None);
            rule.when.holds(Values {
                day: &day,
                ..self.values(rule.scope, at)
            })
        };
        if rule.scope == each || rule.scope == Each::Record {
            return fires(if rule.scope == each { at } else { 0 });
        }
        (0..self.seats(rule.scope).len()).any(fires)
    }

    /// The powers chosen at a place, each with whether it fits those who take part.
    fn choices(&self, each: Each, at: usize) -> Vec<Choice<'a>> {
        let plan = &self.record_type.plan;
        let scene = Scene::of(&plan.names, plan.parties, self.values(Each::Record, 0));
        let own: Vec<Scene> = (0..self.parties.len())
            .map(|at| Scene::of(&plan.names, plan.parties, self.values(Each::Party, at)))
            .collect();
        let mut choices = Vec::new();
        for (s, section) in self.record_type.form.sections.iter().enumerate() {
            for (q, question) in section.questions.iter().enumerate() {
                if question.kind != QuestionKind::Gateways {
                    continue;
                }
                let number = plan.questions[s][q].names[0].number;
                let answer = |each, at| self.values(each, at).get(number);
                if section.each != Each::Party {
                    let powers = chosen(self.law, answer(section.each, at));
                    choices.extend(powers.into_iter().map(|power| Choice {
                        asked: (s, q),
                        power,
                        fits: scene.fits(power),
                    }));
                    continue;
                }
                let seats = match each {
                    Each::Party => at..at + 1,
                    Each::Record | Each::Flow => 0..self.parties.len(),
                };
                for at in seats {
                    let seat = Seat {
                        kind: self.people[at].kind.clone(),
                        gives: !own[at].givers.is_empty(),
                        receives: !own[at].receivers.is_empty(),
                    };
                    let rest = own.iter().enumerate().filter(|(other, _)| *other != at);
                    let mut others = Scene::default();
                    for (_, other) in rest {
                        others.givers.extend(other.givers.iter().cloned());
                        others.receivers.extend(other.receivers.iter().cloned());
                    }
                    let powers = chosen(self.law, answer(Each::Party, at));
                    choices.extend(powers.into_iter().map(|power| Choice {
                        asked: (s, q),
                        power,
                        fits: scene.fits_seat(power, &seat, &others),
                    }));
                }
            }
        }
        choices
    }

    /// What is asked and answered of one question, everywhere it stands.
    fn question(&mut self, section: &'a Section, question: &'a Question, given: &'a Given) {
        let each = section.each;
        for at in 0..self.seats(each).len() {
            let asked = self.asked(question, given, each, at);
            let raw = self.raw(each, at);
            let answer = raw
                .get(&question.id)
                .filter(|answer| asked && question.fits(answer));
            let mut complete = answer.is_some_and(|answer| {
                filled(answer) && question.points_at_known(answer, self.law, self.people)
            });
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
                    let value = value.map_or(Cow::Borrowed(&name.default), Cow::Owned);
                    self.place(each, at, name, value);
                }
            }
            let instance = self.seat_mut(each, at);
            instance.asked[given.number] = asked;
            instance.answered[given.number] = asked && complete;
        }
    }

    /// Puts a value into its own place and into the item that stands for it.
    fn place(&mut self, each: Each, at: usize, name: &GivenName, value: Cow<'a, Value>) {
        let plan = &self.record_type.plan;
        let list = match each {
            Each::Record => None,
            Each::Party => Some(plan.parties),
            Each::Flow => Some(plan.flows),
        };
        if let Some(list) = list.filter(|_| name.read.field) {
            let all = &mut self.record.values[list];
            insert(all, at, &name.name, &value);
            let alone = &mut self.seat_mut(each, at).values[list];
            insert(alone, 0, &name.name, &value);
        }
        self.seat_mut(each, at).values[name.number] = Some(value);
    }

    /// A party or flow question as the rest of the record sees it.
    fn union(&mut self, each: Each, given: &'a Given) {
        for name in given.names.iter().filter(|name| name.read.anywhere()) {
            let seats = self.seats(each).iter();
            let values = seats.filter_map(|seat| seat.values[name.number].as_deref());
            let value = united(values, &name.default);
            self.record.values[name.number] = Some(Cow::Owned(value));
        }
    }

    fn derived(&mut self, i: usize, each: Each) {
        let number = self.record_type.plan.derived[i].number;
        for at in 0..self.seats(each).len() {
            let value = worked_out(&self.record_type.derived[i], self.values(each, at));
            self.seat_mut(each, at).values[number] = Some(Cow::Owned(value));
        }
    }

    /// Dates that contradict others do not count as answered.
    fn contrary_dates(&mut self) {
        let (form, plan) = (&self.record_type.form, &self.record_type.plan);
        let number = |id: &str| match plan.names.get(id)?.source {
            Source::Question { section, question } => {
                Some(plan.questions[section][question].number)
            }
            _ => None,
        };
        for (section, question) in form.questions() {
            let Some(earlier) = &question.not_before else {
                continue;
            };
            let (Some((_, earlier)), Some(own), Some(other)) = (
                form.question(earlier),
                number(&question.id),
                number(earlier),
            ) else {
                continue;
            };
            for at in 0..self.seats(section.each).len() {
                let asked = &self.seats(section.each)[at].asked;
                if asked[own]
                    && asked[other]
                    && contrary(question, earlier, self.raw(section.each, at)).is_some()
                {
                    let seat = self.seat_mut(section.each, at);
                    seat.contrary[own] = true;
                    seat.answered[own] = false;
                }
            }
        }
    }

    fn finish(mut self, content: &Content) -> View<'a> {
        self.contrary_dates();
        if self.record_type.rules.iter().any(|rule| rule.by_day) {
            self.record.choices = self.choices(Each::Record, 0);
            for at in 0..self.parties.len() {
                self.parties[at].choices = self.choices(Each::Party, at);
            }
            for at in 0..self.flows.len() {
                self.flows[at].choices = self.choices(Each::Flow, at);
            }
        }
        let mut holding = Vec::new();
        for (rule, known) in self.record_type.rules.iter().enumerate() {
            let seats = if known.by_day {
                0
            } else {
                self.seats(known.scope).len()
            };
            for at in 0..seats {
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
                    self.parties[at].reviewers.push(further.role);
                }
            }
        }
        View {
            record_type: self.record_type,
            law: self.law,
            record: self.record,
            parties: self.parties,
            flows: self.flows,
            holding,
            settled: content.settled.clone(),
            given: Vec::new(),
            flat: false,
        }
    }
}

/// What rules know about a party besides its answers.
fn party_item(law: &Law, party: &Party) -> Map<String, Value> {
    let kind = law.kind(&party.kind);
    let facts = [
        ("id", party.id.as_str()),
        ("kind", party.kind.as_str()),
        ("public", yes_no(kind.is_some_and(|kind| kind.public))),
        ("care", yes_no(kind.is_some_and(|kind| kind.care))),
        ("registered", yes_no(party.registered)),
    ];
    let facts = facts.map(|(name, value)| (name.to_owned(), json!(value)));
    facts.into_iter().collect()
}

/// Puts a field into an item of a list.
fn insert(list: &mut Slot, at: usize, name: &str, value: &Value) {
    if let Some(Cow::Owned(Value::Array(items))) = list
        && let Some(Value::Object(fields)) = items.get_mut(at)
    {
        fields.insert(name.to_owned(), value.clone());
    }
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
                .collect::<Map<_, _>>()
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

/// The value of a derived answer at a place.
pub(crate) fn worked_out(derived: &Derived, values: Values) -> Value {
    let value = eval(&derived.expr.expr, values, None).into_owned();
    match (derived.kind, value) {
        (_, Value::Bool(flag)) => json!(yes_no(flag)),
        (DerivedKind::Choices, Value::Array(items)) => {
            let mut all: Vec<Value> = Vec::new();
            for item in items {
                if !all.contains(&item) {
                    all.push(item);
                }
            }
            Value::Array(all)
        }
        (DerivedKind::Choices, _) => json!([]),
        (DerivedKind::YesNo | DerivedKind::Choice, Value::String(word)) => Value::String(word),
        (DerivedKind::YesNo, _) => json!("no"),
        (DerivedKind::Choice, _) => json!(crate::names::unset(derived)),
    }
}
