//! The form of a record type: sections of questions.

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;
use serde_json::Value;

use crate::condition::Condition;
use crate::fault::Place;

/// How often a section, a rule or an answer exists: once, per party or per flow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Each {
    Record,
    Party,
    Flow,
}

impl Each {
    pub(crate) const ALL: [(&'static str, Each); 3] = [
        ("record", Each::Record),
        ("party", Each::Party),
        ("flow", Each::Flow),
    ];
}

/// All sections in the order in which they are asked.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Form {
    pub sections: Vec<Section>,
    /// Section and question by the question's id: pages ask for questions thousands of times.
    #[serde(skip)]
    places: HashMap<String, (usize, usize)>,
}

/// Questions that belong together on one page.
#[derive(Clone, Debug, Serialize)]
pub struct Section {
    pub id: String,
    pub title: String,
    pub intro: Option<String>,
    pub each: Each,
    pub questions: Vec<Question>,
    pub welsh: BTreeMap<String, String>,
}

/// What kind of answer a question takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum QuestionKind {
    Text,
    LongText,
    Number,
    Date,
    YesNo,
    Choice,
    Choices,
    Table,
    Parties,
    Gateways,
    Files,
    Link,
    Email,
    Lines,
    /// A length of time in the author's own words, such as "6 years after the case closes".
    Duration,
}

impl QuestionKind {
    pub(crate) const ALL: [(&'static str, QuestionKind); 15] = [
        ("text", QuestionKind::Text),
        ("long_text", QuestionKind::LongText),
        ("number", QuestionKind::Number),
        ("date", QuestionKind::Date),
        ("yes_no", QuestionKind::YesNo),
        ("choice", QuestionKind::Choice),
        ("choices", QuestionKind::Choices),
        ("table", QuestionKind::Table),
        ("parties", QuestionKind::Parties),
        ("gateways", QuestionKind::Gateways),
        ("files", QuestionKind::Files),
        ("link", QuestionKind::Link),
        ("email", QuestionKind::Email),
        ("lines", QuestionKind::Lines),
        ("duration", QuestionKind::Duration),
    ];

    /// The word used in pack files.
    pub fn as_str(self) -> &'static str {
        Self::ALL
            .iter()
            .find(|(_, kind)| *kind == self)
            .map_or("text", |(word, _)| word)
    }

    /// Whether its answer is stored as a list.
    pub fn is_list(self) -> bool {
        matches!(
            self,
            QuestionKind::Choices
                | QuestionKind::Table
                | QuestionKind::Parties
                | QuestionKind::Gateways
                | QuestionKind::Files
                | QuestionKind::Lines
        )
    }
}

/// One option of a choice.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AnswerOption {
    pub id: String,
    pub label: String,
    pub hint: Option<String>,
    /// Picking it asks for its own text, kept in the answer `<question>_<option>`.
    pub explain: bool,
    pub welsh: BTreeMap<String, String>,
}

/// One column of a table question.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Column {
    pub id: String,
    pub label: String,
    /// `Text` or `Choice`.
    pub kind: QuestionKind,
    pub required: bool,
    pub options: Vec<AnswerOption>,
}

/// One question.
#[derive(Clone, Debug, Serialize)]
pub struct Question {
    /// Its name in answers and rules.
    pub id: String,
    /// Numbers of the fields in the data sharing catalogue it covers.
    pub fields: Vec<u16>,
    pub text: String,
    /// Label in tables and documents.
    pub short: String,
    pub hint: Option<String>,
    pub kind: QuestionKind,
    pub options: Vec<AnswerOption>,
    pub columns: Vec<Column>,
    /// Characters of a text, items of a list.
    pub max: usize,
    /// Least and greatest number.
    pub range: Option<(f64, f64)>,
    pub required: bool,
    /// Dates only: the date it must not be before, by the id of its question.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_before: Option<String>,
    pub when: Option<Condition>,
    pub asked_by: Option<String>,
    /// What rules see while it is unanswered.
    pub default: Value,
    pub public: bool,
    /// Never shown to the public, whatever is published.
    pub internal: bool,
    pub hidden: bool,
    /// Answers files may hold values that no option offers: the law knows more of them than the
    /// form asks for, and rules only read whether there is one.
    pub open: bool,
    /// Files only: what rules see once a file is attached.
    pub attached: String,
    /// Files only: what rules see while none is.
    pub absent: String,
    pub welsh: BTreeMap<String, String>,
    #[serde(skip)]
    pub(crate) place: Place,
}

impl Question {
    /// The option with this id.
    pub fn option(&self, id: &str) -> Option<&AnswerOption> {
        self.options.iter().find(|option| option.id == id)
    }

    /// The answer name that holds the own text of an option that asks for one.
    pub fn explain_name(&self, option: &str) -> String {
        format!("{}_{option}", self.id)
    }
}

impl Form {
    pub(crate) fn new(sections: Vec<Section>) -> Form {
        let mut places = HashMap::new();
        for (s, section) in sections.iter().enumerate() {
            for (q, question) in section.questions.iter().enumerate() {
                places.entry(question.id.clone()).or_insert((s, q));
            }
        }
        Form { sections, places }
    }

    /// The section with this id.
    pub fn section(&self, id: &str) -> Option<&Section> {
        self.sections.iter().find(|section| section.id == id)
    }

    /// The question with this id and the section it stands in.
    pub fn question(&self, id: &str) -> Option<(&Section, &Question)> {
        let (s, q) = *self.places.get(id)?;
        let section = &self.sections[s];
        Some((section, &section.questions[q]))
    }

    /// Every question in form order.
    pub fn questions(&self) -> impl Iterator<Item = (&Section, &Question)> {
        self.sections
            .iter()
            .flat_map(|section| section.questions.iter().map(move |q| (section, q)))
    }
}
