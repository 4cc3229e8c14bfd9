//! What the law asks of a record, for programs: every prompt with its reasons, and for a rule
//! that did not fire, what would make it.

use axum::Json;
use axum::extract::Path;
use axum::response::{IntoResponse as _, Response};
use packs::{Because, How, Need, Prompt, PromptState, Scope};
use serde::Serialize;
use serde_json::Value as JsonValue;
use utoipa::ToSchema;

use crate::identity::api_tokens::TokenScope;
use crate::kernel::access::Action;
use crate::kernel::{Ctx, Refusal};
use crate::pages::records::full_text::places;
use crate::pages::records::prompts::Telling;
use crate::records::{Record, fetch};
use crate::web::api_token::Program;
use crate::web::problem_json::{ApiRefusal, Bounds, ProblemDetails, Rights};

/// Every prompt of a record.
#[derive(Serialize, ToSchema)]
pub struct RecordPrompts {
    pub record: String,
    /// The day whose law applies.
    #[schema(example = "2026-11-21")]
    pub date: String,
    pub prompts: Vec<RecordPrompt>,
}

/// What one rule says, of the record or of one party or flow.
#[derive(Serialize, ToSchema)]
pub struct RecordPrompt {
    #[schema(example = "R004")]
    pub id: String,
    /// `block`, `must`, `consider` or `info`.
    pub severity: &'static str,
    /// Empty for the record, else the id of the party or the flow.
    pub scope: String,
    pub scope_name: String,
    /// An answer has cleared it.
    pub cleared: bool,
    /// Something is still to be done.
    pub open: bool,
    /// It was set aside with a reason.
    pub settled: Option<SetAside>,
    /// In plain words. Information about the law, not legal advice.
    pub prompt: String,
    pub because: Vec<Reason>,
    /// What clears it.
    pub clears: Option<String>,
    pub refs: String,
    /// Ids of provisions: `/law/provisions/{id}`.
    pub provisions: Vec<String>,
    /// `V` the text of the law was read, `V2` second-hand, `K` not yet checked: of the least sure
    /// law the rule rests on.
    pub mark: &'static str,
    /// The law it rests on that was not read; nothing where all was.
    pub caution: Option<String>,
}

/// Why a prompt was set aside, and by whom.
#[derive(Serialize, ToSchema)]
pub struct SetAside {
    /// `not_applicable` or `dismissed`.
    pub how: &'static str,
    pub reason: String,
    /// The name of the person.
    pub by: String,
    /// Microseconds since 1970, UTC.
    pub at: i64,
}

/// An answer that made a rule fire.
#[derive(Serialize, ToSchema)]
pub struct Reason {
    pub answer: String,
    #[schema(value_type = Value)]
    pub value: JsonValue,
    /// The id of the question; absent for what is worked out.
    pub question: Option<String>,
}

/// Why a rule is silent.
#[derive(Serialize, ToSchema)]
pub struct WhyNot {
    pub record: String,
    pub rule: String,
    /// Whether the rule counts today; before its first day and after its last it never fires.
    pub in_force: bool,
    /// The record, or each party or flow.
    pub places: Vec<SilentPlace>,
}

/// One place in which a rule is asked.
#[derive(Serialize, ToSchema)]
pub struct SilentPlace {
    pub scope: String,
    pub scope_name: String,
    /// Here the answers do bring it up.
    pub fires: bool,
    /// Ways to make it fire: each is a list of answers that would all have to be different.
    pub ways: Vec<Vec<Different>>,
}

/// An answer that would have to be different.
#[derive(Serialize, ToSchema)]
pub struct Different {
    pub answer: String,
    #[schema(value_type = Value)]
    pub value: JsonValue,
    pub question: Option<String>,
    /// What it would have to be.
    #[schema(example = "is “Yes”")]
    pub test: String,
}

