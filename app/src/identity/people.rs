//! People, sessions and invitations as rows.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use db::{Row, args, sql};
use webauthn_rs_core::proto::Credential;

use crate::adapters::smtp::{Mail, quoted};
use crate::adapters::undelivered_mail;
use crate::identity::passkeys::Passkey;
use crate::identity::proofs;
use crate::identity::proofs::{LinkProof, Proof};
use crate::identity::token::token_hash;
use crate::kernel::ids::{OrganisationId, PersonId};
use crate::kernel::{Act, Change, Ctx, Refusal};

sql! {
    BY_EMAIL = "select id, name, email, password, proof, cast(case when exists
            (select 1 from openid_accounts a where a.person_id = people.id) then 1 else 0 end as bigint) as linked
        from people where email = $1";
    BY_ID = "select id, name, email, password, proof, cast(case when exists
            (select 1 from openid_accounts a where a.person_id = people.id) then 1 else 0 end as bigint) as linked
        from people where id = $1";
    ADD = "insert into people (id, email, name, password, created_at, proof) values ($1, $2, $3, $4, $5, $6)";
    SET_PASSWORD = "update people set password = $2 where id = $1";
    START = "insert into sessions (token_hash, person_id, organisation_id, form_token, credential, address, device,
            created_at, seen_at, checked_at, id, bound_to, said, id_token)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $8, $8, $9, $10, $11, $12)";
    SWITCH = "update sessions set organisation_id = $2, token_hash = $3 where token_hash = $1 and ended_at is null";
    END = "update sessions set ended_at = $2, id_token = null where token_hash = $1 and ended_at is null";
    AT_PROVIDER = "select bound_to, id_token from sessions where token_hash = $1 and ended_at is null";
    EMAIL = "select email from people where id = $1";
    ADD_PASSKEY = "insert into passkeys (id, person_id, name, credential_id, credential, created_at)
        values ($1, $2, $3, $4, $5, $6)";
    REMOVE_PASSKEY = "delete from passkeys where id = $1 and person_id = $2";
    FORGET_PASSKEYS = "delete from passkeys where person_id = $1";
    FORGET_CODES = "delete from recovery_codes where person_id = $1";
    INVITE = "insert into invitations (token_hash, person_id, organisation_id, expires_at, proof)
        values ($1, $2, $3, $4, $5)";
    INVITATION = "select i.person_id, i.organisation_id, i.expires_at, i.used_at, i.proof, p.name, p.email,
            o.name as organisation_name,
            cast(case when exists (select 1 from roles r where r.person_id = i.person_id
                    and r.organisation_id = i.organisation_id and r.ended_at is null
                    and (r.until_day = '' or r.until_day >= $2)) then 1 else 0 end as bigint) as belongs,
            cast(case when exists (select 1 from roles r where r.person_id = i.person_id
                    and r.organisation_id <> i.organisation_id and r.ended_at is null)
                then 1 else 0 end as bigint) as elsewhere
        from invitations i join people p on p.id = i.person_id
        join organisations o on o.id = i.organisation_id where i.token_hash = $1";
    // What the link rests on must hold when it is used, not only when it was made.
    USE = "update invitations set used_at = $2 where token_hash = $1 and used_at is null and expires_at >= $2
        and exists (select 1 from roles r where r.person_id = invitations.person_id
            and r.organisation_id = invitations.organisation_id and r.ended_at is null
            and (r.until_day = '' or r.until_day >= $3))
        and (proof = 'operator' or not exists (select 1 from roles r where r.person_id = invitations.person_id
            and r.organisation_id <> invitations.organisation_id and r.ended_at is null))";
    SPEND = "update invitations set used_at = $2 where person_id = $1 and used_at is null";
    END_ALL = "update sessions set ended_at = $2, id_token = null where person_id = $1 and ended_at is null";
    // One that began at the provider of another organisation can do nothing here.
    END_FOR = "update sessions set ended_at = $3, id_token = null
        where person_id = $1 and ended_at is null and (bound_to is null or bound_to = $2)";
    END_OTHERS = "update sessions set ended_at = $2 where person_id = $1 and ended_at is null and token_hash <> $3";
    FORGET_PROVIDERS = "delete from openid_accounts where person_id = $1";
    FORGET_APP = "update people set totp = null, totp_step = 0 where id = $1";
    ELSEWHERE = "select (select count(*) from roles
            where person_id = $1 and organisation_id <> $2 and ended_at is null)
        + (select count(*) from openid_accounts where person_id = $1 and organisation_id <> $2) as held";
}

