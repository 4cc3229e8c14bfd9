//! What people of all parties say about the questions of a record.

use std::collections::BTreeMap;

use axum::extract::{Path, RawQuery};
use axum::response::Response;
use db::{args, sql};
use govuk::{Button, CharacterCount, Label, Limit, Select, SelectItem, Size, Textarea};
use maud::{Markup, html};
use packs::RecordType;

use super::answers::broken_lines;
use super::content::places;
use super::spot::{Spot, or_refused};
use crate::kernel::access::Action;
use crate::kernel::clock::moment;
use crate::kernel::ids::RecordId;
use crate::kernel::{Act, Change, Ctx, Problem, Refusal};
use crate::records::{Record, fetch};
use crate::web::{Fields, Posted, Sheet, Visit, see_other};

sql! {
    COMMENTS = "select c.question, c.scope, c.text, c.at, p.name, o.name as organisation
        from comments c join people p on p.id = c.person_id join organisations o on o.id = c.organisation_id
        where c.record_id = $1 order by c.at, c.id limit 1000";
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
    let page = page(&visit, &id.into(), &about, "", Vec::new(), done).await;
    or_refused(&visit, "/agreements", page)
}

struct Comment {
    about: String,
    text: String,
    at: i64,
    by: String,
}

async fn page(
    visit: &Visit,
    id: &RecordId,
    about: &str,
    typed: &str,
    problems: Vec<Problem>,
    done: Option<String>,
) -> Result<Response, Refusal> {
    let record = fetch(visit, id, Action::See).await?;
    let record_type = record.record_type(visit)?;
    let mut comments = Vec::new();
    for row in visit.app.db.all(&COMMENTS, args![id]).await? {
        comments.push(Comment {
            about: format!("{}:{}", row.text("question")?, row.text("scope")?),
            text: row.text("text")?,
            at: row.int("at")?,
            by: format!("{}, {}", row.text("name")?, row.text("organisation")?),
        });
    }
    let choices = choices(record_type, &record);
    let form = html! {
        h2 class="govuk-heading-m" { "Add a comment" }
        (Select {
            id: "about",
            name: "about",
            label: "Which question is it about?".into(),
            error: error(&problems, "about"),
            value: Some(about),
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
                hint: Some("Everybody in the organisations that take part can read it."),
                error: error(&problems, "text"),
                value: typed,
                ..Textarea::default()
            },
            Limit::Characters(LONGEST),
        ))
        (Button::submit("Add comment"))
    };
    let body = html! {
        @if comments.is_empty() { p class="govuk-body" { "There are no comments yet." } }
        @for (value, words) in &choices {
            (thread(words, comments.iter().filter(|c| c.about == *value).collect()))
        }
        (thread("Questions that are no longer asked", comments.iter()
            .filter(|c| !choices.iter().any(|(value, _)| *value == c.about)).collect()))
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

fn thread(words: &str, comments: Vec<&Comment>) -> Markup {
    html! {
        @if !comments.is_empty() {
            h2 class="govuk-heading-s" { (words) }
            ul class="app-lines" {
                @for comment in comments {
                    li class="app-lines__line" {
                        span class="app-lines__who" { (broken_lines(&comment.text)) }
                        p class="app-lines__note" { (comment.by) ", " (moment(comment.at)) }
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
            Ok(problems) => page(visit, &id, about, text, problems, None).await,
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
