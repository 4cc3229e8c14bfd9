//! What people of all parties say about the questions of a record.

use std::collections::BTreeMap;

use axum::extract::{Path, RawQuery};
use axum::response::Response;
use db::{args, sql};
use govuk::{
    Button, CharacterCount, Label, Limit, PageStep, Pagination, Select, SelectItem, Size, Textarea,
};
use maud::{Markup, html};
use packs::RecordType;

use crate::kernel::access::Action;
use crate::kernel::clock::moment;
use crate::kernel::ids::RecordId;
use crate::kernel::{Act, Change, Ctx, Problem, Refusal};
use crate::pages::records::answers::broken_lines;
use crate::pages::records::full_text::places;
use crate::pages::records::section_scope::{Spot, or_refused};
use crate::records::comments;
use crate::records::comments::{Comment, Comments};
use crate::records::{Record, fetch};
use crate::web::{Fields, Posted, Sheet, Visit, see_other};

sql! {
    COUNTS = "select question, count(*) as comments from comments where record_id = $1 and scope = $2
        group by question";
    ADD = "insert into comments (id, record_id, question, scope, text, person_id, organisation_id, at)
        values ($1, $2, $3, $4, $5, $6, $7, $8)";
}

/// The longest comment, in characters.
const LONGEST: usize = 4000;

/// How many comments each question of a scope has.
pub async fn counts(
    ctx: &Ctx,
    record: &RecordId,
    scope: &str,
) -> Result<BTreeMap<String, i64>, Refusal> {
    ctx.app
        .db
        .all(&COUNTS, args![record, scope])
        .await?
        .iter()
        .map(|row| Ok((row.text("question")?, row.int("comments")?)))
        .collect()
}

pub async fn show(
    visit: Visit,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Refusal> {
    let query = Fields::parse(&query.unwrap_or_default());
    let about = format!("{}:{}", query.one("question"), query.one("scope"));
    let done = (query.one("done") == "added").then(|| "Your comment was added.".to_owned());
    let asked = Asked {
        about: &about,
        typed: "",
        before: query.one("before"),
    };
    let page = page(&visit, &id.into(), &asked, Vec::new(), done).await;
    or_refused(&visit, "/agreements", page)
}

/// What a visitor looks at, and what they had typed.
struct Asked<'a> {
    about: &'a str,
    typed: &'a str,
    /// Where the page of comments begins, or "" for the newest.
    before: &'a str,
}

async fn page(
    visit: &Visit,
    id: &RecordId,
    asked: &Asked<'_>,
    problems: Vec<Problem>,
    done: Option<String>,
) -> Result<Response, Refusal> {
    let record = fetch(visit, id, Action::See).await?;
    let record_type = record.record_type(visit)?;
    let comments = comments::page(visit, id, asked.before).await?;
    let choices = choices(record_type, &record);
    let form = html! {
        h2 class="govuk-heading-m" { "Add a comment" }
        (Select {
            id: "about",
            name: "about",
            label: "Which question is it about?".into(),
            error: error(&problems, "about"),
            value: Some(asked.about),
            items: std::iter::once(SelectItem::new("", "Choose a question"))
                .chain(choices.iter().map(|(value, words)| SelectItem::new(value.as_str(), words.as_str())))
                .collect(),
            ..Select::default()
        })
        (CharacterCount::new(
            Textarea {
                id: "text",
                name: "text",
                label: Label::sized("What do you want to say?", Size::S),
                hint: Some("Everyone in the organisations that take part can read it."),
                error: error(&problems, "text"),
                value: asked.typed,
                ..Textarea::default()
            },
            Limit::Characters(LONGEST),
        ))
        (Button::submit("Add comment"))
    };
    let body = html! {
        @if comments.all == 0 { p class="govuk-body" { "There are no comments yet." } }
        (whole(id, &comments, asked.before))
        @for (value, words) in &choices {
            (thread(words, comments.page.iter().filter(|c| about(c) == *value).collect()))
        }
        (thread("Questions that are no longer asked", comments.page.iter()
            .filter(|c| !choices.iter().any(|(value, _)| *value == about(c))).collect()))
        (pages(id, &comments, asked.before))
        @if record.allows(visit, Action::Comment) {
            (visit.form(&format!("/records/{id}/comments"), form))
        } @else {
            p class="govuk-body" { "You can read the comments. To add one you need a role other than viewer or auditor." }
        }
    };
    Ok(visit.show(
        Sheet::new("Comments", body)
            .caption(record.title.clone())
            .back(format!("/records/{id}"))
            .done(done)
            .problems(problems),
    ))
}

