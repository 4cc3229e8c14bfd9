//! Tells the people who can decide a line that it waits for them.

use db::{args, sql};
use serde_json::Value as Json;

use crate::adapters::mail_limits;
use crate::adapters::smtp::{Mail, quoted};
use crate::kernel::ids::OrganisationId;
use crate::kernel::jobs::Job;
use crate::kernel::{Ctx, Refusal};
use crate::records::lines::Stage;

sql! {
    LINE = "select l.id, l.record_id, l.organisation_id, l.lead_id, l.stage, l.role, l.opened_at, r.title,
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
    let title = quoted(&row.text("title")?);
    let organisation = quoted(&row.text("organisation_name")?);
    // Who leads the record asks, in a title of its own.
    let lead = OrganisationId::from(row.text("lead_id")?);
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
        let reminder = if why == "asked" {
            "You"
        } else {
            "Reminder: you"
        };
        let to = person.text("email")?;
        let mailing = ctx.mailing(&lead, &to).await?;
        let name = quoted(&person.text("name")?);
        let mail = Mail {
            to,
            about: line.to_owned(),
            person: person.text("id")?,
            subject: format!("{reminder} are asked to {asked} an agreement for {organisation}"),
            text: format!(
                "Hello,\n\nYou are asked to {asked} an agreement for {organisation}. Its title is {title}. This is \
                 for {name}.\n\nRead it and decide here. You will need to sign in:\n{link}\n\n\
                 You get this because of your role. If someone else should decide, tell the \
                 administrator of your organisation.\n"
            ),
        };
        let id = format!("mail/{line}/{}/{why}", person.text("id")?);
        let job: Job = mail.job(id);
        mail_limits::enqueue(&ctx.app, ctx.now, &mailing, &job).await?;
    }
    Ok(())
}
