//! Reading a record type's own file, its workflow, document and fixed text.

use std::collections::BTreeMap;

use crate::document::{Clause, DocumentTemplate, Part, Show, Text};
use crate::fields::{Fields, Word};
use crate::record_type::{Parties, ReviewWhen, Role};
use crate::workflow::{Effect, Guard, Move, Of, State, Workflow};

const PARTIES: [(&str, Parties); 2] = [("many", Parties::Many), ("owner", Parties::Owner)];

/// The content of `type.toml`.
pub(crate) struct Head {
    pub id: String,
    pub name: String,
    pub plural: String,
    pub prefix: String,
    pub parties: Parties,
    pub flows: bool,
    pub review: Vec<Role>,
    pub review_when: Vec<ReviewWhen>,
    pub sign_off: Vec<Role>,
    pub title_question: Option<Word>,
    /// The words by which this type is told from others, and what each is.
    pub called: Vec<(&'static str, Word)>,
}

pub(crate) fn head(file: Fields, folder: &str) -> Head {
    let id = file.need_text("id");
    if !id.is_empty() && id != folder {
        file.fault(
            &file.place_of("id"),
            format!("The type \"{id}\" stands in the folder \"{folder}\""),
            "Let the id and the folder have the same name",
        );
    }
    if !is_plain(&id) {
        file.fault(
            &file.place_of("id"),
            format!("\"{id}\" cannot be the id of a type"),
            "Use small letters, digits and _, beginning with a letter",
        );
    }
    let called: Vec<(&'static str, Word)> = ["prefix", "name", "plural"]
        .into_iter()
        .map(|key| {
            let text = file.text(key).unwrap_or_default();
            let place = file.place_of(key);
            (key, Word { text, place })
        })
        .collect();
    if let Some((_, prefix)) = called.first()
        && !prefix.text.is_empty()
        && !(is_plain(&prefix.text) && prefix.text.len() <= 8 && !prefix.text.contains('_'))
    {
        file.fault(
            &prefix.place,
            format!("\"{}\" cannot begin the ids of records", prefix.text),
            "Use up to 8 small letters and digits, beginning with a letter",
        );
    }
    let parties = file.one_of("parties", &PARTIES).unwrap_or(Parties::Owner);
    let review = file.some_of("review", &Role::DOING);
    if parties == Parties::Many && !review.contains(&Role::DataProtectionOfficer) {
        file.fault(
            &file.place_of("review"),
            "A type with many parties is not reviewed by the data protection officers",
            "Add review = [\"data_protection_officer\"]",
        );
    }
    let review_when = file
        .tables("review_when", "further reviewer")
        .into_iter()
        .filter_map(|fields| {
            for key in ["role", "when"] {
                if !fields.has(key) {
                    fields.fault(
                        &fields.place,
                        format!("This further reviewer has no \"{key}\""),
                        "Add it",
                    );
                }
            }
            let (role, when) = (
                fields.one_of("role", &Role::DOING),
                fields.condition("when"),
            );
            fields.finish();
            Some(ReviewWhen {
                role: role?,
                when: when?,
            })
        })
        .collect();
    let title_question = file.table("title", "title").map(|fields| {
        let word = Word {
            text: fields.need_text("question"),
            place: fields.place_of("question"),
        };
        fields.finish();
        word
    });
    let head = Head {
        name: file.need_text("name"),
        plural: file.need_text("plural"),
        prefix: file.need_text("prefix"),
        parties,
        flows: file.flag("flows").unwrap_or(false),
        review,
        review_when,
        sign_off: file.some_of("sign_off", &Role::DOING),
        title_question,
        called,
        id,
    };
    file.finish();
    head
}

/// Whether a word can stand in addresses and conditions as it is.
fn is_plain(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_lowercase())
        && word
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

pub(crate) fn workflow(file: Fields) -> Workflow {
    let mut workflow = Workflow {
        initial: file.need_text("initial"),
        ..Workflow::default()
    };
    for fields in file.tables("state", "state") {
        let mut state = State {
            id: fields.need_text("id"),
            name: fields.need_text("name"),
            tag: fields.text("tag").unwrap_or_else(|| "grey".into()),
            editable: fields.flag("editable").unwrap_or(false),
            is_final: fields.flag("final").unwrap_or(false),
            welsh: BTreeMap::new(),
            place: fields.place.clone(),
        };
        state.welsh = fields.finish();
        workflow.states.push(state);
    }
    for fields in file.tables("move", "move") {
        let auto = fields.flag("auto").unwrap_or(false);
        let by = fields.some_of("by", &Role::DOING);
        if auto == fields.has("by") {
            fields.fault(
                &fields.place,
                "A move is made either by someone or by the engine",
                "Add by = [\"author\"] or auto = true, not both",
            );
        }
        let mut a_move = Move {
            id: fields.need_text("id"),
            name: fields.need_text("name"),
            from: fields.texts("from"),
            to: fields.need_text("to"),
            by,
            of: fields.one_of("of", &Of::ALL).unwrap_or(Of::Lead),
            auto,
            guards: fields.some_of("guards", &Guard::ALL),
            effects: fields.some_of("effects", &Effect::ALL),
            confirm: fields.text("confirm"),
            reason: fields.flag("reason").unwrap_or(false),
            welsh: BTreeMap::new(),
            place: fields.place.clone(),
        };
        a_move.welsh = fields.finish();
        workflow.moves.push(a_move);
    }
    file.finish();
    workflow
}

/// A document template with the words that name sections and questions.
pub(crate) struct ReadDocument {
    pub document: DocumentTemplate,
    pub sections: Vec<Word>,
    pub questions: Vec<Word>,
}

pub(crate) fn document(file: Fields) -> ReadDocument {
    let mut read = ReadDocument {
        document: DocumentTemplate {
            title: file.need_text("title"),
            ..DocumentTemplate::default()
        },
        sections: Vec::new(),
        questions: Vec::new(),
    };
    for fields in file.tables("part", "part") {
        if !fields.has("show") {
            fields.fault(
                &fields.place,
                "This part does not say what it shows",
                "Add show = \"section\" or another",
            );
        }
        let section = fields.text("section");
        let questions = fields.words("questions");
        let mut part = Part {
            heading: fields.need_text("heading"),
            show: fields.one_of("show", &Show::ALL).unwrap_or(Show::Text),
            questions: questions.iter().map(|word| word.text.clone()).collect(),
            text: fields.text("text"),
            welsh: BTreeMap::new(),
            section: section.clone(),
        };
        let needs = match part.show {
            Show::Section if section.is_none() && questions.is_empty() => Some("section"),
            Show::Matrix if questions.is_empty() => Some("questions"),
            Show::Text if part.text.is_none() => Some("text"),
            _ => None,
        };
        if let Some(key) = needs {
            fields.fault(
                &fields.place,
                format!("The part \"{}\" has no \"{key}\" to show", part.heading),
                format!("Add {key} = …"),
            );
        }
        if let Some(text) = section {
            read.sections.push(Word {
                text,
                place: fields.place_of("section"),
            });
        }
        read.questions.extend(questions);
        part.welsh = fields.finish();
        read.document.parts.push(part);
    }
    file.finish();
    read
}

pub(crate) fn text(file: Fields) -> Text {
    let mut text = Text {
        version: file.need_text("version"),
        title: file.need_text("title"),
        date: file.date("date"),
        clauses: Vec::new(),
        welsh: BTreeMap::new(),
    };
    for fields in file.tables("clause", "clause") {
        let mut clause = Clause {
            heading: fields.need_text("heading"),
            text: fields.need_text("text"),
            welsh: BTreeMap::new(),
        };
        clause.welsh = fields.finish();
        text.clauses.push(clause);
    }
    text.welsh = file.finish();
    text
}
