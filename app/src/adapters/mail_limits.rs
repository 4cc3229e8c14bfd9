//! Whether an e-mail goes out for an organisation. Its words travel under the gateway's own address, so
//! somebody must have confirmed who it is, and there are only so many in a day.

use db::{args, sql};
use sha2::{Digest as _, Sha256};

use crate::adapters::smtp::Mail;
use crate::kernel::clock::Now;
use crate::kernel::ids::OrganisationId;
use crate::kernel::jobs;
use crate::kernel::jobs::Job;
use crate::kernel::{App, Change, Ctx, Refusal};

sql! {
    // One that is looked after sends on its supporter's word, and is counted with it.
    SENDER = "select case when o.confirmed_at is not null then o.id when s.confirmed_at is not null then s.id end
            as sender
        from organisations o left join organisations s on s.id = o.lead_id where o.id = $1";
    COUNTED = "select (select count(*) from mails where organisation_id = $1 and at > $3) as sent,
        (select count(*) from mails where recipient = $2 and at > $3) as received";
    // Counted once more where it is written, so that many at once cannot pass together.
    NOTE = "insert into mails (id, organisation_id, recipient, at)
        select $1, $2, $3, cast($4 as bigint)
        where (select count(*) from mails where organisation_id = $2 and at > $5) < cast($6 as bigint)
            and (select count(*) from mails where recipient = $3 and at > $5) < cast($7 as bigint)";
    FORGET = "delete from mails where at <= $1";
}

/// Over how long e-mail is counted (microseconds): 24 hours.
const COUNTED_OVER: i64 = 86_400_000_000;

/// Why no e-mail goes out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoMail {
    /// No mail server is set.
    Off,
    NotConfirmed,
    /// The organisation has sent as many as it may.
    SentEnough,
    /// The address has been sent as many as it may be.
    ReceivedEnough,
}

impl NoMail {
    /// What a page says to whoever has to hand the link over instead.
    pub fn words(self, organisation: &str) -> String {
        match self {
            NoMail::Off => "This service sends no email.".to_owned(),
            NoMail::NotConfirmed => format!(
                "We have not sent an email, because no one has confirmed {organisation} yet. Ask the operator of \
                 this service to confirm it."
            ),
            NoMail::SentEnough => format!(
                "We have not sent an email, because {organisation} has sent as many as it may in 24 hours."
            ),
            NoMail::ReceivedEnough => {
                "We have not sent an email, because this address has been sent as many as it \
                                       may get in 24 hours."
                    .to_owned()
            }
        }
    }
}

/// Whether an e-mail for an organisation to an address goes out. A link that does not go out is handed over by
/// whoever made it, and so proves nothing about the address.
pub struct Mailing(Result<Counted, NoMail>);

struct Counted {
    /// Whose number it is counted in.
    sender: String,
    recipient: String,
}

impl Mailing {
    pub fn goes(&self) -> bool {
        self.0.is_ok()
    }

    pub fn why_not(&self) -> Option<NoMail> {
        self.0.as_ref().err().copied()
    }
}

impl Ctx {
    /// Whether an e-mail for this organisation to this address may go out now.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn mailing(
        &self,
        organisation: &OrganisationId,
        to: &str,
    ) -> Result<Mailing, Refusal> {
        if !self.app.mailer.is_on() {
            return Ok(Mailing(Err(NoMail::Off)));
        }
        let db = &self.app.db;
        let row = db.optional(&SENDER, args![organisation]).await?;
        let Some(sender) = row.map(|row| row.opt_text("sender")).transpose()?.flatten() else {
            return Ok(Mailing(Err(NoMail::NotConfirmed)));
        };
        let recipient = recipient(&self.app, to);
        let since = self.now.0 - COUNTED_OVER;
        let row = db
            .one(&COUNTED, args![&*sender, &*recipient, since])
            .await?;
        let (by_organisation, by_recipient) = limits(&self.app);
        Ok(Mailing(if row.int("sent")? >= by_organisation {
            Err(NoMail::SentEnough)
        } else if row.int("received")? >= by_recipient {
            Err(NoMail::ReceivedEnough)
        } else {
            Ok(Counted { sender, recipient })
        }))
    }
}

impl Change {
    /// Sends the e-mail once the change is written, where it may go out, and counts it.
    pub fn mail(self, ctx: &Ctx, mailing: &Mailing, mail: Mail) -> Change {
        let Ok(counted) = &mailing.0 else {
            return self;
        };
        let id = ctx.new_id("job");
        self.write_one(&NOTE, &counted.note(&ctx.app, ctx.now, &id))
            .job(ctx, mail.job(id))
    }
}

/// Enqueues an e-mail that follows no act, where it may go out and is not enqueued already, and counts it.
///
/// # Errors
/// When the database cannot be written.
pub async fn enqueue(app: &App, now: Now, mailing: &Mailing, job: &Job) -> Result<(), Refusal> {
    let Ok(counted) = &mailing.0 else {
        return Ok(());
    };
    let mut tx = app.db.begin().await?;
    if jobs::put(&mut tx, now, job).await? && {
        let note = counted.note(app, now, &job.id);
        tx.execute(&NOTE, &note).await? == 1
    } {
        tx.commit().await?;
    }
    Ok(())
}

/// Forgets what is counted no longer.
///
/// # Errors
/// When the database cannot be written.
pub async fn forget(app: &App, now: Now) -> Result<(), Refusal> {
    let mut tx = app.db.begin().await?;
    tx.execute(&FORGET, args![now.0 - COUNTED_OVER]).await?;
    Ok(tx.commit().await?)
}

impl Counted {
    fn note(&self, app: &App, now: Now, id: &str) -> Vec<db::Value> {
        let (by_organisation, by_recipient) = limits(app);
        args![
            id,
            &*self.sender,
            &*self.recipient,
            now.0,
            now.0 - COUNTED_OVER,
            by_organisation,
            by_recipient
        ]
        .to_vec()
    }
}

/// How many one organisation sends, and one address is sent.
fn limits(app: &App) -> (i64, i64) {
    let most = |setting: u32| match setting {
        0 => i64::MAX,
        most => i64::from(most),
    };
    (
        most(app.settings.mail_daily_organisation),
        most(app.settings.mail_daily_recipient),
    )
}

/// An address as it is counted: nobody reads it from the table, and what stands after a + is the same mailbox.
fn recipient(app: &App, address: &str) -> String {
    let address = address.trim().to_lowercase();
    let (local, domain) = address.rsplit_once('@').unwrap_or((&address, ""));
    let mailbox = local.split('+').next().unwrap_or_default();
    let mut hash = Sha256::new();
    hash.update(app.secret.derive("e-mail counted by address"));
    hash.update(format!("{mailbox}@{domain}"));
    hex::encode(hash.finalize())
}
