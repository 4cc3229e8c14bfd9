//! A record type: everything a pack says about one thing that is governed.

use serde::Serialize;

use crate::condition::Condition;
use crate::document::{DocumentTemplate, Text};
use crate::fault::Faults;
use crate::form::{Form, Question};
use crate::law::Law;
use crate::names;
use crate::plan::{Parts, Plan};
use crate::rule::Rule;
use crate::scenario::Scenario;
use crate::workflow::Workflow;

/// A type of record.
#[derive(Clone, Debug, Serialize)]
pub struct RecordType {
    pub id: String,
    pub name: String,
    pub plural: String,
    /// Prefix of record ids.
    pub prefix: String,
    pub parties: Parties,
    pub flows: bool,
    pub review: Vec<Role>,
    pub review_when: Vec<ReviewWhen>,
    pub sign_off: Vec<Role>,
    pub title_question: Option<String>,
    pub form: Form,
    pub derived: Vec<Derived>,
    /// In the order of their ids.
    pub rules: Vec<Rule>,
    pub workflow: Workflow,
    pub document: DocumentTemplate,
    pub text: Option<Text>,
    pub scenarios: Vec<Scenario>,
    /// Names, types and the order of evaluation, worked out once at load.
    #[serde(skip)]
    pub(crate) plan: Plan,
}

impl RecordType {
    /// The question whose answer is what a record is called.
    pub fn title(&self) -> Option<&Question> {
        let (_, question) = self.form.question(self.title_question.as_deref()?)?;
        Some(question)
    }

    /// A type that no pack has any more and no kept pack had: records of it can be read, answer by answer.
    pub(crate) fn unknown(id: &str, law: &Law) -> RecordType {
        let (form, mut faults) = (Form::default(), Faults::default());
        let names = names::names(law, &form, &[], &mut faults);
        let parts = Parts {
            form: &form,
            derived: &[],
            rules: &[],
            review_when: &[],
        };
        let plan = parts.plan(names, &mut faults);
        RecordType {
            id: id.to_owned(),
            name: id.to_owned(),
            plural: id.to_owned(),
            prefix: String::new(),
            parties: Parties::Many,
            flows: true,
            review: Vec::new(),
            review_when: Vec::new(),
            sign_off: Vec::new(),
            title_question: None,
            form,
            derived: Vec::new(),
            rules: Vec::new(),
            workflow: Workflow::default(),
            document: DocumentTemplate::default(),
            text: None,
            scenarios: Vec::new(),
            plan,
        }
    }

    /// The rule with this id.
    pub fn rule(&self, id: &str) -> Option<&Rule> {
        self.rules.iter().find(|rule| rule.id == id)
    }
}

/// Who is party to a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Parties {
    Many,
    Owner,
}

/// A role somebody holds in an organisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    Administrator,
    Author,
    DataProtectionOfficer,
    SeniorOfficer,
    CaldicottGuardian,
    Viewer,
    /// Reads everything of its organisation, what was done by whom included, and changes nothing.
    Auditor,
}

impl Role {
    /// Every role with its word in pack files.
    pub const ALL: [(&'static str, Role); 7] = [
        ("administrator", Role::Administrator),
        ("author", Role::Author),
        ("data_protection_officer", Role::DataProtectionOfficer),
        ("senior_officer", Role::SeniorOfficer),
        ("caldicott_guardian", Role::CaldicottGuardian),
        ("viewer", Role::Viewer),
        ("auditor", Role::Auditor),
    ];

    /// The roles a type or a workflow may name: those that do something.
    pub const DOING: [(&'static str, Role); 5] = [
        ("administrator", Role::Administrator),
        ("author", Role::Author),
        ("data_protection_officer", Role::DataProtectionOfficer),
        ("senior_officer", Role::SeniorOfficer),
        ("caldicott_guardian", Role::CaldicottGuardian),
    ];

    /// Whether the role only reads.
    pub fn only_reads(self) -> bool {
        matches!(self, Role::Viewer | Role::Auditor)
    }

    /// The word used in pack files and APIs.
    pub fn as_str(self) -> &'static str {
        Self::ALL
            .iter()
            .find(|(_, role)| *role == self)
            .map_or("", |(word, _)| word)
    }

    /// The role with this word.
    pub fn parse(word: &str) -> Option<Role> {
        Self::ALL
            .iter()
            .find(|(known, _)| *known == word)
            .map(|(_, role)| *role)
    }

    /// The role in plain words.
    pub fn title(self) -> &'static str {
        match self {
            Role::Administrator => "administrator",
            Role::Author => "author",
            Role::DataProtectionOfficer => "data protection officer",
            Role::SeniorOfficer => "senior officer",
            Role::CaldicottGuardian => "Caldicott Guardian",
            Role::Viewer => "viewer",
            Role::Auditor => "auditor",
        }
    }
}

/// A further reviewer for a party when its answers call for one.
#[derive(Clone, Debug, Serialize)]
pub struct ReviewWhen {
    pub role: Role,
    pub when: Condition,
}

/// An answer worked out from others.
#[derive(Clone, Debug, Serialize)]
pub struct Derived {
    pub name: String,
    pub expr: Condition,
    pub kind: DerivedKind,
    pub options: Vec<String>,
    /// What it means in plain words.
    pub text: Option<String>,
}

/// The kind of a derived answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DerivedKind {
    YesNo,
    Choice,
    Choices,
}
