//! Once a day: reminds people of decisions that have waited for a week, and again each week.

use std::sync::Arc;

use db::{args, sql};
use serde_json::json;

use crate::adapters::mail_limits;
use crate::jobs::line_opened;
use crate::kernel::jobs;
use crate::kernel::jobs::Job;
use crate::kernel::{App, Ctx, Refusal};

sql! {
    WAITING = "select id, opened_at from lines
        where outcome is null and closed_at is null and opened_at <= $1 and id > $2 order by id limit 200";
}

const DAY: i64 = 86_400_000_000;
const WEEK: i64 = 7 * DAY;

/// Enqueues the reminders of today, once for all processes.
pub async fn enqueue(app: &Arc<App>) -> Result<(), Refusal> {
    if !app.mailer.is_on() {
        return Ok(());
    }
    let now = app.clock.now();
    let job = Job {
        id: format!("reminders/{}", now.today()),
        kind: "reminders",
        about: String::new(),
        person: String::new(),
        payload: json!({}),
    };
    jobs::enqueue(app, now, &job).await?;
    mail_limits::forget(app, now).await?;
    jobs::forget(app, now).await
}

pub async fn run(ctx: &Ctx) -> Result<(), String> {
    remind(ctx).await.map_err(|e| e.to_string())
}

async fn remind(ctx: &Ctx) -> Result<(), Refusal> {
    let mut after = String::new();
    loop {
        let before = ctx.now.0 - WEEK;
        let rows = ctx.app.db.all(&WAITING, args![before, after]).await?;
        let Some(last) = rows.last() else {
            return Ok(());
        };
        after = last.text("id")?;
        for row in &rows {
            let weeks = (ctx.now.0 - row.int("opened_at")?) / WEEK;
            let occasion = format!("week-{weeks}");
            line_opened::tell(ctx, &row.text("id")?, &occasion).await?;
        }
    }
}