#[derive(Debug, Clone)]
pub struct Account {
    pub id: PersonId,
    pub name: String,
    pub email: String,
    /// Argon2id, or none until the invitation is used.
    pub password: Option<String>,
    /// Signs in at the provider of an organisation.
    pub linked: bool,
    /// None where no one has proved that the address is theirs.
    pub proof: Option<Proof>,
}

impl Account {
    fn read(row: &Row) -> Result<Account, Refusal> {
        Ok(Account {
            id: row.text("id")?.into(),
            name: row.text("name")?,
            email: row.text("email")?,
            password: row.opt_text("password")?,
            linked: row.flag("linked")?,
            proof: row.opt_text("proof")?.as_deref().map(Proof::parse),
        })
    }
}

/// E-mail addresses are compared in lower case, in one form of Unicode, without what cannot be seen.
pub fn fold_email(email: &str) -> String {
    let seen: String = email.chars().filter(|c| !text::is_unseen(*c)).collect();
    text::kept(&seen.trim().to_lowercase()).text
}

pub async fn by_email(ctx: &Ctx, email: &str) -> Result<Option<Account>, Refusal> {
    let row = ctx
        .app
        .db
        .optional(&BY_EMAIL, args![fold_email(email)])
        .await?;
    row.as_ref().map(Account::read).transpose()
}

pub async fn by_id(ctx: &Ctx, id: &PersonId) -> Result<Option<Account>, Refusal> {
    let row = ctx.app.db.optional(&BY_ID, args![id]).await?;
    row.as_ref().map(Account::read).transpose()
}

pub async fn email_of(ctx: &Ctx, person: &PersonId) -> Result<String, Refusal> {
    Ok(ctx.app.db.one(&EMAIL, args![person]).await?.text("email")?)
}

/// A passkey that the person's browser has just made.
///
/// # Errors
/// [`Refusal::Broken`] when it cannot be written as JSON.
pub fn add_passkey(
    ctx: &Ctx,
    person: &PersonId,
    name: &str,
    credential: &Credential,
) -> Result<Change, Refusal> {
    let id = ctx.new_id("pky");
    let text = serde_json::to_string(credential).map_err(Refusal::broken)?;
    let act = Act::new("passkey.added", person).with("passkey", &*id);
    Ok(Change::new(act).write_one(
        &ADD_PASSKEY,
        args![
            &*id,
            person,
            name,
            URL_SAFE_NO_PAD.encode(&credential.cred_id),
            text,
            ctx.now.0
        ],
    ))
}

pub fn remove_passkey(passkey: &Passkey) -> Change {
    let act = Act::new("passkey.removed", &passkey.person).with("passkey", &*passkey.id);
    Change::new(act).write_one(&REMOVE_PASSKEY, args![&*passkey.id, &passkey.person])
}

/// A new person whose address no one has proved; `password` is already hashed.
pub fn add(ctx: &Ctx, name: &str, email: &str, password: Option<String>) -> (PersonId, Change) {
    add_with(ctx, name, email, password, None)
}

pub(super) fn add_with(
    ctx: &Ctx,
    name: &str,
    email: &str,
    password: Option<String>,
    proof: Option<&Proof>,
) -> (PersonId, Change) {
    let id = PersonId::make(ctx.now, &ctx.app.entropy);
    let change = Change::new(Act::new("person.added", &id)).write_one(
        &ADD,
        args![
            &id,
            fold_email(email),
            text::Name::tidied(name),
            password,
            ctx.now.0,
            proof.map(|proof| proof.as_str().to_owned())
        ],
    );
    (id, change)
}

/// How a session began: by which credential, from where, on what.
#[derive(Debug, Clone, Default)]
pub struct Begun {
    pub credential: &'static str,
    pub address: String,
    pub device: String,
    /// Where it began at a provider.
    pub at_provider: Option<AtProvider>,
}

/// What a session that began at a provider keeps.
#[derive(Debug, Clone)]
pub struct AtProvider {
    /// The organisation whose provider it is: the session acts for no other.
    pub organisation: OrganisationId,
    /// Issuer, amr, acr and auth_time, as JSON.
    pub said: String,
    /// Locked; the provider asks for it at sign-out.
    pub id_token: String,
}

/// What a locked ID token belongs to.
pub const ID_TOKEN: &str = "id token";

