//! Sends a link to the address of an account, where there is one.

use serde_json::Value as Json;

use crate::features::identity::account_links;
use crate::kernel::Ctx;

pub async fn run(ctx: &Ctx, payload: &Json) -> Result<(), String> {
    let text = |key: &str| payload[key].as_str().unwrap_or_default();
    let mail = account_links::mail(ctx, text("kind"), text("email"), text("token"))
        .await
        .map_err(|refusal| refusal.to_string())?;
    match mail {
        Some(mail) => {
            let mailer = &ctx.app.mailer;
            mailer.send(&mail.to, &mail.subject, &mail.text).await
        }
        None => Ok(()),
    }
}
