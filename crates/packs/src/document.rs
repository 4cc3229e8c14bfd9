//! Templates: what a record looks like as a document, and the fixed text some types carry.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Serialize;

/// The order of the parts of a record's document.
#[derive(Clone, Debug, Default, Serialize)]
pub struct DocumentTemplate {
    pub title: String,
    pub parts: Vec<Part>,
    pub welsh: BTreeMap<String, String>,
}

/// One part of a document.
#[derive(Clone, Debug, Serialize)]
pub struct Part {
    pub heading: String,
    pub show: Show,
    pub section: Option<String>,
    pub questions: Vec<String>,
    pub text: Option<String>,
    pub welsh: BTreeMap<String, String>,
}

/// What a part shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Show {
    Parties,
    Section,
    Matrix,
    Flows,
    Prompts,
    Reviews,
    SignOffs,
    Attachments,
    Text,
    Clauses,
    Facts,
}

impl Show {
    pub(crate) const ALL: [(&'static str, Show); 11] = [
        ("parties", Show::Parties),
        ("section", Show::Section),
        ("matrix", Show::Matrix),
        ("flows", Show::Flows),
        ("prompts", Show::Prompts),
        ("reviews", Show::Reviews),
        ("sign_offs", Show::SignOffs),
        ("attachments", Show::Attachments),
        ("text", Show::Text),
        ("clauses", Show::Clauses),
        ("facts", Show::Facts),
    ];
}

/// The fixed text of a type, such as a memorandum's clauses.
#[derive(Clone, Debug, Serialize)]
pub struct Text {
    pub version: String,
    pub title: String,
    pub date: Option<Date>,
    pub clauses: Vec<Clause>,
    pub welsh: BTreeMap<String, String>,
}

/// One clause.
#[derive(Clone, Debug, Serialize)]
pub struct Clause {
    pub heading: String,
    pub text: String,
    pub welsh: BTreeMap<String, String>,
}
