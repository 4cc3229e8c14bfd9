//! Sends one e-mail.

use serde_json::Value as Json;

use crate::kernel::Ctx;

pub async fn run(ctx: &Ctx, payload: &Json) -> Result<(), String> {
    let text = |key: &str| payload[key].as_str().unwrap_or_default();
    ctx.app
        .mailer
        .send(text("to"), text("subject"), text("text"))
        .await
}
