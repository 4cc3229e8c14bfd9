//! One section at one place of a record: the whole record, a party or a flow.

use axum::response::Response;
use packs::{Answers, Content, Question, RecordType, Scope, Section};

use crate::kernel::access::Action;
use crate::kernel::ids::RecordId;
use crate::kernel::{Ctx, Refusal};
use crate::pages::records::full_text::{places, section_href};
use crate::records::{Record, fetch};
use crate::web::Visit;

pub struct Spot<'a> {
    pub section: &'a Section,
    pub scope: Scope,
    /// The party's or flow's name; "" for a section that is asked once.
    pub name: String,
}

impl<'a> Spot<'a> {
    /// The section, where `scope` is "" or the id of a party or flow.
    pub fn find(
        record_type: &'a RecordType,
        record: &Record,
        section: &str,
        scope: &str,
    ) -> Result<Spot<'a>, Refusal> {
        let section = record_type.form.section(section).ok_or(Refusal::NotFound)?;
        let (scope, name) = places(record_type, &record.content, &record.parties, section.each)
            .into_iter()
            .find(|(known, _)| known.as_str() == scope)
            .ok_or(Refusal::NotFound)?;
        Ok(Spot {
            section,
            scope,
            name,
        })
    }

    /// The place of a question.
    pub fn of_question(
        record_type: &'a RecordType,
        record: &Record,
        question: &str,
        scope: &str,
    ) -> Result<(Spot<'a>, &'a Question), Refusal> {
        let (section, question) = record_type
            .form
            .question(question)
            .filter(|(_, question)| !question.hidden)
            .ok_or(Refusal::NotFound)?;
        let spot = Spot::find(record_type, record, &section.id, scope)?;
        Ok((spot, question))
    }

    pub fn href(&self, record: &Record) -> String {
        section_href(record.id.as_str(), self.section, &self.scope)
    }

    /// The party whose own part this is; "" for the shared part.
    pub fn party(&self) -> &str {
        party_of(&self.scope)
    }

    pub fn title(&self) -> String {
        if self.name.is_empty() {
            self.section.title.clone()
        } else {
            format!("{}: {}", self.section.title, self.name)
        }
    }
}

/// The party whose own part a scope is; "" for the shared part.
pub fn party_of(scope: &Scope) -> &str {
    match scope {
        Scope::Party(id) => id,
        Scope::Record | Scope::Flow(_) => "",
    }
}

/// The record, when the acting person may change this party's part of it (or the shared one).
pub async fn fetch_to_draft(ctx: &Ctx, id: &RecordId, party: &str) -> Result<Record, Refusal> {
    let record = fetch(ctx, id, Action::See).await?;
    if record.may_draft(ctx, party) {
        return Ok(record);
    }
    let own = ctx.acting()?.organisation.as_str() == party;
    let action = if own {
        Action::DraftOwnPart
    } else {
        Action::Draft
    };
    // Refuses in the policy's own words.
    fetch(ctx, id, action).await
}

/// The answers at a place, to be changed.
pub fn answers_mut<'c>(
    content: &'c mut Content,
    scope: &Scope,
) -> Result<&'c mut Answers, Refusal> {
    match scope {
        Scope::Record => Ok(&mut content.answers),
        Scope::Party(id) => Ok(content.parties.entry(id.clone()).or_default()),
        Scope::Flow(id) => content
            .flows
            .iter_mut()
            .find(|flow| flow.id == *id)
            .map(|flow| &mut flow.answers)
            .ok_or(Refusal::NotFound),
    }
}

/// A refusal as a page that keeps the visitor's navigation.
pub fn or_refused(
    visit: &Visit,
    back: &str,
    answer: Result<Response, Refusal>,
) -> Result<Response, Refusal> {
    match answer {
        Err(refusal) if visit.acting.is_some() => Ok(visit.refused(refusal, back)),
        other => other,
    }
}
