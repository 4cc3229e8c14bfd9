//! Files attached to answers: taken, checked by content, handed out, removed.

use axum::extract::Path;
use axum::response::Response;
use db::{args, sql};
use govuk::Button;
use maud::html;
use packs::{Question, QuestionKind};
use serde_json::{Value, json};

use crate::kernel::access::Action;
use crate::kernel::ids::RecordId;
use crate::kernel::{Act, Ctx, Problem, Refusal};
use crate::pages::records::file_types::media_type;
use crate::pages::records::section_scope::{Spot, answers_mut, fetch_to_draft, or_refused};
use crate::records::presented_text::Reading;
use crate::records::situation::Situation;
use crate::records::{Record, fetch, moves, versions};
use crate::web::page::download;
use crate::web::{Posted, Sheet, Upload, Visit, see_other};

sql! {
    KEEP = "insert into blobs (digest, bytes) values ($1, $2) on conflict (digest) do nothing";
    ATTACH = "insert into attachments (id, record_id, question, scope, name, media_type, size, digest, person_id, at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    COUNT = "select count(*) as files from attachments where record_id = $1 and removed_at is null";
    FILE = "select a.question, a.scope, a.name, a.media_type, a.removed_at, b.bytes
        from attachments a join blobs b on b.digest = a.digest where a.record_id = $1 and a.id = $2";
    REMOVE = "update attachments set removed_at = $3 where record_id = $1 and id = $2 and removed_at is null";
}

/// The most files one record holds.
pub const MAX_FILES: i64 = 50;

/// Attaches the files that came with a section's form. Each good one is kept at once, so that
/// nobody has to send it again because something else on the page was wrong.
pub async fn take(
    ctx: &Ctx,
    record: &Record,
    spot: &Spot<'_>,
    files: &[Upload],
) -> Result<Vec<Problem>, Refusal> {
    let question = |file: &Upload| {
        let mut questions = spot.section.questions.iter();
        questions.find(|q| q.id == file.field && q.kind == QuestionKind::Files && !q.hidden)
    };
    if files.iter().any(|file| question(file).is_none()) {
        return Err(Refusal::Malformed(
            "A file came for something that takes none. Nothing was changed.".to_owned(),
        ));
    }
    let mut problems = Vec::new();
    for (file, question) in files.iter().filter_map(|f| Some((f, question(f)?))) {
        match checked(ctx, file) {
            Ok(media_type) => match attach(ctx, record, spot, question, file, media_type).await {
                Err(Refusal::Invalid(found)) => problems.extend(found),
                done => done?,
            },
            Err(message) => problems.push(Problem::new(&*question.id, message)),
        }
    }
    Ok(problems)
}

fn checked(ctx: &Ctx, file: &Upload) -> Result<&'static str, String> {
    let name = plain_name(&file.name);
    let limit = ctx.app.settings.upload_limit;
    if file.bytes.is_empty() {
        return Err(format!("{name} is empty. It was not attached"));
    }
    if file.bytes.len() > limit {
        return Err(format!(
            "{name} is larger than {}. It was not attached",
            crate::records::answers::size(limit as i64)
        ));
    }
    media_type(&name, &file.bytes).map_err(|why| format!("{name} was not attached. {why}"))
}

/// The last part of the name, without characters that disks and headers trip over.
fn plain_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let clean: String = last.chars().filter(|c| !c.is_control()).collect();
    let count = clean.chars().count();
    // The end is kept, because it says what kind of file it is.
    clean.chars().skip(count.saturating_sub(150)).collect()
}

async fn attach(
    ctx: &Ctx,
    record: &Record,
    spot: &Spot<'_>,
    question: &Question,
    file: &Upload,
    media_type: &str,
) -> Result<(), Refusal> {
    let name = plain_name(&file.name);
    let digest = ledger::digest(&file.bytes);
    ctx.decide(|| async {
        let record = fetch_to_draft(ctx, &record.id, spot.party()).await?;
        let count = ctx.app.db.one(&COUNT, args![&record.id]).await?;
        if count.int("files")? >= MAX_FILES {
            return Err(Refusal::invalid(
                &*question.id,
                format!(
                    "{name} was not attached: there are {MAX_FILES} files already. Remove one first"
                ),
            ));
        }
        let id = ctx.new_id("att");
        let mut content = record.content.clone();
        let answers = answers_mut(&mut content, &spot.scope)?;
        match answers.entry(question.id.clone()).or_insert(json!([])) {
            Value::Array(files) => files.push(json!(id)),
            other => *other = json!([id]),
        }
        let act = Act::new("attachment.added", &record.id)
            .with("attachment", id.as_str())
            .with("question", question.id.as_str())
            .with("scope", spot.scope.as_str())
            .with("name", name.as_str())
            .with("digest", digest.as_str());
        let change = record
            .save(ctx, &content, act)?
            .write(&KEEP, args![digest.as_str(), file.bytes.to_vec()])
            .write_one(
                &ATTACH,
                args![
                    id.as_str(),
                    &record.id,
                    question.id.as_str(),
                    spot.scope.as_str(),
                    name.as_str(),
                    media_type,
                    file.bytes.len() as i64,
                    digest.as_str(),
                    &ctx.acting()?.person,
                    ctx.now.0
                ],
            );
        Ok((change, ()))
    })
    .await
}

