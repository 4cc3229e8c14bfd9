//! The names conditions may read, with their types and defaults.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::chosen::{Fact, type_words};
use crate::fault::{Faults, Place};
use crate::form::{Each, Form, Question, QuestionKind};
use crate::kinds::{Kind, choices, options};
use crate::law::Law;
use crate::record_type::{Derived, DerivedKind};

/// A name that conditions may read.
#[derive(Clone, Debug)]
pub(crate) struct Name {
    /// Position among the names of the type.
    pub number: usize,
    pub kind: Kind,
    pub default: Value,
    pub source: Source,
    pub read: Read,
}

/// Where the value behind a name comes from. Numbers are positions in the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    Question {
        section: usize,
        question: usize,
    },
    /// The own text of an option.
    Explain {
        section: usize,
        question: usize,
    },
    Derived(usize),
    /// What the law says of the powers chosen in a question about powers.
    Chosen {
        section: usize,
        question: usize,
        fact: Fact,
    },
    Parties,
    Flows,
}

/// Who reads a name.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Read {
    /// Conditions that look at a record, a party, a flow.
    pub levels: [bool; 3],
    /// As a field of an item.
    pub field: bool,
}

impl Read {
    pub fn anywhere(self) -> bool {
        self.levels.contains(&true)
    }
}

/// The names of a type: answers, derived answers, `parties` and `flows`.
pub(crate) fn names(
    law: &Law,
    form: &Form,
    derived: &[Derived],
    faults: &mut Faults,
) -> BTreeMap<String, Name> {
    let mut names: BTreeMap<String, Name> = BTreeMap::new();
    let mut places: BTreeMap<String, Place> = BTreeMap::new();
    let mut add = |id: String, name: Name, place: &Place, faults: &mut Faults| {
        if let Some(first) = places.get(&id) {
            faults.add(
                place,
                format!(
                    "The name \"{id}\" is there twice; first in {}:{}",
                    first.file, first.line
                ),
                "Give one of them another name",
            );
            return;
        }
        places.insert(id.clone(), place.clone());
        names.insert(id, name);
    };
    let yes_no = || Kind::Text(Some(choices(["yes", "no"])));
    let kinds = || Kind::Text(Some(options(law.kinds.iter().map(|kind| &kind.id))));
    let mut party = BTreeMap::from([
        ("id".to_owned(), Kind::Text(None)),
        ("kind".to_owned(), kinds()),
        ("public".to_owned(), yes_no()),
        ("care".to_owned(), yes_no()),
        ("registered".to_owned(), yes_no()),
    ]);
    let mut flow = BTreeMap::from([("id".to_owned(), Kind::Text(None))]);
    for (s, section) in form.sections.iter().enumerate() {
        for (q, question) in section.questions.iter().enumerate() {
            let kind = question_kind(law, question);
            let mut fields = vec![(question.id.clone(), kind.clone())];
            let source = Source::Question {
                section: s,
                question: q,
            };
            let name = Name {
                number: 0,
                kind,
                default: question.default.clone(),
                source,
                read: Read::default(),
            };
            add(question.id.clone(), name, &question.place, faults);
            for option in question.options.iter().filter(|option| option.explain) {
                let id = question.explain_name(&option.id);
                let source = Source::Explain {
                    section: s,
                    question: q,
                };
                let name = Name {
                    number: 0,
                    kind: Kind::Text(None),
                    default: json!(""),
                    source,
                    read: Read::default(),
                };
                add(id.clone(), name, &question.place, faults);
                fields.push((id, Kind::Text(None)));
            }
            if question.kind == QuestionKind::Gateways {
                for (word, fact) in Fact::ALL {
                    let kind = match fact {
                        Fact::Types => {
                            Kind::List(Box::new(Kind::Text(Some(choices(type_words())))))
                        }
                        _ => question_kind(law, question),
                    };
                    let source = Source::Chosen {
                        section: s,
                        question: q,
                        fact,
                    };
                    let name = Name {
                        number: 0,
                        kind,
                        default: json!([]),
                        source,
                        read: Read::default(),
                    };
                    add(
                        format!("{}_{word}", question.id),
                        name,
                        &question.place,
                        faults,
                    );
                }
            }
            match section.each {
                Each::Record => {}
                Each::Party => party.extend(fields),
                Each::Flow => flow.extend(fields),
            }
        }
    }
    for (i, item) in derived.iter().enumerate() {
        let default = unset(item);
        let mut known = options(&item.options);
        if item.kind == DerivedKind::Choice {
            known.insert(default.to_owned());
        }
        let text = Kind::Text(Some(known));
        let (kind, default) = match item.kind {
            DerivedKind::YesNo => (text, json!("no")),
            DerivedKind::Choice => (text, json!(default)),
            DerivedKind::Choices => (Kind::List(Box::new(text)), json!([])),
        };
        let name = Name {
            number: 0,
            kind,
            default,
            source: Source::Derived(i),
            read: Read::default(),
        };
        add(item.name.clone(), name, &item.expr.place, faults);
    }
    for (id, fields, source) in [
        ("parties", party, Source::Parties),
        ("flows", flow, Source::Flows),
    ] {
        let kind = Kind::List(Box::new(Kind::Object(fields.into())));
        names.insert(
            id.into(),
            Name {
                number: 0,
                kind,
                default: json!([]),
                source,
                read: Read::default(),
            },
        );
    }
    for (number, name) in names.values_mut().enumerate() {
        name.number = number;
    }
    names
}

