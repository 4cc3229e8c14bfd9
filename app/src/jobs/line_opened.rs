//! Tells the people who can decide a line that it waits for them.

use db::{args, sql};
use serde_json::Value as Json;

use crate::kernel::jobs::{self, Job};
use crate::kernel::mail::Mail;
use crate::kernel::{Ctx, Refusal};
use crate::records::lines::Stage;

sql! {
    LINE = "select l.id, l.record_id, l.organisation_id, l.stage, l.role, l.opened_at, r.title,
            o.name as organisation_name
        from lines l join records r on r.id = l.record_id join organisations o on o.id = l.organisation_id
        where l.id = $1 and l.outcome is null and l.closed_at is null";
    DECIDERS = "select p.id, p.name, p.email from roles r join people p on p.id = r.person_id
        where r.organisation_id = $1 and r.role = $2 and r.ended_at is null and (p.password is not null
            or exists (select 1 from openid_accounts a where a.person_id = p.id))
            and (r.from_day = '' or r.from_day <= $3) and (r.until_day = '' or r.until_day >= $3)
        order by p.id";
}

pub async fn run(ctx: &Ctx, payload: &Json) -> Result<(), String> {
    let line = payload["line"].as_str().unwrap_or_default();
    tell(ctx, line, "asked").await.map_err(|e| e.to_string())
}

/// Writes to everybody who can decide the line now. `why` names the occasion: each person hears of
/// it once. A line that has been decided or replaced asks nobody.
pub async fn tell(ctx: &Ctx, line: &str, why: &str) -> Result<(), Refusal> {
    let Some(row) = ctx.app.db.optional(&LINE, args![line]).await? else {
        return Ok(());
    };
    let title = row.text("title")?;
    let organisation = row.text("organisation_name")?;
    let asked = if row.text("stage")? == Stage::Review.as_str() {
        "review"
    } else {
        "sign"
    };
    let link = format!(
        "{}/records/{}/lines/{line}",
        ctx.app.settings.address(),
        row.text("record_id")?
    );
    let today = ctx.now.today().to_string();
    let args = args![row.text("organisation_id")?, row.text("role")?, today];
    for person in ctx.app.db.all(&DECIDERS, args).await? {
        let reminder = if why == "asked" { "" } else { "Reminder: " };
        let mail = Mail {
            to: person.text("email")?,
            subject: format!("{reminder}{organisation} is asked to {asked} an agreement"),
            text: format!(
                "{},\n\nYou are asked to {asked} “{title}” for {organisation}.\n\n\
                 Read it and decide here. You will need to sign in:\n{link}\n\n\
                 You get this because of your role. If somebody else should decide, tell the \
                 administrator of your organisation.\n",
                person.text("name")?
            ),
        };
        let id = format!("mail/{line}/{}/{why}", person.text("id")?);
        let job: Job = mail.job(id);
        jobs::enqueue(&ctx.app, ctx.now, &job).await?;
    }
    Ok(())
}