/// A new session: the token for the cookie, and the change that stores its hash.
pub fn start_session(
    ctx: &Ctx,
    person: &PersonId,
    organisation: Option<&OrganisationId>,
    begun: &Begun,
) -> (String, Change) {
    let token = ctx.app.entropy.token();
    let at = begun.at_provider.as_ref();
    let act = Act::new("session.started", person).with("credential", begun.credential);
    let change = Change::new(act).write_one(
        &START,
        args![
            token_hash(&token),
            person,
            organisation.map(|id| id.to_string()),
            ctx.app.entropy.token(),
            begun.credential,
            &*begun.address,
            &*begun.device,
            ctx.now.0,
            ctx.new_id("ses"),
            at.map(|at| at.organisation.to_string()),
            at.map(|at| at.said.clone()),
            at.map(|at| at.id_token.clone())
        ],
    );
    (token, change)
}

/// Acts for another organisation from now on, with a new token: what the session may do has changed.
/// The caller has checked that the person has a role there.
pub fn switch_session(ctx: &Ctx, hash: &str, organisation: &OrganisationId) -> (String, Change) {
    let token = ctx.app.entropy.token();
    let change = Change::new(Act::new("session.switched", organisation))
        .write_one(&SWITCH, args![hash, organisation, token_hash(&token)]);
    (token, change)
}

/// Ends every session of the person.
pub fn end_sessions(ctx: &Ctx, person: &PersonId) -> Change {
    Change::new(Act::new("sessions.ended", person)).write(&END_ALL, args![person, ctx.now.0])
}

/// Ends every session with which the person acts, or could act, for this organisation.
pub fn end_sessions_for(ctx: &Ctx, person: &PersonId, organisation: &OrganisationId) -> Change {
    let act = Act::new("sessions.ended", person).with("for", organisation.as_str());
    Change::new(act).write(&END_FOR, args![person, organisation, ctx.now.0])
}

/// A new password; `hash` is of it. Every session but the one kept ends, and links stop working.
pub fn change_password(ctx: &Ctx, person: &PersonId, hash: String, kept: &str) -> Change {
    Change::new(Act::new("password.changed", person))
        .write_one(&SET_PASSWORD, args![person, hash])
        .write(&END_OTHERS, args![person, ctx.now.0, kept])
        .write(&SPEND, args![person, ctx.now.0])
}

/// Links given out to the person before stop working.
pub fn spend_invitations(ctx: &Ctx, person: &PersonId) -> Change {
    Change::new(Act::new("person.invitations_ended", person))
        .write(&SPEND, args![person, ctx.now.0])
}

/// Where a session began at a provider: whose it is, and the locked ID token.
pub async fn provider_of_session(
    ctx: &Ctx,
    hash: &str,
) -> Result<Option<(OrganisationId, String)>, Refusal> {
    let row = ctx.app.db.optional(&AT_PROVIDER, args![hash]).await?;
    let Some(row) = row else { return Ok(None) };
    Ok(
        match (row.opt_text("bound_to")?, row.opt_text("id_token")?) {
            (Some(organisation), Some(locked)) => Some((organisation.into(), locked)),
            _ => None,
        },
    )
}

/// Ends the session whose token has this hash.
pub fn end_session(ctx: &Ctx, person: &PersonId, hash: &str) -> Change {
    Change::new(Act::new("session.ended", person)).write(&END, args![hash, ctx.now.0])
}

/// How long an invitation can be used (microseconds): 14 days.
pub const LINK_TTL: i64 = 14 * 86_400_000_000;

/// A link that lets a person set a new password: its secret, and the change. Links given out before
/// stop working.
pub fn invite(
    ctx: &Ctx,
    person: &PersonId,
    organisation: &OrganisationId,
    proof: LinkProof,
) -> (String, Change) {
    let token = ctx.app.entropy.token();
    let change =
        Change::new(Act::new("person.invited", organisation).with("person", person.as_str()))
            .write(&SPEND, args![person, ctx.now.0])
            .write_one(
                &INVITE,
                args![
                    token_hash(&token),
                    person,
                    organisation,
                    ctx.now.0 + LINK_TTL,
                    proof.as_str()
                ],
            );
    (token, change)
}

