//! One-time links as rows: made, found, ended, and the code that belongs to each.

use std::collections::BTreeSet;

use db::{Row, args, sql};
use packs::Role;
use serde_json::{Value as Json, json};
use subtle::ConstantTimeEq as _;

use crate::adapters::mail_limits::NoMail;
use crate::adapters::smtp::{Mail, quoted};
use crate::identity::people as identity;
use crate::identity::token::token_hash;
use crate::kernel::access::Action;
use crate::kernel::ids::{LineId, OrganisationId, PersonId, RecordId};
use crate::kernel::{Act, Acting, Change, Ctx, Refusal, Right};
use crate::records::lines::{Line, Stage};
use crate::records::situation::Situation;

sql! {
    MAKE = "insert into one_time_links (id, token_hash, code_hash, record_id, line_id, person_id, sent_to, by_mail,
            made_by, made_for, made_at, expires_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
    ADD_PERSON = "insert into people (id, email, name, created_at) values ($1, $2, $3, $4)";
    END = "update one_time_links set ended_at = $2 where line_id = $1 and ended_at is null";
    WRONG = "update one_time_links set wrong_codes = wrong_codes + 1 where id = $1";
    WRONG_CODES = "select wrong_codes from one_time_links where id = $1";
    OF_LINE = "select k.sent_to, k.made_at, k.expires_at, k.wrong_codes, p.name
        from one_time_links k join people p on p.id = k.person_id
        where k.line_id = $1 and k.ended_at is null";
    FIND = "select k.id, k.code_hash, k.record_id, k.line_id, k.person_id, k.sent_to, k.by_mail, k.made_at, k.expires_at,
            k.wrong_codes, k.ended_at, p.name, l.organisation_id, o.name as organisation_name, l.role, l.stage,
            f.name as made_for
        from one_time_links k join people p on p.id = k.person_id
        join lines l on l.id = k.line_id join organisations o on o.id = l.organisation_id
        join organisations f on f.id = k.made_for where k.token_hash = $1";
}

const DAY: i64 = 86_400_000_000;
/// A link can be used this long (microseconds).
pub const LINK_TTL: i64 = 14 * DAY;
const WORN: &str = "has ended because too many wrong codes were entered";
/// After this many wrong codes a link is of no use to anybody.
pub const MAX_WRONG_CODES: i64 = 10;

/// Whether the acting person may name somebody who decides this line: an administrator for their own
/// organisation, and the author who leads for a party that does not use this gateway.
///
/// # Errors
/// [`Refusal::NotAllowed`], or [`Refusal::NotNow`] when nothing can be decided on the line any more.
pub fn may_make(ctx: &Ctx, situation: &Situation, line: &Line) -> Result<(), Refusal> {
    let record = &situation.record;
    // Once somebody is there who can name one of their own, nobody else does.
    let external = record
        .party(line.organisation.as_str())
        .is_some_and(|party| !party.registered && !party.registered_today);
    let own = line.organisation == ctx.acting()?.organisation;
    let may = (own && record.allows(ctx, Action::NameDecider))
        || (external && record.allows(ctx, Action::AskExternal));
    if !may {
        return Err(Refusal::NotAllowed(if external {
            format!("For this you need {}.", Action::AskExternal.needs())
        } else {
            format!(
                "Only an administrator of {} can name someone who decides for it.",
                line.organisation_name
            )
        }));
    }
    if line.closed || !line.is_waiting() {
        return Err(Refusal::NotNow(
            "Nothing can be decided here any more, so no one needs a link.".to_owned(),
        ));
    }
    Ok(())
}

/// A link that was just made. Its token and its code are shown or sent now, and never again.
pub struct Made {
    pub token: String,
    /// Eight digits.
    pub code: String,
    pub name: String,
    pub email: String,
    /// Why the link is handed over and not sent.
    pub no_mail: Option<NoMail>,
}

