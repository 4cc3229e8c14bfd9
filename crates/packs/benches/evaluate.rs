//! How long it takes to load all packs, to make a view and to ask what fired.

use std::hint::black_box;
use std::path::Path;

use criterion::{Criterion, criterion_group, criterion_main};
use jiff::civil::date;
use packs::{Answers, Content, Files, Flow, Packs, Party, QuestionKind, RecordType};
use serde_json::{Value, json};
use zen_expression::vm::VM;
use zen_expression::{Scope, Variable, compile_expression};

/// A record with four parties and two flows out of a scenario's answers.
fn record(packs: &Packs, answers: &Answers) -> (Content, Vec<Party>) {
    let agreement = packs
        .record_type("agreement")
        .expect("there are agreements");
    let mut content = Content::default();
    let parties: Vec<Party> = ["borough", "police", "nhs_trust", "vcs"]
        .into_iter()
        .map(|kind| Party {
            id: format!("org_{kind}"),
            name: kind.into(),
            kind: kind.into(),
            registered: true,
        })
        .collect();
    content.flows = (1..=2)
        .map(|n| Flow {
            id: format!("flow_{n}"),
            answers: Answers::new(),
        })
        .collect();
    for (section, question) in agreement.form.questions() {
        let value = match (answers.get(&question.id), question.kind.is_list()) {
            (Some(value), _) => value.clone(),
            (None, true) => continue,
            (None, false) if question.options.is_empty() => json!("Written down."),
            (None, false) => Value::from(question.options[0].id.as_str()),
        };
        match section.each {
            packs::Each::Record => {
                content.answers.insert(question.id.clone(), value);
            }
            packs::Each::Party => {
                for party in &parties {
                    let own = content.parties.entry(party.id.clone()).or_default();
                    own.insert(question.id.clone(), value.clone());
                }
            }
            packs::Each::Flow => {
                for flow in &mut content.flows {
                    flow.answers.insert(question.id.clone(), value.clone());
                }
            }
        }
    }
    content.answers.insert("data_kind".into(), json!("yes"));
    (content, parties)
}

/// A scenario's answers with every other question answered too.
fn full(agreement: &RecordType, answers: &Answers) -> Answers {
    let mut full = answers.clone();
    for (_, question) in agreement.form.questions() {
        let option = question.options.first().map(|option| option.id.as_str());
        let value = match question.kind {
            QuestionKind::YesNo => json!("yes"),
            QuestionKind::Number => json!(100),
            QuestionKind::Files => json!(["attachment_1"]),
            QuestionKind::Parties => json!(["borough", "police"]),
            QuestionKind::Gateways => json!(["localism", "cda115"]),
            QuestionKind::Table => json!([{"item": "Name", "why": "To find the person"}]),
            QuestionKind::Choices => json!([option.unwrap_or_default()]),
            QuestionKind::Lines => json!(["One line"]),
            _ => json!(option.unwrap_or("Written down.")),
        };
        full.entry(question.id.clone()).or_insert(value);
    }
    full
}

/// The rules' conditions alone, on the library's virtual machine.
fn conditions(c: &mut Criterion, agreement: &RecordType, answers: &Answers) {
    let mut env = Answers::new();
    for (_, question) in agreement.form.questions() {
        env.insert(question.id.clone(), question.default.clone());
    }
    for derived in &agreement.derived {
        let value = match derived.kind {
            packs::DerivedKind::YesNo => json!("no"),
            packs::DerivedKind::Choice => json!("unset"),
            packs::DerivedKind::Choices => json!([]),
        };
        env.insert(derived.name.clone(), value);
    }
    env.insert("parties".into(), json!([]));
    env.insert("flows".into(), json!([]));
    env.extend(answers.clone());
    let scope = Scope::new(Variable::from(&Value::Object(env)));
    let compiled: Vec<_> = agreement
        .rules
        .iter()
        .map(|rule| compile_expression(rule.when.source()).expect("it was compiled before"))
        .collect();
    let mut vm = VM::new();
    c.bench_function("the rules' conditions on the library's machine", |b| {
        b.iter(|| {
            let values = compiled
                .iter()
                .map(|condition| vm.run(condition.bytecode(), &scope));
            values
                .filter(|value| matches!(value, Ok(Variable::Bool(true))))
                .count()
        });
    });
}

fn evaluate(c: &mut Criterion) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packs");
    let files = Files::from_dir(&folder).expect("the packs can be read");
    let packs = Packs::load(&files).expect("the packs have no faults");
    let agreement = packs
        .record_type("agreement")
        .expect("there are agreements");
    let scenario = agreement
        .scenarios
        .iter()
        .max_by_key(|s| s.must_fire.len())
        .expect("there are scenarios");
    let today = date(2026, 11, 21);

    c.bench_function("load and check all packs", |b| {
        b.iter(|| Packs::load(black_box(&files)))
    });
    let answers = full(agreement, &scenario.answers);
    let flat = || {
        agreement
            .flat_view(&packs.law, black_box(&answers))
            .expect("known answers")
    };
    c.bench_function("full answers: what fired", |b| {
        b.iter(|| flat().fired(black_box(today)).len());
    });
    c.bench_function("full answers: prompts with reasons", |b| {
        b.iter(|| flat().prompts(black_box(today)).len());
    });
    c.bench_function("full answers: the view alone", |b| b.iter(flat));

    conditions(c, agreement, &scenario.answers);

    let (content, parties) = record(&packs, &scenario.answers);
    c.bench_function("record of 4 parties and 2 flows: view", |b| {
        b.iter(|| agreement.view(&packs.law, black_box(&content), &parties));
    });
    let view = agreement.view(&packs.law, &content, &parties);
    c.bench_function(
        "record of 4 parties and 2 flows: prompts with reasons",
        |b| {
            b.iter(|| view.prompts(black_box(today)));
        },
    );
}

criterion_group!(benches, evaluate);
criterion_main!(benches);
