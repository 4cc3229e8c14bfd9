//! Sends one e-mail.

use crate::adapters::smtp::Unsent;
use crate::kernel::Ctx;
use crate::kernel::jobs::{Claimed, Fault};

pub async fn run(ctx: &Ctx, job: &Claimed) -> Result<(), Fault> {
    let text = |key: &str| job.payload[key].as_str().unwrap_or_default();
    send(ctx, job, text("to"), text("subject"), text("text")).await
}

/// Sends it as the e-mail of this job.
pub async fn send(
    ctx: &Ctx,
    job: &Claimed,
    to: &str,
    subject: &str,
    text: &str,
) -> Result<(), Fault> {
    let sent = ctx.app.mailer.send(&job.id, ctx.now, to, subject, text);
    sent.await.map_err(|unsent| match unsent {
        Unsent::Refused(why) => Fault {
            why,
            for_good: true,
        },
        Unsent::Later(why) => why.into(),
    })
}
