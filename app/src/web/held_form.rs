//! A form that waits while somebody shows at their provider that it is them. What they sent is kept
//! locked, and comes back as it was; the proof is bound to what the form does.

use db::{args, sql};
use maud::{Markup, html};
use serde_json::{Value as Json, json};

use crate::adapters::encryption::{lock, unlock};
use crate::identity::openid::SKEW;
use crate::identity::openid::answer::Answered;
use crate::kernel::{Act, Change, Refusal};
use crate::web::{Posted, Visit};

sql! {
    HOLD = "insert into held_forms (id, person_id, session_id, path, fields, nonce, challenge, until)
        values ($1, $2, $3, $4, $5, $6, $7, $8)";
    FORGET = "delete from held_forms where until < $1 or (person_id = $2 and path = $3)";
    ONE = "select path, fields, nonce, challenge, proof from held_forms
        where id = $1 and person_id = $2 and session_id = $3 and used_at is null and until >= $4";
    PROVE = "update held_forms set proof = $2 where id = $1 and proof is null and used_at is null";
    USE = "update held_forms set used_at = $2, fields = '', proof = null where id = $1 and used_at is null
        and proof is not null";
    ACCOUNT = "select person_id from openid_accounts where issuer = $1 and subject = $2";
}

/// A form is kept this long (microseconds).
const KEPT: i64 = 15 * 60 * 1_000_000;

/// The field that names the form whose proof this is.
const FIELD: &str = "openid";

/// Whether the form comes back from a provider.
pub fn is_held(posted: &Posted) -> bool {
    posted.fields.has(FIELD)
}

/// The session, by what does not change when its token does.
fn session(visit: &Visit) -> String {
    ledger::digest(visit.form_token.as_bytes())
}

/// Keeps the form, in place of what the person sent there before. `nonce` is in the statement whose digest is `challenge`. Gives the form's id.
///
/// # Errors
/// When it carries files, or cannot be written.
pub async fn hold(posted: &Posted, nonce: &str, challenge: &str) -> Result<String, Refusal> {
    if !posted.files.is_empty() {
        return Err(Refusal::broken("a form with files cannot wait"));
    }
    let person = &posted.ctx.acting()?.person;
    let mut fields = posted.fields.0.clone();
    fields.remove("form_token");
    let id = posted.new_id("hld");
    let text = serde_json::to_vec(&fields).map_err(Refusal::broken)?;
    let act = Act::new("credential.asked", person).with("credential", "openid");
    let change = Change::new(act)
        .write(&FORGET, args![posted.now.0, person, &*posted.path])
        .write_one(
            &HOLD,
            args![
                &*id,
                person,
                session(posted),
                &*posted.path,
                lock(&posted.app, &format!("held form {id}"), &text),
                nonce,
                challenge,
                posted.now.0 + KEPT
            ],
        );
    posted.commit(change).await?;
    Ok(id)
}

/// The person has come back. Keeps what the provider said, and gives the form as it was, for the person
/// to send again.
///
/// # Errors
/// [`Refusal::NotNow`] when the provider does not say that this person has just signed in.
pub async fn shown(visit: &Visit, answered: &Answered) -> Result<Markup, Refusal> {
    let person = &visit.ctx.acting()?.person;
    let (asked, said) = (&answered.asked, &answered.said);
    let kept = one(visit, &asked.held).await?;
    if kept.challenge != asked.nonce {
        return Err(too_late());
    }
    let account = args![&*answered.provider.issuer, &*said.subject];
    let account = visit.app.db.optional(&ACCOUNT, account).await?;
    if account
        .map(|row| row.text("person_id"))
        .transpose()?
        .as_deref()
        != Some(person.as_str())
    {
        return Err(Refusal::NotNow(
            "Someone else signed in there. Nothing was changed. Go back, and sign in as yourself."
                .to_owned(),
        ));
    }
    let (asked_at, now) = (asked.at / 1_000_000, visit.now.0 / 1_000_000);
    match said.auth_time {
        Some(at) if (asked_at - SKEW..=now + SKEW).contains(&at) => {}
        Some(_) => {
            return Err(Refusal::NotNow(format!(
                "{} did not ask you to sign in again, so it does not show that it is you. Nothing was changed.",
                answered.provider.host()
            )));
        }
        None => {
            return Err(Refusal::NotNow(format!(
                "{} does not say when you signed in, so it cannot show that it is you. Nothing was changed. Ask an \
                 administrator of your organisation for a link to choose a password, then add a passkey.",
                answered.provider.host()
            )));
        }
    }
    let proof = json!({
        "credential": "openid",
        "checked_at": visit.now.0,
        "issuer": answered.provider.issuer,
        "id_token": said.id_token,
        "nonce": kept.nonce,
    });
    let act = Act::new("credential.shown", person).with("credential", "openid");
    let change = Change::new(act).write_one(&PROVE, args![&*asked.held, proof.to_string()]);
    visit.commit(change).await?;
    Ok(visit.form(
        &kept.path,
        html! {
            @for (name, values) in &kept.fields {
                @for value in values { input type="hidden" name=(name) value=(value); }
            }
            input type="hidden" name=(FIELD) value=(asked.held);
            (govuk::Button::submit("Finish"))
        },
    ))
}

/// The proof of a form that has come back, and the change that uses it up. `challenge` makes the digest
/// of what the form does now from the nonce.
///
/// # Errors
/// [`Refusal::Invalid`] when it is not for this.
pub async fn finish(
    posted: &Posted,
    challenge: impl Fn(&str) -> String,
) -> Result<(Json, Change), Refusal> {
    let id = posted.fields.one(FIELD);
    let kept = one(posted, id).await?;
    let proof = kept.proof.ok_or_else(too_late)?;
    if challenge(&kept.nonce) != kept.challenge {
        return Err(Refusal::invalid(
            "proof",
            "What you showed was for something else. Show once more that it is you",
        ));
    }
    let person = &posted.ctx.acting()?.person;
    let change =
        Change::new(Act::new("openid.used", person)).write_one(&USE, args![id, posted.now.0]);
    Ok((
        serde_json::from_str(&proof).map_err(Refusal::broken)?,
        change,
    ))
}

struct Kept {
    path: String,
    fields: std::collections::BTreeMap<String, Vec<String>>,
    nonce: String,
    challenge: String,
    proof: Option<String>,
}

fn too_late() -> Refusal {
    Refusal::invalid(
        "proof",
        "That took too long, or was used already. Show once more that it is you",
    )
}

async fn one(visit: &Visit, id: &str) -> Result<Kept, Refusal> {
    let person = &visit.ctx.acting()?.person;
    let of = args![id, person, session(visit), visit.now.0];
    let row = visit
        .app
        .db
        .optional(&ONE, of)
        .await?
        .ok_or_else(too_late)?;
    let fields = unlock(&visit.app, &format!("held form {id}"), &row.text("fields")?);
    let fields = fields.ok_or_else(|| Refusal::broken("a held form does not open"))?;
    Ok(Kept {
        path: row.text("path")?,
        fields: serde_json::from_slice(&fields).map_err(Refusal::broken)?,
        nonce: row.text("nonce")?,
        challenge: row.text("challenge")?,
        proof: row.opt_text("proof")?,
    })
}
