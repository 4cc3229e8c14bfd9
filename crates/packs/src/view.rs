//! A record as its rules see it: evaluated once, then plain data.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Serialize;
use serde_json::Value;

use crate::build::worked_out;
use crate::chosen::{Choice, on_day};
use crate::content::{How, Scope, Settled};
use crate::evaluate::{Slot, Values};
use crate::form::{Each, Question, Section};
use crate::law::Law;
use crate::names::Source;
use crate::plan::Plan;
use crate::reasons;
use crate::record_type::{RecordType, Role};
use crate::rule::{Rule, Severity};

/// A record as its rules see it. Plain data: it may be shared and sent between threads.
#[derive(Clone, Debug)]
pub struct View<'a> {
    pub(crate) record_type: &'a RecordType,
    pub(crate) law: &'a Law,
    pub(crate) record: Instance<'a>,
    pub(crate) parties: Vec<Instance<'a>>,
    pub(crate) flows: Vec<Instance<'a>>,
    /// Rules whose condition holds, whatever their dates, by rule and then scope; without those
    /// that look at what the law is on a day.
    pub(crate) holding: Vec<Holding>,
    pub(crate) settled: Vec<Settled>,
    /// Positions of the derived answers that were given and not worked out.
    pub(crate) given: Vec<usize>,
    /// Whether one set of answers stands for every scope.
    pub(crate) flat: bool,
}

/// The answers at one place: the record, a party or a flow.
#[derive(Clone, Debug)]
pub(crate) struct Instance<'a> {
    pub scope: Scope,
    /// Values as rules see them, by number of the name. A party or flow has its own; the rest
    /// is the record's.
    pub values: Vec<Slot<'a>>,
    /// By number of the question: whether it is asked here.
    pub asked: Vec<bool>,
    /// By number of the question: whether it is asked here and its answer is complete.
    pub answered: Vec<bool>,
    /// By number of the question: whether it is a date that contradicts another.
    pub contrary: Vec<bool>,
    /// Further reviewers the answers call for.
    pub reviewers: Vec<Role>,
    /// The powers chosen here.
    pub choices: Vec<Choice<'a>>,
}

impl Instance<'_> {
    pub fn new(scope: Scope, plan: &Plan) -> Self {
        let questions = plan.questions.iter().map(Vec::len).sum();
        Instance {
            scope,
            values: vec![None; plan.names.len()],
            asked: vec![false; questions],
            answered: vec![false; questions],
            contrary: vec![false; questions],
            reviewers: Vec::new(),
            choices: Vec::new(),
        }
    }
}

/// A rule whose condition holds somewhere.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Holding {
    pub rule: usize,
    /// Position among the instances of the rule's scope.
    pub at: usize,
    pub cleared: bool,
}

/// What a rule says about the answers so far.
#[derive(Clone, Debug, Serialize)]
pub struct Prompt<'a> {
    pub rule: &'a Rule,
    pub scope: Scope,
    pub because: Vec<Because>,
    pub state: PromptState,
}

impl Prompt<'_> {
    /// Whether something is still to be done.
    pub fn is_open(&self) -> bool {
        self.state == PromptState::Open
    }
}

/// A fired rule without its explanation.
#[derive(Clone, Debug, Serialize)]
pub struct FiredBrief<'a> {
    pub rule: &'a Rule,
    pub scope: Scope,
    pub state: PromptState,
}

impl FiredBrief<'_> {
    /// Whether something is still to be done.
    pub fn is_open(&self) -> bool {
        self.state == PromptState::Open
    }
}

/// An answer that made a rule fire.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Because {
    /// The answer name; a field of the parties or flows is written as in `parties.kind`.
    pub answer: String,
    pub value: Value,
    /// The question that asked for it; `None` for derived answers and facts about parties.
    pub question: Option<String>,
}

/// Where a prompt stands.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PromptState {
    Open,
    ClearedByAnswer,
    Settled(Settled),
    /// For information only.
    Shown,
}

/// Why a rule is silent.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Silent {
    pub rule: String,
    pub scope: Scope,
    /// Ways to make it fire: each is a list of answers that would all have to be different.
    pub ways: Vec<Vec<Need>>,
}

/// An answer that would have to be different.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Need {
    pub answer: String,
    pub value: Value,
    pub question: Option<String>,
    /// What it would have to be, as in: is "Yes" or "No".
    pub test: String,
}

/// How far a section is filled in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Progress {
    NotStarted,
    InProgress { answered: usize, needed: usize },
    Complete,
    NotNeeded,
}