/// Makes a link with which this person decides the line. One that was given out before ends.
pub async fn make(
    ctx: &Ctx,
    id: &RecordId,
    line: &LineId,
    name: &str,
    email: &str,
) -> Result<Made, Refusal> {
    let (name, email) = (text::Name::tidied(name), identity::fold_email(email));
    ctx.decide(|| async {
        let situation = Situation::load(ctx, id, Action::See).await?;
        let found = situation.line(line)?;
        may_make(ctx, &situation, found)?;
        let acting = ctx.acting()?;
        let mailing = ctx.mailing(&acting.organisation, &email).await?;
        let made = Made {
            token: ctx.app.entropy.token(),
            code: code(ctx),
            name: name.clone(),
            email: email.clone(),
            no_mail: mailing.why_not(),
        };
        let link = ctx.new_id("otl");
        let person = PersonId::make(ctx.now, &ctx.app.entropy);
        let act = Act::new("line.link_made", id)
            .with("line", line.as_str())
            .with("link", link.as_str())
            .with("person", person.as_str());
        let change = Change::new(act)
            .write(&END, args![line, ctx.now.0])
            // They get no account: nobody signs in by this name, and an account with the same
            // address stays somebody else's.
            .write_one(&ADD_PERSON, args![&person, link.as_str(), &name, ctx.now.0])
            .write_one(
                &MAKE,
                args![
                    link.as_str(),
                    token_hash(&made.token),
                    code_hash(&made.token, &made.code),
                    id,
                    line,
                    &person,
                    email.as_str(),
                    mailing.goes(),
                    &acting.person,
                    &acting.organisation,
                    ctx.now.0,
                    ctx.now.0 + LINK_TTL
                ],
            )
            .mail(
                ctx,
                &mailing,
                mail(ctx, found, &person, &acting.organisation_name, &made),
            );
        Ok((change, made))
    })
    .await
}

/// Ends the link of a line.
pub async fn take_back(ctx: &Ctx, id: &RecordId, line: &LineId) -> Result<(), Refusal> {
    ctx.decide(|| async {
        let situation = Situation::load(ctx, id, Action::See).await?;
        may_make(ctx, &situation, situation.line(line)?)?;
        let act = Act::new("line.link_ended", id).with("line", line.as_str());
        Ok((Change::new(act).write(&END, args![line, ctx.now.0]), ()))
    })
    .await
}

fn mail(ctx: &Ctx, line: &Line, person: &PersonId, from: &str, made: &Made) -> Mail {
    let organisation = quoted(&line.organisation_name);
    let (from, name) = (quoted(from), quoted(&made.name));
    let asked = match line.stage {
        Stage::Review => "review",
        Stage::SignOff => "sign",
    };
    let address = ctx.app.settings.address();
    Mail {
        to: made.email.clone(),
        about: line.id.to_string(),
        person: person.to_string(),
        subject: format!("You are asked to {asked} an agreement for {organisation}"),
        text: format!(
            "Hello,\n\nYou are asked to {asked} an information sharing agreement for {organisation}. This is for \
             {name}, from {from}. You need no account.\n\nRead it and decide here:\n{address}/links/{}\n\n\
             You also need a code of eight digits. {from} gives it to you in another way, such as by \
             telephone. If you have none, ask them.\n\nThe link is for you alone, works for one decision and \
             expires in 14 days. If you did not expect this, do nothing.\n",
            made.token
        ),
    }
}

/// Eight digits, each as likely as any other but for one part in a million million.
fn code(ctx: &Ctx) -> String {
    let number = u64::from_be_bytes(ctx.app.entropy.bytes::<8>()) % 100_000_000;
    format!("{number:08}")
}

/// The code is short, so its hash is made with the link's secret, which is not stored.
fn code_hash(token: &str, code: &str) -> String {
    ledger::digest(format!("{token}\n{code}").as_bytes())
}

/// The link that a line has now, for those who may end it.
pub struct Held {
    pub name: String,
    pub sent_to: String,
    pub made_at: i64,
    pub expires_at: i64,
    /// Too many wrong codes were given.
    pub is_worn: bool,
}

pub async fn of_line(ctx: &Ctx, line: &LineId) -> Result<Option<Held>, Refusal> {
    let row = ctx.app.db.optional(&OF_LINE, args![line]).await?;
    row.map(|row| {
        Ok(Held {
            name: row.text("name")?,
            sent_to: row.text("sent_to")?,
            made_at: row.int("made_at")?,
            expires_at: row.int("expires_at")?,
            is_worn: row.int("wrong_codes")? >= MAX_WRONG_CODES,
        })
    })
    .transpose()
}

/// A link that somebody holds and that has not ended.
pub struct Link {
    pub id: String,
    pub record: RecordId,
    pub line: LineId,
    pub stage: String,
    /// The named person at work for the organisation of the line, in the role of the line.
    pub acting: Acting,
    /// The name of the organisation that named them.
    pub made_for: String,
    sent_to: String,
    by_mail: bool,
    made_at: i64,
    code_hash: String,
}