/// The file, to keep. Removed ones too: fixed versions still name them.
pub async fn file(
    visit: Visit,
    Path((id, attachment)): Path<(String, String)>,
) -> Result<Response, Refusal> {
    let id = RecordId::from(id);
    let record = match fetch(&visit, &id, Action::See).await {
        Err(Refusal::NotFound) => match relied_on(&visit, &id, &attachment).await {
            Err(Refusal::NotFound) => signed(&visit, &id, &attachment).await?,
            found => found?,
        },
        found => found?,
    };
    hand_out(&visit, &record.id, &attachment).await
}

/// The bytes. The caller has found that the reader may have this file.
pub async fn hand_out(ctx: &Ctx, id: &RecordId, attachment: &str) -> Result<Response, Refusal> {
    let row = ctx
        .app
        .db
        .optional(&FILE, args![id, attachment])
        .await?
        .ok_or(Refusal::NotFound)?;
    Ok(download(
        &row.text("media_type")?,
        &row.text("name")?,
        row.bytes("bytes")?,
    ))
}

/// A statement that partners rely on, when the version in force names this file.
async fn relied_on(ctx: &Ctx, id: &RecordId, attachment: &str) -> Result<Record, Refusal> {
    let record = fetch(ctx, id, Action::SeeInForce).await?;
    let is_statement = record.record_type(ctx)?.parties == packs::Parties::Owner;
    let version = record.effective_version.filter(|_| is_statement);
    let (_, text) = versions::read(ctx, id, version.ok_or(Refusal::NotFound)?).await?;
    if text.attachments.iter().any(|a| a.id == attachment) {
        Ok(record)
    } else {
        Err(Refusal::NotFound)
    }
}

/// A record that the organisation has left, when a version it signed names this file.
async fn signed(ctx: &Ctx, id: &RecordId, attachment: &str) -> Result<Record, Refusal> {
    let situation = Situation::load(ctx, id, Action::SeeSigned).await?;
    for version in &situation.versions {
        let reading = Reading::fixed(ctx, &situation, version.number).await?;
        if reading.attachments.iter().any(|a| a.id == attachment) {
            return Ok(situation.record);
        }
    }
    Err(Refusal::NotFound)
}

pub async fn ask_remove(
    visit: Visit,
    Path((id, attachment)): Path<(String, String)>,
) -> Result<Response, Refusal> {
    let page = remove_page(&visit, &id.into(), &attachment).await;
    or_refused(&visit, "/agreements", page)
}

async fn remove_page(visit: &Visit, id: &RecordId, attachment: &str) -> Result<Response, Refusal> {
    let found = find(visit, id, attachment).await?;
    let body = html! {
        p class="govuk-body" {
            "The answer will no longer point at " strong { (found.name) } ". Versions that were fixed with it keep it."
        }
        (visit.form(
            &format!("/records/{id}/attachments/{attachment}/remove"),
            html! {
                (Button::warning("Remove the file"))
                p class="govuk-body" { a class="govuk-link" href=(found.back) { "Keep it" } }
            },
        ))
    };
    let title = "Do you want to remove this file?";
    Ok(visit.show(
        Sheet::new(title, body)
            .caption(found.record.title)
            .back(found.back),
    ))
}

pub async fn remove(
    Path((id, attachment)): Path<(String, String)>,
    posted: Posted,
) -> Result<Response, Refusal> {
    let visit = &posted.visit;
    let id = RecordId::from(id);
    let done = visit
        .decide(|| async {
            let found = find(visit, &id, &attachment).await?;
            let mut content = found.record.content.clone();
            let record_type = found.record.record_type(visit)?;
            let (spot, question) =
                Spot::of_question(record_type, &found.record, &found.question, &found.scope)?;
            let answers = answers_mut(&mut content, &spot.scope)?;
            if let Some(Value::Array(files)) = answers.get_mut(&question.id) {
                files.retain(|file| file != attachment.as_str());
                if files.is_empty() {
                    answers.remove(&question.id);
                }
            }
            let act = Act::new("attachment.removed", &id)
                .with("attachment", attachment.as_str())
                .with("name", found.name.as_str());
            let change = found
                .record
                .save(visit, &content, act)?
                .write_one(&REMOVE, args![&id, attachment.as_str(), visit.now.0]);
            Ok((change, found.back))
        })
        .await;
    let done = moves::followed(visit, &id, done).await;
    or_refused(visit, &format!("/records/{id}"), done.map(see_other))
}

struct Found {
    record: Record,
    question: String,
    scope: String,
    name: String,
    back: String,
}

/// A file that is attached now, when the acting person may remove it.
async fn find(ctx: &Ctx, id: &RecordId, attachment: &str) -> Result<Found, Refusal> {
    let record = fetch(ctx, id, Action::See).await?;
    let row = ctx
        .app
        .db
        .optional(&FILE, args![id, attachment])
        .await?
        .ok_or(Refusal::NotFound)?;
    if row.opt_int("removed_at")?.is_some() {
        return Err(Refusal::NotFound);
    }
    let (question, scope) = (row.text("question")?, row.text("scope")?);
    let record_type = record.record_type(ctx)?;
    let (spot, _) = Spot::of_question(record_type, &record, &question, &scope)?;
    let back = format!("{}#{question}", spot.href(&record));
    Ok(Found {
        record: fetch_to_draft(ctx, id, spot.party()).await?,
        question,
        scope,
        name: row.text("name")?,
        back,
    })
}