/// What the law asks of a record.
#[utoipa::path(
    get,
    path = "/api/v1/records/{id}/prompts",
    params(("id" = String, Path, description = "The id of the record")),
    responses(
        (status = 200, description = "Every prompt, open or not", body = RecordPrompts),
        (status = 404, description = "There is no such record, or it is not yours to see", body = ProblemDetails, content_type = "application/problem+json"),
        Rights,
        Bounds,
    ),
    security((), ("token" = ["prompts"])),
)]
pub async fn prompts(program: Program, Path(id): Path<String>) -> Result<Response, ApiRefusal> {
    let visit = program.may(TokenScope::Prompts)?;
    let record = fetch(visit, &id.into(), Action::See).await?;
    let today = visit.now.today();
    let telling = telling(visit, &record)?;
    let view = record.view(visit)?;
    let prompts = view.prompts(today);
    Ok(Json(RecordPrompts {
        record: record.id.to_string(),
        date: today.to_string(),
        prompts: prompts
            .iter()
            .map(|prompt| of_prompt(&telling, prompt))
            .collect(),
    })
    .into_response())
}

fn of_prompt(telling: &Telling<'_>, prompt: &Prompt<'_>) -> RecordPrompt {
    let rule = prompt.rule;
    RecordPrompt {
        id: rule.id.clone(),
        severity: rule.severity.as_str(),
        scope: prompt.scope.as_str().to_owned(),
        scope_name: telling.scope_name(&prompt.scope),
        cleared: prompt.state == PromptState::ClearedByAnswer,
        open: prompt.is_open(),
        settled: match &prompt.state {
            PromptState::Settled(settled) => Some(SetAside {
                how: match settled.how {
                    How::NotApplicable => "not_applicable",
                    How::Dismissed => "dismissed",
                },
                reason: settled.reason.clone(),
                by: settled.by.clone(),
                at: settled.at,
            }),
            _ => None,
        },
        prompt: rule.prompt.clone(),
        because: prompt.because.iter().map(of_because).collect(),
        clears: rule.clears.clone(),
        refs: rule.refs.clone(),
        provisions: rule.provisions.clone(),
        mark: rule.checking(telling.law).mark.as_str(),
        caution: rule.caution(telling.law),
    }
}

fn of_because(because: &Because) -> Reason {
    Reason {
        answer: because.answer.clone(),
        value: because.value.clone(),
        question: because.question.clone(),
    }
}

/// What would bring a silent rule up.
#[utoipa::path(
    get,
    path = "/api/v1/records/{id}/why-not/{rule}",
    params(
        ("id" = String, Path, description = "The id of the record"),
        ("rule" = String, Path, description = "The id of the rule, as R004"),
    ),
    responses(
        (status = 200, description = "Which answers would have to be different, place by place", body = WhyNot),
        (status = 404, description = "There is no such record or rule, or it is not yours to see", body = ProblemDetails, content_type = "application/problem+json"),
        Rights,
        Bounds,
    ),
    security((), ("token" = ["prompts"])),
)]
pub async fn why_not(
    program: Program,
    Path((id, rule)): Path<(String, String)>,
) -> Result<Response, ApiRefusal> {
    let visit = program.may(TokenScope::Prompts)?;
    let record = fetch(visit, &id.into(), Action::See).await?;
    let telling = telling(visit, &record)?;
    let rule = telling.record_type.rule(&rule).ok_or(Refusal::NotFound)?;
    let view = record.view(visit)?;
    let place = |scope: Scope| {
        let silent = view.explain_silent(&rule.id, &scope);
        SilentPlace {
            scope: scope.as_str().to_owned(),
            scope_name: telling.scope_name(&scope),
            fires: silent.is_none(),
            ways: silent
                .map(|silent| silent.ways.into_iter().map(of_way).collect())
                .unwrap_or_default(),
        }
    };
    let places = places(
        telling.record_type,
        &record.content,
        &record.parties,
        rule.scope,
    );
    Ok(Json(WhyNot {
        record: record.id.to_string(),
        rule: rule.id.clone(),
        in_force: rule.in_force(visit.now.today()),
        places: places.into_iter().map(|(scope, _)| place(scope)).collect(),
    })
    .into_response())
}

fn of_way(way: Vec<Need>) -> Vec<Different> {
    way.into_iter()
        .map(|need| Different {
            answer: need.answer,
            value: need.value,
            question: need.question,
            test: need.test,
        })
        .collect()
}

fn telling<'v>(visit: &'v Ctx, record: &'v Record) -> Result<Telling<'v>, Refusal> {
    Ok(Telling::of(
        record,
        record.record_type(visit)?,
        record.law(visit),
    ))
}
