//! Doing jobs: one file per kind. Every process of a gateway may run this; a job is done by one.

mod account_link;
mod line_opened;
mod mail_send;
mod reminders;

use std::sync::Arc;
use std::time::Duration;

use crate::identity::account_links;
use crate::identity::kept_texts;
use crate::kernel::jobs;
use crate::kernel::jobs::{Claimed, Ended, Fault};
use crate::kernel::{App, Ctx, Refusal};

/// Does everything that is due now, and says how many jobs that was.
///
/// # Errors
/// When the database cannot be read or written. A job that fails is tried again later.
pub async fn run_due(app: &Arc<App>) -> Result<usize, Refusal> {
    let mut ran = 0;
    loop {
        let claimed = jobs::claim(app, app.clock.now()).await?;
        if claimed.is_empty() {
            return Ok(ran);
        }
        for job in claimed {
            ran += 1;
            let fault = run(app, &job).await.err();
            if let Some(fault) = &fault {
                tracing::warn!(job = %job.id, kind = %job.kind, attempt = job.attempts, fault = %fault.why, "a job failed");
            }
            let ended = jobs::note(app, app.clock.now(), &job, fault).await?;
            if matches!(ended, Ended::GivenUp | Ended::Refused) {
                tracing::error!(job = %job.id, kind = %job.kind, "a job was given up");
            }
        }
    }
}

async fn run(app: &Arc<App>, job: &Claimed) -> Result<(), Fault> {
    let ctx = Ctx::new(app.clone(), None);
    match job.kind.as_str() {
        "mail.send" => mail_send::run(&ctx, job).await,
        account_links::JOB => account_link::run(&ctx, job).await,
        "line.opened" => Ok(line_opened::run(&ctx, &job.payload).await?),
        "reminders" => Ok(reminders::run(&ctx).await?),
        other => Err(format!("this version knows no job of the kind {other}").into()),
    }
}

/// Enqueues the reminders of today, once for all processes.
///
/// # Errors
/// When the database cannot be written.
pub async fn enqueue_reminders(app: &Arc<App>) -> Result<(), Refusal> {
    reminders::enqueue(app).await
}

/// Does jobs as they fall due until the process ends.
pub async fn keep_running(app: Arc<App>) {
    let mut day = None;
    loop {
        let today = app.clock.now().today();
        if day != Some(today) {
            match tokio::try_join!(reminders::enqueue(&app), kept_texts::forget(&app)) {
                Ok(_) => day = Some(today),
                Err(refusal) => refusal.log(),
            }
        }
        if let Err(refusal) = run_due(&app).await {
            refusal.log();
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}