fn error<'p>(problems: &'p [Problem], field: &str) -> Option<&'p str> {
    problems
        .iter()
        .find(|p| p.field == field)
        .map(|p| p.message.as_str())
}

/// Every question of the record as `question:scope`, and in words.
fn choices(record_type: &RecordType, record: &Record) -> Vec<(String, String)> {
    let mut choices = Vec::new();
    for section in &record_type.form.sections {
        for (scope, name) in places(record_type, &record.content, &record.parties, section.each) {
            for question in section.questions.iter().filter(|q| !q.hidden) {
                let words = match name.as_str() {
                    "" => format!("{}: {}", section.title, question.short),
                    name => format!("{}: {} ({name})", section.title, question.short),
                };
                choices.push((format!("{}:{scope}", question.id), words));
            }
        }
    }
    choices
}

fn about(comment: &Comment) -> String {
    format!("{}:{}", comment.question, comment.scope)
}

/// That this is not all of it, where it is not.
fn whole(id: &RecordId, comments: &Comments, before: &str) -> Markup {
    html! {
        @if !before.is_empty() {
            p class="govuk-body" {
                "These are older comments. There are " (comments.all) " in all. "
                a class="govuk-link" href=(format!("/records/{id}/comments")) { "Go to the newest" }
            }
        } @else if comments.older.is_some() {
            p class="govuk-body" { "These are the newest " (comments.page.len()) " of " (comments.all) " comments, by question." }
        }
    }
}

fn pages(id: &RecordId, comments: &Comments, before: &str) -> Markup {
    let here = format!("/records/{id}/comments");
    html! {
        @if comments.older.is_some() || !before.is_empty() {
            (Pagination {
                previous: (!before.is_empty()).then(|| PageStep { text: "Newest comments".into(), ..PageStep::new(here.as_str()) }),
                next: comments.older.as_ref().map(|place| PageStep {
                    text: "Older comments".into(),
                    ..PageStep::new(format!("{here}?before={place}"))
                }),
                label: "Comments",
                ..Pagination::default()
            })
        }
    }
}

fn thread(words: &str, comments: Vec<&Comment>) -> Markup {
    html! {
        @if !comments.is_empty() {
            h2 class="govuk-heading-s" { (words) }
            ul class="app-lines" {
                @for comment in comments {
                    li class="app-lines__line" {
                        span class="app-lines__who" { (broken_lines(&comment.text)) }
                        p class="app-lines__note" { (comment.by) ", " (comment.organisation) ", " (moment(comment.at)) }
                    }
                }
            }
        }
    }
}

pub async fn add(Path(id): Path<String>, posted: Posted) -> Result<Response, Refusal> {
    let visit = &posted.visit;
    let id = RecordId::from(id);
    let (about, text) = (posted.fields.one("about"), posted.fields.one("text").trim());
    let answer = match comment(visit, &id, about, text).await {
        Ok(()) => Ok(see_other(format!("/records/{id}/comments?done=added"))),
        Err(refusal) => match refusal.problems() {
            Ok(problems) => {
                let asked = Asked {
                    about,
                    typed: text,
                    before: "",
                };
                page(visit, &id, &asked, problems, None).await
            }
            Err(refusal) => Err(refusal),
        },
    };
    or_refused(visit, &format!("/records/{id}"), answer)
}

/// Comments on a question (`question`, or `question:party` for a party's own).
pub async fn comment(ctx: &Ctx, id: &RecordId, about: &str, text: &str) -> Result<(), Refusal> {
    let record = fetch(ctx, id, Action::Comment).await?;
    let (question, scope) = about.split_once(':').unwrap_or((about, ""));
    let mut problems = Vec::new();
    if Spot::of_question(record.record_type(ctx)?, &record, question, scope).is_err() {
        problems.push(Problem::new("about", "Choose the question it is about"));
    }
    if text.is_empty() {
        problems.push(Problem::new("text", "Enter your comment"));
    } else if text.chars().count() > LONGEST {
        let message = format!("Your comment must be {LONGEST} characters or fewer");
        problems.push(Problem::new("text", message));
    }
    if !problems.is_empty() {
        return Err(Refusal::Invalid(problems));
    }
    let acting = ctx.acting()?;
    let comment = ctx.new_id("com");
    let act = Act::new("comment.added", id)
        .with("comment", comment.as_str())
        .with("question", question)
        .with("scope", scope);
    let change = Change::new(act).write_one(
        &ADD,
        args![
            comment.as_str(),
            id,
            question,
            scope,
            text,
            &acting.person,
            &acting.organisation,
            ctx.now.0
        ],
    );
    ctx.commit(change).await
}
