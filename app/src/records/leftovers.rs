//! Answers that answer nothing any more: their question is gone, is asked elsewhere, takes another kind of answer,
//! or is not asked because of other answers. They are kept, shown as what they were, and only removed by somebody
//! who saw them.

use std::sync::Arc;

use packs::{Answers, Content, Law, Packs, Question, QuestionKind, RecordType, Scope, View};
use serde_json::Value;

use crate::kernel::{Ctx, Refusal};
use crate::records::answers::{answers_at, is_blank};
use crate::records::pack_sets;
use crate::records::store::{PartyRow, Record};
use crate::records::versions::Attached;

/// Why an answer does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// Its question takes another kind of answer, or no longer offers it.
    NoLongerFits,
    /// Its question is asked somewhere else: of the whole record, of each party or of each data flow.
    AskedElsewhere,
    /// There is no such question any more.
    NoQuestion,
    /// Its question is not asked, because of other answers.
    NotAsked,
}

impl Why {
    /// Whether a change of the packs made it so, and not other answers.
    pub fn is_of_packs(self) -> bool {
        self != Why::NotAsked
    }

    pub fn words(self) -> &'static str {
        match self {
            Why::NoLongerFits => {
                "It no longer fits its question, so the question counts as not answered."
            }
            Why::AskedElsewhere => {
                "Its question is asked somewhere else now, so this does not count as an answer."
            }
            Why::NoQuestion => {
                "There is no such question any more, so this does not count as an answer."
            }
            Why::NotAsked => "Its question is not asked, because of other answers.",
        }
    }
}

/// An answer that does not count.
#[derive(Debug, Clone)]
pub struct Leftover {
    pub scope: Scope,
    /// Its name in the stored answers: that of its question, or of the own text of an option.
    pub name: String,
    /// What was asked, as briefly as tables say it.
    pub label: String,
    /// What was answered, in the words of the day, a line for each item.
    pub shown: Vec<String>,
    pub why: Why,
}

/// What names and files an answer may point at.
#[derive(Clone, Copy)]
pub struct Known<'a> {
    pub law: &'a Law,
    pub parties: &'a [PartyRow],
    pub attachments: &'a [Attached],
}

impl Known<'_> {
    fn people(&self) -> Vec<packs::Party> {
        let party = |p: &PartyRow| packs::Party {
            id: p.id.to_string(),
            name: p.name.clone(),
            kind: p.kind.clone(),
            registered: p.registered,
        };
        self.parties.iter().map(party).collect()
    }

    /// Whether a stored answer is one that the form of its question can show and take today: what it points at
    /// must be there too.
    pub fn fits(&self, question: &Question, value: &Value) -> bool {
        question.fits(value) && question.points_at_known(value, self.law, &self.people())
    }
}

/// The leftovers of a record's working text.
///
/// # Errors
/// When the database cannot be read.
pub async fn of_record(
    ctx: &Ctx,
    record: &Record,
    attachments: &[Attached],
) -> Result<Vec<Leftover>, Refusal> {
    let record_type = record.record_type(ctx)?;
    let known = Known {
        law: record.law(ctx),
        parties: &record.parties,
        attachments,
    };
    let places = places(&record.content, record.parties.iter());
    let view = record.view(ctx)?;
    let fits = |question: &Question, value: &Value| known.fits(question, value);
    let found = raw(record_type, &view, &record.content, &places, fits);
    in_words(ctx, record_type, &record.content, known, found).await
}

/// The answers of a record's working text that a change of the packs left behind: where, by which name, and why.
///
/// # Errors
/// None that a record could meet: the packs it is read with know its type.
pub fn left_behind(ctx: &Ctx, record: &Record) -> Result<Vec<(Scope, String, Why)>, Refusal> {
    let known = Known {
        law: record.law(ctx),
        parties: &record.parties,
        attachments: &[],
    };
    let view = record.view(ctx)?;
    let places = places(&record.content, record.parties.iter());
    let fits = |question: &Question, value: &Value| known.fits(question, value);
    let mut found = raw(
        record.record_type(ctx)?,
        &view,
        &record.content,
        &places,
        fits,
    );
    found.retain(|(.., why)| why.is_of_packs());
    Ok(found)
}

