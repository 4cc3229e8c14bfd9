//! Publications: what everybody may read of a record, as its lead decided.

pub mod public_text;
pub mod store;

use packs::{Question, QuestionKind, RecordType};
use serde::{Deserialize, Serialize};

/// How much of the text is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Extent {
    /// Every answer that may ever be public.
    Full,
    /// The answers that the pack marks for the public.
    Summary,
}

impl Extent {
    pub fn as_str(self) -> &'static str {
        match self {
            Extent::Full => "full",
            Extent::Summary => "summary",
        }
    }

    pub fn parse(text: &str) -> Option<Extent> {
        [Extent::Full, Extent::Summary]
            .into_iter()
            .find(|e| e.as_str() == text)
    }
}

/// Why a passage is withheld.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ground {
    Commercial,
    Security,
    LawEnforcement,
    PersonalData,
    LegalPrivilege,
    Other,
}

impl Ground {
    pub const ALL: [Ground; 6] = [
        Ground::Commercial,
        Ground::Security,
        Ground::LawEnforcement,
        Ground::PersonalData,
        Ground::LegalPrivilege,
        Ground::Other,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Ground::Commercial => "commercial",
            Ground::Security => "security",
            Ground::LawEnforcement => "law_enforcement",
            Ground::PersonalData => "personal_data",
            Ground::LegalPrivilege => "legal_privilege",
            Ground::Other => "other",
        }
    }

    pub fn parse(text: &str) -> Option<Ground> {
        Ground::ALL.into_iter().find(|g| g.as_str() == text)
    }

    pub fn words(self) -> &'static str {
        match self {
            Ground::Commercial => "It would harm someone’s business",
            Ground::Security => "It would make the data or the country less safe",
            Ground::LawEnforcement => "It would get in the way of fighting crime",
            Ground::PersonalData => "It is personal data",
            Ground::LegalPrivilege => "It is confidential legal advice",
            Ground::Other => "Another reason",
        }
    }
}

/// A section or a question that the public does not see.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Withheld {
    /// `section:power` or `question:legal_advice`.
    pub what: String,
    pub ground: Ground,
    /// More about the ground, shown to the public.
    pub words: String,
    /// The day on which it is looked at again (YYYY-MM-DD).
    pub look_again: String,
}

impl Withheld {
    pub fn section(&self) -> Option<&str> {
        self.what.strip_prefix("section:")
    }

    pub fn question(&self) -> Option<&str> {
        self.what.strip_prefix("question:")
    }
}

/// What the lead chose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    pub extent: Extent,
    pub withheld: Vec<Withheld>,
}

impl Choice {
    /// Whether a question's answer may be shown at all under this choice, withholding aside.
    pub fn shows(&self, question: &Question) -> bool {
        may_be_public(question) && (self.extent == Extent::Full || question.public)
    }

    /// The earliest day on which something is looked at again, or "".
    pub fn look_again(&self) -> String {
        self.withheld
            .iter()
            .map(|w| w.look_again.clone())
            .min()
            .unwrap_or_default()
    }
}

/// Addresses, files and what the pack keeps inside are never public, whatever is chosen.
fn may_be_public(question: &Question) -> bool {
    !question.hidden
        && !question.internal
        && !matches!(question.kind, QuestionKind::Email | QuestionKind::Files)
}

/// What a withheld passage is called.
pub fn passage_name(record_type: &RecordType, what: &str) -> Option<String> {
    let form = &record_type.form;
    match what.split_once(':')? {
        ("section", id) => form.section(id).map(|s| format!("All of “{}”", s.title)),
        ("question", id) => form.question(id).map(|(_, q)| q.short.clone()),
        _ => None,
    }
}
