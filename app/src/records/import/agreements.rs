//! Agreements from the government's sheet: what each row would become, and its writing.

use std::collections::BTreeSet;

use db::{args, sql};
use packs::{Answers, Content, Each, Flow, RecordType, Role};
use serde_json::{Value, json};

use crate::kernel::access::Action;
use crate::kernel::ids::{OrganisationId, PersonId, RecordId};
use crate::kernel::{Act, Acting, Change, Ctx, Refusal, phrases};
use crate::organisations::details::Details;
use crate::organisations::store as organisations;
use crate::organisations::store::OrganisationStanding;
use crate::records;
use crate::records::import::sheet::{Body, CellProblem, Entry, Row};
use crate::records::store;

sql! {
    SAME_TITLE = "select id from records where type = 'agreement' and title_key = $1 limit 1";
}

/// What a row comes to.
#[derive(Debug)]
pub enum Outcome {
    /// It can be brought in as a draft.
    Ready(Box<Draft>),
    /// An agreement of this title is here already, or stands higher up in the sheet.
    Duplicate {
        title: String,
        of: String,
    },
    Problems(Vec<CellProblem>),
}

/// A row as the draft it would be.
#[derive(Debug)]
pub struct Draft {
    pub title: String,
    pub lead: String,
    entry: Entry,
}

/// Works out what each row would become. Nothing is written.
pub async fn preview(
    ctx: &Ctx,
    rows: Vec<Row>,
    lead: Option<&organisations::Organisation>,
) -> Result<Vec<(u64, Outcome)>, Refusal> {
    let record_type = store::record_type(ctx, "agreement")?;
    let mut titles = BTreeSet::new();
    let mut outcomes = Vec::new();
    for row in rows {
        let outcome = match row.read {
            Err(problems) => Outcome::Problems(problems),
            Ok(entry) => {
                let key = phrases::fold(&entry.name);
                let here = ctx
                    .app
                    .db
                    .optional(&SAME_TITLE, args![key.as_str()])
                    .await?;
                match here {
                    Some(found) => Outcome::Duplicate {
                        title: entry.name,
                        of: found.text("id")?,
                    },
                    None if !titles.insert(key) => Outcome::Duplicate {
                        title: entry.name,
                        of: "a row above".to_owned(),
                    },
                    None => draft(record_type, entry, lead),
                }
            }
        };
        outcomes.push((row.number, outcome));
    }
    Ok(outcomes)
}

fn draft(
    record_type: &RecordType,
    entry: Entry,
    lead: Option<&organisations::Organisation>,
) -> Outcome {
    let first = entry.bodies.iter().find(|body| !body.processor);
    let lead = match (lead, first) {
        (Some(lead), _) => lead.details.name.clone(),
        (None, Some(first)) => first.name.clone(),
        (None, None) => {
            return Outcome::Problems(vec![CellProblem::new("controllers", "names no body")]);
        }
    };
    let problems = answers(record_type, &entry, "").err().unwrap_or_default();
    if problems.is_empty() {
        Outcome::Ready(Box::new(Draft {
            title: entry.name.clone(),
            lead,
            entry,
        }))
    } else {
        Outcome::Problems(problems)
    }
}

/// Writes one row: its organisations, where they are new, and the draft.
pub async fn write(
    ctx: &Ctx,
    draft: &Draft,
    lead: Option<&organisations::Organisation>,
) -> Result<RecordId, Refusal> {
    let entry = &draft.entry;
    let record_type = store::record_type(ctx, "agreement")?;
    let mut parties: Vec<(OrganisationId, bool)> = Vec::new();
    for body in &entry.bodies {
        parties.push((find_or_list(ctx, body).await?, body.processor));
    }
    let (lead_id, lead_name) = match lead {
        Some(lead) => (lead.id.clone(), lead.details.name.clone()),
        None => {
            let first = parties.iter().find(|(_, processor)| !processor);
            let (id, _) = first.ok_or(Refusal::NotFound)?;
            (id.clone(), draft.lead.clone())
        }
    };
    // The operator works for the organisation that leads; the ledger names no person.
    let mut ctx = ctx.clone();
    ctx.acting = Some(Acting {
        person: PersonId::from(""),
        name: "the operator".to_owned(),
        organisation: lead_id.clone(),
        organisation_name: lead_name,
        roles: BTreeSet::from([Role::Author]),
    });
    let content = content(&ctx, record_type, entry, &parties)
        .map_err(|problems| Refusal::broken(format!("{problems:?}")))?;
    let (id, change) = store::create(&ctx, record_type, &draft.title, &content)?;
    ctx.commit(change).await?;
    ctx.decide(async || {
        let record = records::fetch(&ctx, &id, Action::Draft).await?;
        let act = Act::new("record.imported", &id).with("entry", entry.key.as_str());
        let mut change = record.save(&ctx, &content, act)?;
        for (party, _) in parties.iter().filter(|(party, _)| *party != lead_id) {
            change = record.add_party(&ctx, party, false, change).await?;
        }
        Ok((change, ()))
    })
    .await?;
    Ok(id)
}

/// The organisation of this name, or a new external one.
async fn find_or_list(ctx: &Ctx, body: &Body) -> Result<OrganisationId, Refusal> {
    let details = Details {
        name: body.name.clone(),
        kind: kind(&body.name).to_owned(),
        ..Details::default()
    };
    let key = phrases::fold(&body.name);
    let found = organisations::alike(ctx, &details).await?;
    if let Some(found) = found.into_iter().find(|found| found.name_key == key) {
        return Ok(found.id);
    }
    let (id, change) = organisations::add(ctx, &details, OrganisationStanding::External, None);
    ctx.commit(change.and(Change::new(
        Act::new("organisation.imported", &id).with("entry", body.entry.as_str()),
    )))
    .await?;
    Ok(id)
}

