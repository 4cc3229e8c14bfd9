//! One section of questions: shown as a form, saved, and shown again when there is more to ask.

use std::collections::BTreeMap;

use axum::extract::{Path, RawQuery};
use axum::response::Response;
use packs::{Answers, Question, View};
use serde_json::Value;

use crate::kernel::access::Action;
use crate::kernel::ids::RecordId;
use crate::kernel::{Act, Ctx, Problem, Refusal};
use crate::pages::records::section_page::SectionPage;
use crate::pages::records::section_scope::{Spot, answers_mut, fetch_to_draft, or_refused};
use crate::pages::records::{attachments, conflict, form_input};
use crate::records::answers::{answers_at, is_blank};
use crate::records::leftovers::Known;
use crate::records::{Record, fetch, moves};
use crate::web::{Fields, Posted, Visit, see_other};

pub async fn show(
    visit: Visit,
    Path((id, section)): Path<(String, String)>,
    RawQuery(query): RawQuery,
) -> Result<Response, Refusal> {
    let page = page(&visit, &id.into(), &section, "", query).await;
    or_refused(&visit, "/agreements", page)
}

pub async fn show_scoped(
    visit: Visit,
    Path((id, section, scope)): Path<(String, String, String)>,
    RawQuery(query): RawQuery,
) -> Result<Response, Refusal> {
    let page = page(&visit, &id.into(), &section, &scope, query).await;
    or_refused(&visit, "/agreements", page)
}

pub async fn save(
    Path((id, section)): Path<(String, String)>,
    posted: Posted,
) -> Result<Response, Refusal> {
    let back = format!("/records/{id}");
    let answer = save_at(&posted, &id.into(), &section, "").await;
    or_refused(&posted.visit, &back, answer)
}

pub async fn save_scoped(
    Path((id, section, scope)): Path<(String, String, String)>,
    posted: Posted,
) -> Result<Response, Refusal> {
    let back = format!("/records/{id}");
    let answer = save_at(&posted, &id.into(), &section, &scope).await;
    or_refused(&posted.visit, &back, answer)
}

async fn page(
    visit: &Visit,
    id: &RecordId,
    section: &str,
    scope: &str,
    query: Option<String>,
) -> Result<Response, Refusal> {
    let record = fetch(visit, id, Action::See).await?;
    let spot = Spot::find(record.record_type(visit)?, &record, section, scope)?;
    let query = Fields::parse(&query.unwrap_or_default());
    SectionPage {
        record: &record,
        spot: &spot,
        typed: None,
        problems: Vec::new(),
        appeared: query.one("new").split(',').collect(),
    }
    .show(visit)
    .await
}

/// What was typed, and the digests of what was shown with it.
pub struct Typed<'a> {
    pub fields: Fields,
    pub seen: BTreeMap<&'a str, String>,
}

impl<'a> Typed<'a> {
    /// Takes a posted form apart.
    ///
    /// # Errors
    /// [`Refusal::Malformed`] when it does not say which questions it shows.
    fn of(spot: &Spot<'a>, fields: &Fields) -> Result<Typed<'a>, Refusal> {
        let mut seen = BTreeMap::new();
        for said in fields.all("seen") {
            if let Some((id, digest)) = said.split_once(':')
                && let Some(question) = spot
                    .section
                    .questions
                    .iter()
                    .find(|q| q.id == id && !q.hidden)
            {
                seen.insert(question.id.as_str(), digest.to_owned());
            }
        }
        if seen.is_empty() {
            return Err(Refusal::Malformed(
                "The form did not arrive whole. Nothing was changed. Go back, reload the page and try again."
                    .to_owned(),
            ));
        }
        let mut fields = fields.clone();
        if let ["unrow", id, row] = fields.one("go").split(':').collect::<Vec<_>>()[..]
            && let Some(question) = spot.section.questions.iter().find(|q| q.id == id)
            && let Ok(row) = row.parse()
        {
            form_input::drop_row(question, row, &mut fields);
        }
        Ok(Typed { fields, seen })
    }

    /// The questions whose typed answers are to be saved: shown, and not given up for what
    /// somebody else saved.
    pub fn questions<'s>(&'s self, spot: &'s Spot<'a>) -> impl Iterator<Item = &'a Question> + 's {
        spot.section.questions.iter().filter(|question| {
            self.seen.contains_key(question.id.as_str())
                && form_input::is_in_form(question)
                && self.fields.one(&format!("keep-{}", question.id)) != "theirs"
        })
    }