/// The link with this secret.
///
/// # Errors
/// [`Refusal::NotFound`], or [`Refusal::NotNow`] when it has ended: why, and whom to ask.
pub async fn find(ctx: &Ctx, token: &str) -> Result<Link, Refusal> {
    let row = ctx.app.db.optional(&FIND, args![token_hash(token)]).await?;
    let row = row.ok_or(Refusal::NotFound)?;
    let made_for = row.text("made_for")?;
    let over = if row.opt_int("ended_at")?.is_some() {
        Some("was taken back, or another has taken its place")
    } else if row.int("expires_at")? < ctx.now.0 {
        Some("has run out")
    } else if row.int("wrong_codes")? >= MAX_WRONG_CODES {
        Some(WORN)
    } else {
        None
    };
    if let Some(over) = over {
        return Err(Refusal::NotNow(format!(
            "This link {over}. If you still want to decide, ask {made_for} for a new one."
        )));
    }
    read(&row, made_for)
}

fn read(row: &Row, made_for: String) -> Result<Link, Refusal> {
    let role = Role::parse(&row.text("role")?);
    let role = role.ok_or_else(|| Refusal::broken("a line has an unknown role"))?;
    Ok(Link {
        id: row.text("id")?,
        record: row.text("record_id")?.into(),
        line: row.text("line_id")?.into(),
        stage: row.text("stage")?,
        acting: Acting {
            person: row.text("person_id")?.into(),
            name: row.text("name")?,
            organisation: OrganisationId::from(row.text("organisation_id")?),
            organisation_name: row.text("organisation_name")?,
            roles: BTreeSet::from([role]),
        },
        made_for,
        sent_to: row.text("sent_to")?,
        by_mail: row.flag("by_mail")?,
        made_at: row.int("made_at")?,
        code_hash: row.text("code_hash")?,
    })
}

impl Link {
    fn worn(&self) -> Refusal {
        Refusal::NotNow(format!(
            "This link {WORN}. If you still want to decide, ask {} for a new one.",
            self.made_for
        ))
    }

    /// A context in which the named person acts.
    pub fn ctx(&self, ctx: &Ctx) -> Ctx {
        Ctx {
            acting: Some(self.acting.clone()),
            right: Right::Link(self.id.clone()),
            ..ctx.clone()
        }
    }

    /// Whether this is the code. One that is wrong is counted, and every attempt by where it comes from.
    ///
    /// # Errors
    /// [`Refusal::Invalid`] on the field `code`, or [`Refusal::TooOften`].
    pub async fn check(
        &self,
        ctx: &Ctx,
        token: &str,
        code: &str,
        network: &str,
    ) -> Result<(), Refusal> {
        let digits: String = code.chars().filter(|c| !c.is_whitespace()).collect();
        if digits.is_empty() {
            return Err(Refusal::invalid("code", "Enter the code of eight digits"));
        }
        let named = format!("one-time link {}", self.id);
        let elapsed = ctx.app.clock.elapsed();
        let attempt = ctx.app.attempts.allow(elapsed, &named, network)?;
        // One after the other: each is compared when all before it are counted.
        let _turn = ctx.app.codes.lock().await;
        let counted = ctx
            .app
            .db
            .one(&WRONG_CODES, args![self.id.as_str()])
            .await?;
        let wrong = counted.int("wrong_codes")?;
        if wrong >= MAX_WRONG_CODES {
            return Err(self.worn());
        }
        let hash = code_hash(token, &digits);
        if bool::from(hash.as_bytes().ct_eq(self.code_hash.as_bytes())) {
            ctx.app.attempts.fits(&attempt);
            return Ok(());
        }
        let act = Act::new("line.link_wrong_code", &self.record).with("link", self.id.as_str());
        ctx.commit(Change::new(act).write_one(&WRONG, args![self.id.as_str()]))
            .await?;
        let left = MAX_WRONG_CODES - wrong - 1;
        Err(Refusal::invalid(
            "code",
            match left {
                0 => "The code is wrong, and this link has ended. Ask for a new one".to_owned(),
                1 => "The code is wrong. You can try once more".to_owned(),
                left => format!("The code is wrong. You can try {left} more times"),
            },
        ))
    }

    /// How the person was authenticated, once the code was right.
    pub fn proof(&self, ctx: &Ctx) -> Json {
        json!({
            "credential": "one_time_link",
            "checked_at": ctx.now.0,
            "named_by": self.made_for,
            "named_at": self.made_at,
            "sent_to": self.sent_to,
            "by_mail": self.by_mail,
        })
    }
}