/// The sheet lists government bodies only.
fn kind(name: &str) -> &'static str {
    let folded = phrases::fold(name);
    match folded.as_str() {
        name if name.contains("hmrc") || name.contains("revenue and customs") => "hmrc",
        name if name == "dwp" || name.contains("work and pensions") => "dwp",
        name if name.contains("borough") || name.ends_with("council") => "borough",
        _ => "central_gov",
    }
}

fn content(
    ctx: &Ctx,
    record_type: &RecordType,
    entry: &Entry,
    parties: &[(OrganisationId, bool)],
) -> Result<Content, Vec<CellProblem>> {
    let mut content = answers(record_type, entry, &ctx.new_id("flw"))?;
    let first = parties.iter().find(|(_, processor)| !processor);
    for (party, processor) in parties {
        let mut own = Answers::new();
        let role = if *processor {
            "processor"
        } else {
            "controller"
        };
        own.insert("party_role".into(), json!(role));
        if !entry.retention.is_empty() {
            own.insert("retention".into(), json!(entry.retention));
        }
        if !processor && !entry.powers.is_empty() {
            // Which of the pack's gateways is meant is for a person to say.
            own.insert("legal_power".into(), json!("yes"));
            own.insert("gateway_needed".into(), json!("yes"));
            own.insert(
                "party_function".into(),
                json!(format!(
                    "Power and objective as listed in the register of 2019: {}",
                    entry.powers.join("; ")
                )),
            );
        }
        if first.is_some_and(|(first, _)| first == party) && !entry.contact.is_empty() {
            own.insert("contact".into(), json!(entry.contact));
        }
        content.parties.insert(party.to_string(), own);
    }
    Ok(content)
}

/// The answers of the record and its one flow, each as the form takes it.
fn answers(
    record_type: &RecordType,
    entry: &Entry,
    flow: &str,
) -> Result<Content, Vec<CellProblem>> {
    let mut problems = Vec::new();
    let mut content = Content::default();
    let mut read = |column: &str, question: &str, raw: &[String]| {
        let Some((_, known)) = record_type.form.question(question) else {
            problems.push(CellProblem::new(column, "the form has no question for it"));
            return Value::Null;
        };
        known.read(raw).unwrap_or_else(|fault| {
            problems.push(CellProblem::new(column, fault.message));
            Value::Null
        })
    };
    let one = std::slice::from_ref::<String>;
    for (column, question, raw) in [
        ("name", "title", one(&entry.name)),
        ("purpose", "purpose_text", one(&entry.purpose)),
        ("start-date", "start_date", one(&entry.start)),
        ("end-date", "end_date", one(&entry.end)),
        ("review-date", "review_date", one(&entry.review)),
        ("area-names", "areas", entry.areas.as_slice()),
    ] {
        put(&mut content.answers, question, read(column, question, raw));
    }
    // Read for their limits; each party keeps its own.
    read("contact", "contact", one(&entry.contact));
    read("retention-period", "retention", one(&entry.retention));
    for fault in record_type
        .form
        .contrary_dates(Each::Record, &content.answers, |_| true)
    {
        // The columns of days have the names of the questions.
        problems.push(CellProblem::new(
            &fault.answer.replace('_', "-"),
            fault.message,
        ));
    }
    if !entry.benefits.is_empty() {
        let own = (entry.benefits.clone(), "information-sharing-benefits");
        explained(
            &mut content.answers,
            &mut problems,
            record_type,
            "public_benefit",
            own,
            true,
        );
    }
    let items: Vec<Value> = entry
        .information
        .iter()
        .map(|item| {
            if item.chars().count() > 500 {
                problems.push(CellProblem::new(
                    "disclosed-information",
                    "an item is longer than 500 characters. Set “●” between the items",
                ));
            }
            json!({ "item": item, "why": "", "minimum": "" })
        })
        .collect();
    if !items.is_empty() {
        content
            .answers
            .insert("data_items".into(), Value::Array(items));
    }
    let mut flow_answers = Answers::new();
    flow_answers.insert(
        "flow_name".into(),
        json!("As listed in the register of 2019"),
    );
    if !entry.method.is_empty() {
        let own = (entry.method.clone(), "information-sharing-method");
        explained(
            &mut flow_answers,
            &mut problems,
            record_type,
            "method",
            own,
            false,
        );
    }
    content.flows.push(Flow {
        id: flow.to_owned(),
        answers: flow_answers,
    });
    if problems.is_empty() {
        Ok(content)
    } else {
        Err(problems)
    }
}

/// Answers "something else" in the sheet's own words: which option is meant is for a person to say.
fn explained(
    answers: &mut Answers,
    problems: &mut Vec<CellProblem>,
    record_type: &RecordType,
    question: &str,
    (text, column): (String, &str),
    list: bool,
) {
    let Some((_, known)) = record_type.form.question(question) else {
        return;
    };
    match known.read_explanation("other", &text) {
        Ok(text) => {
            let chosen = if list {
                json!(["other"])
            } else {
                json!("other")
            };
            answers.insert(question.to_owned(), chosen);
            answers.insert(known.explain_name("other"), text);
        }
        Err(fault) => problems.push(CellProblem::new(column, fault.message)),
    }
}

fn put(answers: &mut Answers, question: &str, value: Value) {
    if !value.is_null() {
        answers.insert(question.to_owned(), value);
    }
}