    /// The questions that somebody changed after they were shown.
    pub fn changed_since(&self, spot: &Spot<'a>, stored: &Answers) -> Vec<&'a Question> {
        self.questions(spot)
            .filter(|q| self.seen[q.id.as_str()] != form_input::seen(q, stored))
            .collect()
    }
}

async fn save_at(
    posted: &Posted,
    id: &RecordId,
    section: &str,
    scope: &str,
) -> Result<Response, Refusal> {
    let visit = &posted.visit;
    let record_now = || async {
        let seen = fetch(visit, id, Action::See).await?;
        let found = Spot::find(seen.record_type(visit)?, &seen, section, scope)?;
        fetch_to_draft(visit, id, found.party()).await
    };
    let mut record = record_now().await?;
    let record_type = crate::records::store::record_type(visit, &record.type_id)?;
    let spot = Spot::find(record_type, &record, section, scope)?;
    let typed = Typed::of(&spot, &posted.fields)?;
    let mut problems = attachments::take(visit, &record, &spot, &posted.files).await?;
    if !posted.files.is_empty() {
        record = record_now().await?;
    }
    let stored = |record: &Record| {
        answers_at(&record.content, &spot.scope)
            .cloned()
            .unwrap_or_default()
    };
    let mut given = BTreeMap::new();
    for question in typed.questions(&spot) {
        // What the form could not show is not taken from it.
        if !fits(&record, &spot, question, visit)
            && form_input::is_left_alone(question, &record, &stored(&record), &typed.fields)
        {
            continue;
        }
        match form_input::read(question, &record, &typed.fields) {
            Ok(read) => given.extend(read),
            Err(found) => problems.extend(found),
        }
    }
    problems.extend(contrary_dates(visit, &record, &spot, &given)?);
    if !problems.is_empty() {
        return SectionPage {
            record: &record,
            spot: &spot,
            typed: Some(typed),
            problems,
            appeared: Vec::new(),
        }
        .show(visit)
        .await;
    }
    let unchosen = conflict::unchosen(&spot, &typed);
    if !unchosen.is_empty() {
        return conflict::show(visit, &record, &spot, &typed, &given, unchosen).await;
    }
    let stale =
        |record: &Record| !conflict::clashes(&spot, &typed, &stored(record), &given).is_empty();
    if stale(&record) {
        return conflict::show(visit, &record, &spot, &typed, &given, Vec::new()).await;
    }
    if form_input::apply(&given, &mut stored(&record)) {
        let saved = visit
            .decide(|| async {
                let record = record_now().await?;
                if stale(&record) {
                    return Err(Refusal::NotNow(
                        "Someone saved this section at the same moment.".to_owned(),
                    ));
                }
                let mut content = record.content.clone();
                form_input::apply(&given, answers_mut(&mut content, &spot.scope)?);
                let act = Act::new("record.answered", id)
                    .with("section", section)
                    .with("scope", scope)
                    .with("questions", given.keys().cloned().collect::<Vec<_>>());
                let replaced: Vec<String> = typed
                    .questions(&spot)
                    .filter(|q| given.contains_key(&q.id) && !fits(&record, &spot, q, visit))
                    .map(|q| q.id.clone())
                    .collect();
                let act = if replaced.is_empty() {
                    act
                } else {
                    act.with("no_longer_fitted", replaced)
                };
                Ok((record.save(visit, &content, act)?, ()))
            })
            .await;
        record = record_now().await?;
        match saved {
            Err(_) if stale(&record) => {
                return conflict::show(visit, &record, &spot, &typed, &given, Vec::new()).await;
            }
            saved => saved?,
        }
    }
    let next = next(visit, &record, &spot, &typed)?;
    moves::follow(visit, id).await?;
    Ok(see_other(next))
}

/// Whether the form can show what is stored for a question.
fn fits(record: &Record, spot: &Spot<'_>, question: &Question, ctx: &Ctx) -> bool {
    let known = Known {
        law: record.law(ctx),
        parties: &record.parties,
        attachments: &[],
    };
    answers_at(&record.content, &spot.scope)
        .and_then(|answers| answers.get(&question.id))
        .is_none_or(|value| known.fits(question, value))
}

/// Dates of this form that contradict each other, or what is saved elsewhere.
fn contrary_dates(
    visit: &Visit,
    record: &Record,
    spot: &Spot<'_>,
    given: &Given,
) -> Result<Vec<Problem>, Refusal> {
    let mut answers = answers_at(&record.content, &spot.scope)
        .cloned()
        .unwrap_or_default();
    form_input::apply(given, &mut answers);
    let view = record.view(visit)?;
    let form = &record.record_type(visit)?.form;
    let asked = |question: &Question| {
        given.contains_key(&question.id) || view.relevant(&spot.scope, question)
    };
    let faults = form.contrary_dates(spot.section.each, &answers, asked);
    let at = |fault: packs::AnswerFault| {
        let (_, question) = form.question(&fault.answer)?;
        let mut both = [Some(&question.id), question.not_before.as_ref()]
            .into_iter()
            .flatten();
        // At the one of the two that was sent.
        let id = both.find(|id| given.contains_key(*id))?;
        Some(Problem::new(format!("{id}-day"), fault.message))
    };
    Ok(faults.into_iter().filter_map(at).collect())
}

/// Where a saved form leads: what the pressed button says, the same section when there is more to
/// ask in it, or the record.
fn next(
    visit: &Visit,
    record: &Record,
    spot: &Spot<'_>,
    typed: &Typed<'_>,
) -> Result<String, Refusal> {
    let here = spot.href(record);
    let id = &record.id;
    let go: Vec<&str> = typed.fields.one("go").split(':').collect();
    let known = |wanted: &str| spot.section.questions.iter().any(|q| q.id == wanted);
    match go[..] {
        ["row", question] | ["unrow", question, _] if known(question) => {
            return Ok(format!("{here}#{question}"));
        }
        ["gateways", question] if known(question) => {
            let scope = match spot.scope.as_str() {
                "" => "record",
                scope => scope,
            };
            return Ok(format!("/records/{id}/gateways/{question}/{scope}"));
        }
        ["file", file] if file.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') => {
            return Ok(format!("/records/{id}/attachments/{file}/remove"));
        }
        _ => {}
    }
    let view = record.view(visit)?;
    let none = Answers::new();
    let stored = answers_at(&record.content, &spot.scope).unwrap_or(&none);
    let appeared: Vec<&str> = asked(&view, spot)
        .filter(|q| !typed.seen.contains_key(q.id.as_str()))
        .filter(|q| {
            let unanswered = |value: &Value| is_blank(value) || !q.fits(value);
            stored.get(&q.id).is_none_or(unanswered)
        })
        .map(|q| q.id.as_str())
        .collect();
    Ok(if appeared.is_empty() {
        format!("/records/{id}?done=saved#tasks")
    } else {
        format!("{here}?new={}", appeared.join(","))
    })
}

fn asked<'q>(view: &View<'_>, spot: &'q Spot<'_>) -> impl Iterator<Item = &'q Question> {
    spot.section
        .questions
        .iter()
        .filter(move |q| !q.hidden && view.relevant(&spot.scope, q))
}

/// Answers by name, as read from a form.
pub type Given = BTreeMap<String, Value>;