impl<'a> View<'a> {
    /// Every prompt in force on a date, by rule and then scope, each with its reasons.
    pub fn prompts(&self, date: Date) -> Vec<Prompt<'a>> {
        self.firing(date)
            .into_iter()
            .map(|(rule, holding)| {
                let instance = self.instance(rule.scope, holding.at);
                let day = self.day(rule, instance, Some(date));
                let values = self.values(instance, &day);
                Prompt {
                    rule,
                    scope: instance.scope.clone(),
                    because: reasons::because(self, &rule.when, values),
                    state: self.state(rule, &instance.scope, holding.cleared),
                }
            })
            .collect()
    }

    /// The same without reasons: fast.
    pub fn fired(&self, date: Date) -> Vec<FiredBrief<'a>> {
        self.firing(date)
            .into_iter()
            .map(|(rule, holding)| {
                let scope = self.instance(rule.scope, holding.at).scope.clone();
                let state = self.state(rule, &scope, holding.cleared);
                FiredBrief { rule, scope, state }
            })
            .collect()
    }

    fn firing(&self, date: Date) -> Vec<(&'a Rule, Holding)> {
        let record_type = self.record_type;
        let mut firing = self.holding.clone();
        for (rule, known) in record_type.rules.iter().enumerate() {
            if known.by_day {
                let seats = 0..self.seats(known.scope);
                firing.extend(seats.filter_map(|at| self.by_day(rule, at, Some(date))));
            }
        }
        firing.sort_by_key(|holding| (holding.rule, holding.at));
        firing
            .into_iter()
            .map(|holding| (&record_type.rules[holding.rule], holding))
            .filter(|(rule, _)| rule.in_force(date))
            .collect()
    }

    /// How many places a rule of a scope is asked at.
    fn seats(&self, each: Each) -> usize {
        match each {
            Each::Party if !self.flat => self.parties.len(),
            Each::Flow if !self.flat => self.flows.len(),
            _ => 1,
        }
    }

    /// A rule that looks at what the law is on a day, decided for that day.
    fn by_day(&self, rule: usize, at: usize, date: Option<Date>) -> Option<Holding> {
        let known = &self.record_type.rules[rule];
        let instance = self.instance(known.scope, at);
        let day = self.day(known, instance, date);
        let values = self.values(instance, &day);
        known.when.holds(values).then(|| Holding {
            rule,
            at,
            cleared: known.cleared.as_ref().is_some_and(|c| c.holds(values)),
        })
    }

    /// The values that depend on the day, where a rule looks at them.
    fn day(&self, rule: &Rule, instance: &Instance, date: Option<Date>) -> Vec<Slot<'static>> {
        if rule.by_day {
            on_day(&self.record_type.plan.names, &instance.choices, date)
        } else {
            Vec::new()
        }
    }

    /// Every answer that is worked out from others, by name, as the record has it on a day.
    pub fn derived(&self, date: Date) -> BTreeMap<&'a str, Value> {
        let plan = &self.record_type.plan;
        let day = on_day(&plan.names, &self.record.choices, Some(date));
        let values = self.values(&self.record, &day);
        let mut derived = BTreeMap::new();
        for (name, known) in &plan.names {
            let value = match known.source {
                Source::Derived(i) => match &self.record.values[known.number] {
                    Some(value) => value.clone().into_owned(),
                    None => worked_out(&self.record_type.derived[i], values),
                },
                Source::Chosen { .. } => values.get(known.number).clone(),
                _ => continue,
            };
            derived.insert(name.as_str(), value);
        }
        derived
    }

    fn state(&self, rule: &Rule, scope: &Scope, cleared: bool) -> PromptState {
        if cleared {
            return PromptState::ClearedByAnswer;
        }
        let how = match rule.severity {
            Severity::Block => return PromptState::Open,
            Severity::Info => return PromptState::Shown,
            Severity::Must => How::NotApplicable,
            Severity::Consider => How::Dismissed,
        };
        let settled = self
            .settled
            .iter()
            .rev()
            .find(|s| s.rule == rule.id && s.scope == scope.as_str() && s.how == how);
        settled.map_or(PromptState::Open, |settled| {
            PromptState::Settled(settled.clone())
        })
    }

    fn instance(&self, each: Each, at: usize) -> &Instance<'a> {
        let list = match each {
            Each::Record => return &self.record,
            Each::Party => &self.parties,
            Each::Flow => &self.flows,
        };
        // A flat view has one set of answers for every scope.
        list.get(at).unwrap_or(&self.record)
    }

    fn values<'v>(&'v self, instance: &'v Instance<'a>, day: &'v [Slot<'v>]) -> Values<'v> {
        Values {
            own: &instance.values,
            record: &self.record.values,
            day,
        }
    }

    fn find(&self, scope: &Scope) -> Option<&Instance<'a>> {
        let list = match scope {
            Scope::Record => return Some(&self.record),
            Scope::Party(_) => &self.parties,
            Scope::Flow(_) => &self.flows,
        };
        list.iter().find(|instance| instance.scope == *scope)
    }

    /// Whether a question is asked in a scope.
    pub fn relevant(&self, scope: &Scope, question: &Question) -> bool {
        self.find(scope)
            .is_some_and(|instance| self.flag(&instance.asked, question))
    }

    /// For a rule that did not fire in a scope: which answers would make it fire.
    pub fn explain_silent(&self, rule: &str, scope: &Scope) -> Option<Silent> {
        let at = self
            .record_type
            .rules
            .iter()
            .position(|known| known.id == rule)?;
        let rule = &self.record_type.rules[at];
        let instance = self.find(scope)?;
        let by_day = (0..self.seats(rule.scope)).filter(|_| rule.by_day);
        let by_day: Vec<Holding> = by_day
            .filter_map(|seat| self.by_day(at, seat, None))
            .collect();
        let fires = self.holding.iter().chain(&by_day).any(|holding| {
            holding.rule == at && self.instance(rule.scope, holding.at).scope == *scope
        });
        if fires {
            return None;
        }
        let day = self.day(rule, instance, None);
        Some(Silent {
            rule: rule.id.clone(),
            scope: scope.clone(),
            ways: reasons::ways(self, &rule.when, self.values(instance, &day)),
        })
    }

    /// The roles that review a party's line.
    pub fn reviewers(&self, party: &str) -> Vec<Role> {
        let scope = Scope::Party(party.to_owned());
        let further = self.find(&scope).unwrap_or(&self.record);
        let mut roles = self.record_type.review.clone();
        roles.extend(
            further
                .reviewers
                .iter()
                .filter(|role| !self.record_type.review.contains(role)),
        );
        roles
    }

    /// How far a section is filled in, in a scope.
    pub fn progress(&self, scope: &Scope, section: &Section) -> Progress {
        let Some(instance) = self.find(scope) else {
            return Progress::NotNeeded;
        };
        let asked: Vec<&Question> = section
            .questions
            .iter()
            .filter(|question| self.flag(&instance.asked, question))
            .collect();
        let done = |question: &&&Question| self.flag(&instance.answered, question);
        let needs =
            |question: &&&Question| question.required || self.flag(&instance.contrary, question);
        let needed = asked.iter().filter(needs).count();
        let answered = asked.iter().filter(needs).filter(done).count();
        let any = asked.iter().any(|question| done(&question));
        match () {
            () if asked.is_empty() => Progress::NotNeeded,
            () if !any => Progress::NotStarted,
            () if answered == needed => Progress::Complete,
            () => Progress::InProgress { answered, needed },
        }
    }

    /// Questions that must be answered, are asked and are not answered, and dates that contradict others.
    pub fn missing(&self) -> Vec<(Scope, &'a Section, &'a Question)> {
        let mut missing = Vec::new();
        for section in &self.record_type.form.sections {
            let instances: &[Instance] = match section.each {
                Each::Record => std::slice::from_ref(&self.record),
                Each::Party => &self.parties,
                Each::Flow => &self.flows,
            };
            for instance in instances {
                let needed = section.questions.iter().filter(|question| {
                    question.required || self.flag(&instance.contrary, question)
                });
                for question in needed {
                    if self.flag(&instance.asked, question)
                        && !self.flag(&instance.answered, question)
                    {
                        missing.push((instance.scope.clone(), section, question));
                    }
                }
            }
        }
        missing
    }

    /// What a list by number of the question says of one.
    fn flag(&self, flags: &[bool], question: &Question) -> bool {
        let source = self
            .record_type
            .plan
            .names
            .get(&question.id)
            .map(|known| known.source);
        let Some(Source::Question { section, question }) = source else {
            return false;
        };
        let number = self.record_type.plan.questions[section][question].number;
        flags.get(number).copied().unwrap_or(false)
    }

    /// The question behind an answer name.
    pub(crate) fn question_of(&self, name: &str) -> Option<&'a Question> {
        self.question_from(self.record_type.plan.names.get(name)?.source)
    }

    /// Where the value of a name comes from, by its number.
    pub(crate) fn source(&self, number: usize) -> Option<Source> {
        self.record_type.plan.sources.get(number).copied()
    }

    pub(crate) fn question_from(&self, source: Source) -> Option<&'a Question> {
        match source {
            Source::Question { section, question }
            | Source::Explain { section, question }
            | Source::Chosen {
                section, question, ..
            } => Some(&self.record_type.form.sections[section].questions[question]),
            _ => None,
        }
    }
}
