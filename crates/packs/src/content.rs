//! What a record holds: its answers, its parties' answers, its flows and what was settled.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Answers by question id.
pub type Answers = Map<String, Value>;

/// Everything a record holds, as one document.
#[derive(Serialize, Deserialize, Clone, Debug, Default, PartialEq)]
#[serde(default)]
pub struct Content {
    pub answers: Answers,
    pub parties: BTreeMap<String, Answers>,
    pub flows: Vec<Flow>,
    pub settled: Vec<Settled>,
}

/// One data flow of a record.
#[derive(Serialize, Deserialize, Clone, Debug, Default, PartialEq)]
pub struct Flow {
    pub id: String,
    #[serde(default)]
    pub answers: Answers,
}

/// A prompt that the author set aside with a reason.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq)]
pub struct Settled {
    pub rule: String,
    /// Empty for the record, else the id of the party or the flow.
    pub scope: String,
    pub how: How,
    pub reason: String,
    pub by: String,
    pub at: i64,
}

/// How a prompt was set aside.
#[derive(Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum How {
    NotApplicable,
    Dismissed,
}

/// An organisation in a record, as far as rules need to know it.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq)]
pub struct Party {
    pub id: String,
    pub name: String,
    pub kind: String,
    pub registered: bool,
}

/// Where a question is answered or a rule looks.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    Record,
    Party(String),
    Flow(String),
}

impl Scope {
    /// As kept in [`Settled::scope`]: empty for the record, else the id.
    pub fn as_str(&self) -> &str {
        match self {
            Scope::Record => "",
            Scope::Party(id) | Scope::Flow(id) => id,
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
