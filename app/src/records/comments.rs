//! Comments on a record, read page by page from the newest.

use db::{args, sql};

use crate::kernel::ids::RecordId;
use crate::kernel::{Ctx, Refusal};

sql! {
    COMMENTS = "select c.id, c.question, c.scope, c.text, c.at, p.name, o.name as organisation
        from comments c join people p on p.id = c.person_id join organisations o on o.id = c.organisation_id
        where c.record_id = $1 and (c.at, c.id) < ($2, $3) order by c.at desc, c.id desc limit $4";
    COUNT = "select count(*) as comments from comments where record_id = $1";
}

/// So many comments are on one page.
pub const PAGE: usize = 50;

/// One comment.
pub struct Comment {
    id: String,
    pub question: String,
    /// "" or the party or the flow.
    pub scope: String,
    pub text: String,
    pub by: String,
    pub organisation: String,
    /// UTC microseconds.
    pub at: i64,
}

/// One page of the comments on a record.
pub struct Comments {
    /// In the order in which they were made.
    pub page: Vec<Comment>,
    /// How many there are in all.
    pub all: i64,
    /// Where the page with the comments before these begins.
    pub older: Option<String>,
}

/// A page of the comments on a record the caller holds: the newest, or those before a place that an earlier page
/// named.
pub async fn page(ctx: &Ctx, record: &RecordId, before: &str) -> Result<Comments, Refusal> {
    let place = before.split_once('.');
    let place = place.and_then(|(at, id)| Some((at.parse::<i64>().ok()?, id.to_owned())));
    let (at, id) = place.unwrap_or((i64::MAX, String::new()));
    let rows = args![record, at, id, PAGE as i64 + 1];
    let mut page = Vec::new();
    for row in ctx.app.db.all(&COMMENTS, rows).await? {
        page.push(Comment {
            id: row.text("id")?,
            question: row.text("question")?,
            scope: row.text("scope")?,
            text: row.text("text")?,
            by: row.text("name")?,
            organisation: row.text("organisation")?,
            at: row.int("at")?,
        });
    }
    let more = page.len() > PAGE;
    page.truncate(PAGE);
    let last = page.last().filter(|_| more);
    let older = last.map(|comment| format!("{}.{}", comment.at, comment.id));
    page.reverse();
    let all = ctx.app.db.one(&COUNT, args![record]).await?;
    Ok(Comments {
        page,
        all: all.int("comments")?,
        older,
    })
}