/// Where a text holds answers of these parties.
pub fn places<'p>(content: &Content, parties: impl Iterator<Item = &'p PartyRow>) -> Vec<Scope> {
    let flows = content.flows.iter().map(|f| Scope::Flow(f.id.clone()));
    std::iter::once(Scope::Record)
        .chain(parties.map(|p| Scope::Party(p.id.to_string())))
        .chain(flows)
        .collect()
}

/// What does not count, without its words.
pub fn raw(
    record_type: &RecordType,
    view: &View<'_>,
    content: &Content,
    places: &[Scope],
    fits: impl Fn(&Question, &Value) -> bool,
) -> Vec<(Scope, String, Why)> {
    let mut found = Vec::new();
    for scope in places {
        let Some(answers) = answers_at(content, scope) else {
            continue;
        };
        for (name, _) in answers.iter().filter(|(_, value)| !is_blank(value)) {
            if let Some(why) = why(record_type, view, scope, answers, name, &fits) {
                found.push((scope.clone(), name.clone(), why));
            }
        }
    }
    found
}

fn why(
    record_type: &RecordType,
    view: &View<'_>,
    scope: &Scope,
    answers: &Answers,
    name: &str,
    fits: &impl Fn(&Question, &Value) -> bool,
) -> Option<Why> {
    let Some(question) = question_behind(record_type, name) else {
        return Some(Why::NoQuestion);
    };
    let section = record_type.form.question(&question.id).map(|(s, _)| s.each);
    if section != Some(each_of(scope)) {
        return Some(Why::AskedElsewhere);
    }
    if !view.relevant(scope, question) {
        return Some(Why::NotAsked);
    }
    let fits = answers
        .get(&question.id)
        .is_none_or(|value| fits(question, value));
    let own_text_fits = name == question.id || answers[name].is_string();
    (!fits || !own_text_fits).then_some(Why::NoLongerFits)
}

fn each_of(scope: &Scope) -> packs::Each {
    match scope {
        Scope::Record => packs::Each::Record,
        Scope::Party(_) => packs::Each::Party,
        Scope::Flow(_) => packs::Each::Flow,
    }
}

/// The same in the words of the packs that asked for it last.
///
/// # Errors
/// When the database cannot be read.
pub async fn in_words(
    ctx: &Ctx,
    record_type: &RecordType,
    content: &Content,
    known: Known<'_>,
    raw: Vec<(Scope, String, Why)>,
) -> Result<Vec<Leftover>, Refusal> {
    let mut leftovers = Vec::new();
    for (scope, name, why) in raw {
        let Some(value) = answers_at(content, &scope).and_then(|answers| answers.get(&name)) else {
            continue;
        };
        let (label, shown) = if why.is_of_packs() {
            let said = as_asked(ctx, record_type, &scope, &name, value, known).await?;
            (said.0.clone(), said.1.clone())
        } else {
            let question = question_behind(record_type, &name);
            let label = question.map_or(name.as_str(), |q| q.short.as_str());
            let own = question.filter(|q| q.id == name);
            let shown = own.map_or_else(|| plain(value), |q| words(q, value, known.law, known));
            (label.to_owned(), shown)
        };
        leftovers.push(Leftover {
            scope,
            name,
            label,
            shown,
            why,
        });
    }
    Ok(leftovers)
}

