//! Sends a link to the address of an account, where there is one.

use crate::identity::account_links;
use crate::jobs::mail_send;
use crate::kernel::Ctx;
use crate::kernel::jobs::{Claimed, Fault};

pub async fn run(ctx: &Ctx, job: &Claimed) -> Result<(), Fault> {
    let text = |key: &str| job.payload[key].as_str().unwrap_or_default();
    let mail = account_links::mail(ctx, text("kind"), text("email"), text("token"))
        .await
        .map_err(|refusal| refusal.to_string())?;
    match mail {
        Some(mail) => mail_send::send(ctx, job, &mail.to, &mail.subject, &mail.text).await,
        None => Ok(()),
    }
}
