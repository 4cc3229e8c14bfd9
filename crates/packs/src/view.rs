//! A record as its rules see it.

use jiff::civil::Date;
use serde::Serialize;
use serde_json::Value;

use crate::answer::AnswerFault;
use crate::content::{Answers, Content, Party, Scope, Settled};
use crate::form::{Question, Section};
use crate::law::Law;
use crate::record_type::{RecordType, Role};
use crate::rule::{Rule, Severity};

/// A record as its rules see it, evaluated once. Plain data: it may be shared and sent.
#[derive(Clone, Debug)]
pub struct View<'a> {
    record_type: &'a RecordType,
    law: &'a Law,
}

/// What a rule says about the answers so far.
#[derive(Clone, Debug, Serialize)]
pub struct Prompt<'a> {
    pub rule: &'a Rule,
    pub scope: Scope,
    pub because: Vec<Because>,
    pub state: PromptState,
}

/// A fired rule without its explanation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FiredBrief<'a> {
    pub rule: &'a str,
    pub severity: Severity,
    pub scope: Scope,
    /// Nothing more is asked: cleared by an answer, set aside, or for information only.
    pub settled: bool,
}

/// An answer that made a rule fire.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Because {
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
    Shown,
}

/// Why a rule is silent.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Silent {
    pub rule: String,
    /// Whether the rule applies on any date; `false` never happens for a loaded pack.
    pub ways: Vec<Vec<Need>>,
}

/// An answer that would have to be different.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Need {
    pub answer: String,
    pub value: Value,
    pub question: Option<String>,
    /// What it would have to be, as in "is 'yes' or 'pseudonymised'".
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

impl RecordType {
    /// The view of a record's content.
    pub fn view<'a>(&'a self, law: &'a Law, content: &Content, parties: &[Party]) -> View<'a> {
        let _ = (content, parties);
        View {
            record_type: self,
            law,
        }
    }

    /// The view of a flat set of answers; unknown names and options are faults.
    pub fn flat_view<'a>(
        &'a self,
        law: &'a Law,
        answers: &Answers,
    ) -> Result<View<'a>, Vec<AnswerFault>> {
        let _ = answers;
        Ok(View {
            record_type: self,
            law,
        })
    }
}

impl<'a> View<'a> {
    /// Every prompt in force on a date, by rule and then scope, each with its reasons.
    pub fn prompts(&self, date: Date) -> Vec<Prompt<'a>> {
        let _ = (date, self.record_type, self.law);
        Vec::new()
    }

    /// The same without reasons: fast.
    pub fn fired(&self, date: Date) -> Vec<FiredBrief<'a>> {
        let _ = date;
        Vec::new()
    }

    /// Whether a question is asked in a scope.
    pub fn relevant(&self, scope: &Scope, question: &Question) -> bool {
        let _ = scope;
        !question.hidden
    }

    /// For a rule that did not fire: which answers would make it fire.
    pub fn explain_silent(&self, rule: &str, scope: &Scope) -> Option<Silent> {
        let _ = (rule, scope);
        None
    }

    /// The roles that review a party's line.
    pub fn reviewers(&self, party: &str) -> Vec<Role> {
        let _ = party;
        self.record_type.review.clone()
    }

    /// How far a section is filled in, in a scope.
    pub fn progress(&self, scope: &Scope, section: &Section) -> Progress {
        let _ = (scope, section);
        Progress::NotStarted
    }

    /// Questions that must be answered, are asked and are not answered.
    pub fn missing(&self) -> Vec<(Scope, &'a Section, &'a Question)> {
        Vec::new()
    }
}