/// The label and the answer as the packs had them that last asked for such an answer; else as it is stored.
async fn as_asked(
    ctx: &Ctx,
    record_type: &RecordType,
    scope: &Scope,
    name: &str,
    value: &Value,
    known: Known<'_>,
) -> Result<Arc<(String, Vec<String>)>, Refusal> {
    // Names of parties and files differ from record to record, so only what holds none is kept in memory.
    let each = each_of(scope);
    let key = format!("{} {each:?} {name} {value}", record_type.id);
    if let Some(said) = ctx.app.old_answers.get(&key) {
        return Ok(said);
    }
    let says = |packs: &Packs, record_type: &RecordType| {
        let question = question_behind(record_type, name)?;
        let section = record_type
            .form
            .question(&question.id)
            .map(|(section, _)| section.each);
        if section != Some(each) {
            return None;
        }
        if question.id != name {
            let option = question
                .options
                .iter()
                .find(|o| question.explain_name(&o.id) == name);
            let option = option.map_or("", |o| &o.label);
            return Some((true, format!("{}: {option}", question.short), plain(value)));
        }
        let people = value.as_array().is_some_and(|items| {
            items
                .iter()
                .all(|id| known.parties.iter().any(|p| *id == p.id.as_str()))
        });
        let taken = match question.kind {
            QuestionKind::Parties => people || question.fits(value),
            QuestionKind::Gateways => question.points_at_known(value, &packs.law, &[]),
            _ => true,
        };
        (question.fits(value) && taken).then(|| {
            let lasting = !matches!(question.kind, QuestionKind::Parties | QuestionKind::Files);
            (
                lasting,
                question.short.clone(),
                words(question, value, &packs.law, known),
            )
        })
    };
    // Where an answer only names parties that have left, today's words are right.
    let found = match says(&ctx.app.packs, record_type) {
        Some(found) => Some(found),
        None => {
            pack_sets::find(ctx, &record_type.id, |packs| {
                says(packs, packs.record_type(&record_type.id)?)
            })
            .await?
        }
    };
    let today =
        || question_behind(record_type, name).map_or_else(|| name.to_owned(), |q| q.short.clone());
    let (lasting, label, shown) = found.unwrap_or_else(|| (true, today(), plain(value)));
    let said = Arc::new((label, shown));
    if lasting {
        ctx.app.old_answers.insert(key, said.clone());
    }
    Ok(said)
}

/// An answer in the words of a question that takes it.
fn words(question: &Question, value: &Value, law: &Law, known: Known<'_>) -> Vec<String> {
    let each = |show: &dyn Fn(&str) -> String| -> Vec<String> {
        let items = value.as_array().into_iter().flatten();
        items.filter_map(Value::as_str).map(show).collect()
    };
    match question.kind {
        QuestionKind::Parties => each(&|id| {
            let party = known.parties.iter().find(|p| p.id.as_str() == id);
            party.map_or_else(
                || "An organisation that has left".to_owned(),
                |p| p.name.clone(),
            )
        }),
        QuestionKind::Gateways => each(&|id| {
            law.power(id)
                .map_or_else(|| id.to_owned(), |(_, power)| power.title.clone())
        }),
        QuestionKind::Files => each(&|id| {
            let file = known.attachments.iter().find(|a| a.id == id);
            file.map_or_else(|| "A file that was removed".to_owned(), |a| a.name.clone())
        }),
        _ if question.fits(value) => question.show(value),
        _ => plain(value),
    }
}

/// A stored value without a question that would know its words.
fn plain(value: &Value) -> Vec<String> {
    let one = |value: &Value| match value {
        Value::String(text) => text.clone(),
        Value::Object(row) => {
            let cells = row.iter().filter(|(_, cell)| !is_blank(cell));
            let cell = |(id, cell): (&String, &Value)| match cell {
                Value::String(text) => format!("{id}: {text}"),
                other => format!("{id}: {other}"),
            };
            cells.map(cell).collect::<Vec<_>>().join("; ")
        }
        other => other.to_string(),
    };
    match value {
        Value::Array(items) => items.iter().map(one).collect(),
        single => vec![one(single)],
    }
}

/// The question that an answer's name belongs to, its options' own texts included.
pub fn question_behind<'a>(record_type: &'a RecordType, name: &str) -> Option<&'a Question> {
    if let Some((_, question)) = record_type.form.question(name) {
        return Some(question);
    }
    let own_text = |question: &Question| {
        let mut explained = question.options.iter().filter(|option| option.explain);
        explained.any(|option| question.explain_name(&option.id) == name)
    };
    let mut questions = record_type.form.questions().map(|(_, question)| question);
    questions.find(|question| own_text(question))
}