/// The e-mail that brings an invitation.
pub fn invitation_mail(
    ctx: &Ctx,
    from: &OrganisationId,
    name: &str,
    email: &str,
    organisation: &str,
    token: &str,
) -> Mail {
    let address = ctx.app.settings.address();
    let (name, organisation) = (quoted(name), quoted(organisation));
    Mail {
        to: fold_email(email),
        about: from.to_string(),
        person: undelivered_mail::mailbox(from, &fold_email(email)),
        subject: format!("You are invited to join {organisation}"),
        text: format!(
            "Hello,\n\nYou are invited to a service in which public bodies and their partners agree how they share \
             information about people. The invitation is for {name}, from {organisation}.\n\nOpen this \
             link to join. It works once and expires in 14 days:\n{address}/invitations/{token}\n\n\
             If you did not expect this, do nothing.\n"
        ),
    }
}

/// Whether this organisation may give out a link that sets this person's password: only while they hold
/// no role elsewhere, and do not sign in there, which the link would hand over with it.
pub async fn may_invite(
    ctx: &Ctx,
    account: &Account,
    organisation: &OrganisationId,
) -> Result<bool, Refusal> {
    let row = ctx
        .app
        .db
        .one(&ELSEWHERE, args![&account.id, organisation])
        .await?;
    Ok(row.int("held")? == 0)
}

#[derive(Debug, Clone)]
pub struct Invitation {
    pub person: PersonId,
    pub name: String,
    pub email: String,
    pub organisation: OrganisationId,
    pub organisation_name: String,
    /// What accepting it proves.
    pub proof: Proof,
}

/// The link for a new password, while it can be used.
///
/// # Errors
/// [`Refusal::NotNow`] when it was used, replaced by a newer one or has expired, or when what it rests on
/// has ended: the person's role there, or that they work nowhere else.
pub async fn invitation(ctx: &Ctx, token: &str) -> Result<Invitation, Refusal> {
    let today = ctx.now.today().to_string();
    let row = ctx
        .app
        .db
        .optional(&INVITATION, args![token_hash(token), today])
        .await?
        .ok_or(Refusal::NotFound)?;
    if row.opt_int("used_at")?.is_some() {
        return Err(Refusal::NotNow(
            "This invitation has been used, or a newer one has taken its place. If you have chosen a password, \
             sign in with it."
                .into(),
        ));
    }
    if row.int("expires_at")? < ctx.now.0 {
        return Err(Refusal::NotNow(
            "This invitation has expired. Ask your administrator for a new one.".into(),
        ));
    }
    let organisation: OrganisationId = row.text("organisation_id")?.into();
    let organisation_name = row.text("organisation_name")?;
    if !row.flag("belongs")? {
        return Err(Refusal::NotNow(format!(
            "Your role in {organisation_name} has ended, and this invitation with it. If that is wrong, ask an \
             administrator of {organisation_name}."
        )));
    }
    let proof = Proof::of_link(&row.text("proof")?, &organisation);
    if proof != Proof::Operator && row.flag("elsewhere")? {
        return Err(Refusal::NotNow(format!(
            "You now work for another organisation too, so a link from {organisation_name} can no longer change how \
             you sign in."
        )));
    }
    Ok(Invitation {
        person: row.text("person_id")?.into(),
        name: row.text("name")?,
        email: row.text("email")?,
        organisation,
        organisation_name,
        proof,
    })
}

/// Sets the password. Every other link and every session of the person ends, and what they showed
/// themselves with before goes: a link is asked for when it is lost, or in wrong hands.
pub fn accept_invitation(
    ctx: &Ctx,
    token: &str,
    invitation: &Invitation,
    password_hash: String,
) -> Change {
    Change::new(
        Act::new("person.joined", &invitation.organisation)
            .with("person", invitation.person.as_str()),
    )
    .write_one(
        &USE,
        args![token_hash(token), ctx.now.0, ctx.now.today().to_string()],
    )
    .write_one(&SET_PASSWORD, args![&invitation.person, password_hash])
    .and(forget_credentials(ctx, &invitation.person))
    .and(proofs::set(&invitation.person, &invitation.proof))
}

/// Removes whatever opens the account beside its password, and ends its sessions and links.
pub fn forget_credentials(ctx: &Ctx, person: &PersonId) -> Change {
    Change::new(Act::new("credentials.removed", person))
        .write(&SPEND, args![person, ctx.now.0])
        .write(&END_ALL, args![person, ctx.now.0])
        .write(&FORGET_PASSKEYS, args![person])
        .write(&FORGET_CODES, args![person])
        .write(&FORGET_PROVIDERS, args![person])
        .write(&FORGET_APP, args![person])
}
