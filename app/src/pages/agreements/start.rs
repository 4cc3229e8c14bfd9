//! A new agreement: its title, and perhaps an earlier one to start from.

use axum::extract::RawQuery;
use axum::response::Response;
use govuk::{Button, Input, InsetText, Label, Size};
use maud::html;
use packs::{Answers, Content, QuestionKind, RecordType, Role};
use serde_json::json;

use crate::kernel::access::Action;
use crate::kernel::ids::RecordId;
use crate::kernel::{Act, Ctx, Problem, Refusal};
use crate::pages::records::section_scope::or_refused;
use crate::records::store::create;
use crate::records::{Record, fetch};
use crate::web::{Fields, Posted, Sheet, Visit, see_other};

pub async fn show(visit: Visit, RawQuery(query): RawQuery) -> Result<Response, Refusal> {
    let query = Fields::parse(&query.unwrap_or_default());
    let page = page(&visit, "", query.one("copy"), Vec::new()).await;
    or_refused(&visit, "/agreements", page)
}

/// The type of agreements, while the packs have it.
fn agreement(ctx: &Ctx) -> Result<&RecordType, Refusal> {
    ctx.app.packs.record_type("agreement").ok_or_else(|| {
        Refusal::NotNow("The packs have no agreements any more, so none can be started.".to_owned())
    })
}

/// The agreement to start from, if there is one.
async fn earlier(ctx: &Ctx, copy: &str) -> Result<Option<Record>, Refusal> {
    if copy.is_empty() {
        return Ok(None);
    }
    let record = fetch(ctx, &copy.into(), Action::See).await?;
    if record.type_id == "agreement" {
        Ok(Some(record))
    } else {
        Err(Refusal::NotFound)
    }
}

async fn page(
    visit: &Visit,
    title: &str,
    copy: &str,
    problems: Vec<Problem>,
) -> Result<Response, Refusal> {
    visit.with_role(Role::Author)?;
    let earlier = earlier(visit, copy).await?;
    let error = problems.iter().find(|p| p.field == "title");
    let hint = agreement(visit)?
        .title()
        .and_then(|question| question.hint.as_deref());
    let form = html! {
        (Input {
            id: "title",
            name: "title",
            label: Label::sized("What is it called?", Size::M),
            hint,
            error: error.map(|p| p.message.as_str()),
            value: title,
            ..Input::default()
        })
        @if let Some(earlier) = &earlier {
            input type="hidden" name="copy" value=(earlier.id);
            (InsetText::new(format!(
                "The answers, parties and data flows of “{}” are copied. Comments, attached files, reviews, signatures \
                 and what was set aside are not.",
                earlier.title
            )))
        } @else {
            p class="govuk-body" {
                "To start from an earlier agreement, "
                a class="govuk-link" href="/agreements" { "open it" }
                " and choose “Start a new agreement from this one”."
            }
        }
        p class="govuk-body" { "Your organisation leads this agreement. You can stop at any time and come back." }
        (Button::submit("Start drafting"))
    };
    let body = visit.form("/agreements/new", form);
    Ok(visit.show(
        Sheet::new("Draft a new agreement", body)
            .back("/agreements")
            .problems(problems),
    ))
}

pub async fn start(posted: Posted) -> Result<Response, Refusal> {
    let visit = &posted.visit;
    let (title, copy) = (posted.fields.one("title"), posted.fields.one("copy"));
    let answer = match begin(visit, title, copy).await {
        Ok(next) => Ok(see_other(next)),
        Err(Refusal::Invalid(problems)) => page(visit, title, copy, problems).await,
        Err(other) => Err(other),
    };
    or_refused(visit, "/agreements", answer)
}

async fn begin(visit: &Visit, title: &str, copy: &str) -> Result<String, Refusal> {
    visit.with_role(Role::Author)?;
    let agreement = agreement(visit)?;
    let earlier = earlier(visit, copy).await?;
    let question = agreement
        .title()
        .ok_or_else(|| Refusal::NotNow("The packs say no question for its title.".to_owned()))?;
    let title = match question.read(&[title.to_owned()]) {
        Ok(value) => match value.as_str() {
            Some(title) => title.to_owned(),
            None => return Err(Refusal::invalid("title", "Enter what it is called")),
        },
        Err(fault) => return Err(Refusal::invalid("title", fault.message)),
    };
    let mut content = Content::default();
    content.answers.insert(question.id.clone(), json!(title));
    let (id, change) = create(visit, agreement, &title, &content)?;
    visit.commit(change).await?;
    match earlier {
        Some(earlier) => {
            copy_into(visit, &id, agreement, &earlier, &title).await?;
            Ok(format!("/records/{id}?done=copied"))
        }
        None => Ok(format!("/records/{id}?done=created")),
    }
}

async fn copy_into(
    ctx: &Ctx,
    id: &RecordId,
    agreement: &RecordType,
    earlier: &Record,
    title: &str,
) -> Result<(), Refusal> {
    ctx.decide(|| async {
        let record = fetch(ctx, id, Action::Draft).await?;
        let content = copied(ctx, agreement, &earlier.content, title);
        let act = Act::new("record.copied", id).with("from", earlier.id.as_str());
        let mut change = record.save(ctx, &content, act)?;
        for party in earlier
            .parties
            .iter()
            .filter(|p| record.party(p.id.as_str()).is_none())
        {
            change = record.add_party(ctx, &party.id, false, change).await?;
        }
        Ok((change, ()))
    })
    .await
}

/// The answers of an earlier agreement without its files and what was set aside. Flows get ids
/// of their own.
fn copied(ctx: &Ctx, agreement: &RecordType, earlier: &Content, title: &str) -> Content {
    let without_files = |answers: &mut Answers| {
        for (_, question) in agreement.form.questions() {
            if question.kind == QuestionKind::Files {
                answers.remove(&question.id);
            }
        }
    };
    let mut content = earlier.clone();
    content.settled.clear();
    without_files(&mut content.answers);
    content.parties.values_mut().for_each(without_files);
    for flow in &mut content.flows {
        flow.id = ctx.new_id("flw");
        without_files(&mut flow.answers);
    }
    if let Some(question) = agreement.title() {
        content.answers.insert(question.id.clone(), json!(title));
    }
    content
}