/// What a derived choice is while there is nothing to work it out from.
pub(crate) fn unset(derived: &Derived) -> &'static str {
    ["none", "unset"]
        .into_iter()
        .find(|word| derived.options.iter().any(|option| option == word))
        .unwrap_or("")
}

fn question_kind(law: &Law, question: &Question) -> Kind {
    let own = || {
        let mut known = options(question.options.iter().map(|option| &option.id));
        if let Value::String(default) = &question.default {
            known.insert(default.clone());
        }
        known
    };
    let list = |kind: Kind| Kind::List(Box::new(kind));
    match question.kind {
        QuestionKind::Number => Kind::Number,
        QuestionKind::YesNo => {
            let mut known = choices(["yes", "no"]);
            known.extend(question.default.as_str().map(str::to_owned));
            Kind::Text(Some(known))
        }
        QuestionKind::Choice => Kind::Text(Some(own())),
        QuestionKind::Choices => list(Kind::Text(Some(options(
            question.options.iter().map(|o| &o.id),
        )))),
        QuestionKind::Parties => list(Kind::Text(Some(options(
            law.kinds.iter().map(|kind| &kind.id),
        )))),
        QuestionKind::Gateways => list(Kind::Text(Some(options(
            law.gateways
                .iter()
                .flat_map(|g| g.powers.iter().map(|p| &p.id)),
        )))),
        QuestionKind::Files => Kind::Text(Some(choices([
            question.attached.as_str(),
            question.absent.as_str(),
        ]))),
        QuestionKind::Lines => list(Kind::Text(None)),
        QuestionKind::Table => list(Kind::Object(
            question
                .columns
                .iter()
                .map(|column| {
                    let known = options(column.options.iter().map(|option| &option.id));
                    let kind = (column.kind == QuestionKind::Choice).then(|| {
                        let mut known = known;
                        known.insert(String::new());
                        known
                    });
                    (column.id.clone(), Kind::Text(kind))
                })
                .collect::<BTreeMap<_, _>>()
                .into(),
        )),
        QuestionKind::Text
        | QuestionKind::LongText
        | QuestionKind::Date
        | QuestionKind::Link
        | QuestionKind::Email
        | QuestionKind::Duration => Kind::Text(None),
    }
}
