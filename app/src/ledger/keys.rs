//! The keys that sign for the log and for each organisation: public halves and dates are rows, private
//! halves are made from the gateway's secret and the key's id whenever they are needed.

use db::{Row, args, sql};
use ledger::{KeyFault, LogKey, WitnessKey};
use serde::Serialize;

use crate::kernel::clock::moment;
use crate::kernel::ids::OrganisationId;
use crate::kernel::{Act, Change, Ctx, Refusal, Secret};

sql! {
    OF_OWNER = "select id, owner, number, vkey, from_at, until_at, ended_why from keys
        where owner = $1 order by number";
    ALL = "select id, owner, number, vkey, from_at, until_at, ended_why from keys order by owner, number";
    OF_ORGANISATIONS = "select id, owner, number, vkey, from_at, until_at, ended_why from keys
        where (owner, number) > ($1, $2) order by owner, number limit $3";
    ADD = "insert into keys (id, owner, number, vkey, from_at) values ($1, $2, $3, $4, $5)";
    END_OPEN = "update keys set until_at = $2, ended_why = $3 where owner = $1 and until_at is null";
    END_NOW = "update keys set until_at = $2, ended_why = $3
        where owner = $1 and (until_at is null or until_at > $2)";
    END_EVERY = "update keys set until_at = $1, ended_why = $2 where until_at is null or until_at > $1";
}

/// How long the key before goes on signing beside a new one: 30 days, in microseconds.
pub const OVERLAP: i64 = 30 * 24 * 60 * 60 * 1_000_000;

/// Whose key it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Owner {
    /// Signs checkpoints.
    Log,
    /// Cosigns the checkpoints of other logs.
    Witness,
    /// Seals what the organisation decided.
    Organisation(OrganisationId),
}

impl Owner {
    pub fn as_str(&self) -> &str {
        match self {
            Owner::Log => "log",
            Owner::Witness => "witness",
            Owner::Organisation(id) => id.as_str(),
        }
    }
}

impl From<&str> for Owner {
    fn from(text: &str) -> Owner {
        match text {
            "log" => Owner::Log,
            "witness" => Owner::Witness,
            id => Owner::Organisation(id.into()),
        }
    }
}

/// Why a key no longer signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// As planned: both keys sign until the overlap ends.
    Planned,
    /// Somebody else may have the private half.
    Leaked,
    /// Nobody has the private half any more.
    Lost,
}

impl Ending {
    pub fn as_str(self) -> &'static str {
        match self {
            Ending::Planned => "planned",
            Ending::Leaked => "leaked",
            Ending::Lost => "lost",
        }
    }
}

/// A published key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PublicKey {
    pub id: String,
    /// `log`, `witness`, or the organisation's id.
    pub owner: String,
    /// From 1, in the order in which the owner had them.
    pub number: i64,
    /// The key in the text form of C2SP signed-note: `name+hash+key`.
    pub vkey: String,
    /// UTC microseconds.
    pub from: i64,
    /// What it signs from then on does not count. UTC microseconds; none while it is the current key.
    pub until: Option<i64>,
    /// `planned`, `leaked` or `lost`; empty while it is the current key.
    pub ended_why: String,
}

impl PublicKey {
    /// The key's name, which the signature lines of notes begin with.
    pub fn name(&self) -> &str {
        self.vkey.split('+').next().unwrap_or_default()
    }

    /// Whether what it signs at this moment (UTC microseconds) counts.
    pub fn counts_at(&self, at: i64) -> bool {
        self.from <= at && self.until.is_none_or(|until| at < until)
    }

    fn read(row: &Row) -> Result<PublicKey, Refusal> {
        Ok(PublicKey {
            id: row.text("id")?,
            owner: row.text("owner")?,
            number: row.int("number")?,
            vkey: row.text("vkey")?,
            from: row.int("from_at")?,
            until: row.opt_int("until_at")?,
            ended_why: row.text("ended_why")?,
        })
    }
}

/// Every key an owner ever had, the first one first.
pub async fn history(ctx: &Ctx, owner: &Owner) -> Result<Vec<PublicKey>, Refusal> {
    let rows = ctx.app.db.all(&OF_OWNER, args![owner.as_str()]).await?;
    rows.iter().map(PublicKey::read).collect()
}

/// Whether the clock stands in the time in which the owner's newest key counts.
///
/// # Errors
/// [`Refusal::NotNow`] when it was set back: what is signed now would never hold.
pub async fn counts_now(ctx: &Ctx, owner: &Owner) -> Result<(), Refusal> {
    let newest = history(ctx, owner).await?.pop();
    // A key may be a moment younger than this request.
    let now = ctx.app.clock.now().0.max(ctx.now.0);
    match newest {
        Some(key) if now < key.from => Err(Refusal::NotNow(format!(
            "The clock of this gateway says {}, and the key that signs counts only from {}. What is signed now would \
             not hold. Nothing was lost. Ask the operator of this gateway to set its clock right, then try again.",
            moment(now),
            moment(key.from)
        ))),
        _ => Ok(()),
    }
}

/// Every key of every owner.
pub async fn all(ctx: &Ctx) -> Result<Vec<PublicKey>, Refusal> {
    let rows = ctx.app.db.all(&ALL, &[]).await?;
    rows.iter().map(PublicKey::read).collect()
}

/// One page of the keys of organisations, after this owner's key of this number, and where the next page
/// begins.
pub async fn of_organisations(
    ctx: &Ctx,
    after: (&str, i64),
    limit: usize,
) -> Result<(Vec<PublicKey>, Option<(String, i64)>), Refusal> {
    // The ids of organisations, and nothing else, begin so.
    let owner = after.0.max("org_");
    let args = args![owner, after.1, limit as i64 + 1];
    let rows = ctx.app.db.all(&OF_ORGANISATIONS, args).await?;
    let mut keys = rows
        .iter()
        .map(PublicKey::read)
        .collect::<Result<Vec<_>, _>>()?;
    keys.retain(|key| key.owner.starts_with("org_"));
    let more = keys.len() > limit;
    keys.truncate(limit);
    let last = keys.last().filter(|_| more);
    let next = last.map(|key| (key.owner.clone(), key.number));
    Ok((keys, next))
}

/// The log's keys that sign now, the newest first: two while a new one takes over.
pub async fn log(ctx: &Ctx) -> Result<Vec<LogKey>, Refusal> {
    let seeds = signers(ctx, &Owner::Log).await?;
    let keys = seeds
        .iter()
        .map(|(name, seed)| LogKey::from_seed(name, seed));
    keys.collect::<Result<_, _>>().map_err(Refusal::broken)
}

/// The key with which this gateway cosigns as a witness.
pub async fn witness(ctx: &Ctx) -> Result<WitnessKey, Refusal> {
    let (name, seed) = current(ctx, &Owner::Witness).await?;
    WitnessKey::from_seed(&name, &seed).map_err(Refusal::broken)
}

/// The log's name for ever: what its first key was called.
pub async fn origin(ctx: &Ctx) -> Result<String, Refusal> {
    current(ctx, &Owner::Log).await?;
    let keys = history(ctx, &Owner::Log).await?;
    let first = keys
        .first()
        .ok_or_else(|| Refusal::broken("the log has no key"))?;
    Ok(first.name().to_owned())
}

/// The text, which must end in a line feed, as a C2SP signed note by the organisation's current key.
/// An organisation that has none gets its first.
pub async fn seal(ctx: &Ctx, organisation: &OrganisationId, text: &str) -> Result<String, Refusal> {
    let (name, seed) = current(ctx, &Owner::Organisation(organisation.clone())).await?;
    let key = LogKey::from_seed(&name, &seed).map_err(Refusal::broken)?;
    ledger::sign_note(text, &[&key]).map_err(Refusal::broken)
}

/// Ends the owner's key and opens a new one.
///
/// # Errors
/// Only when the database refuses: rotation asks nothing of the key before.
pub async fn rotate(ctx: &Ctx, owner: &Owner, why: Ending) -> Result<PublicKey, Refusal> {
    ctx.decide(|| async move {
        let keys = history(ctx, owner).await?;
        let next = keys.last().map_or(1, |key| key.number + 1);
        let (statement, until) = match why {
            Ending::Planned => (&END_OPEN, ctx.now.0 + OVERLAP),
            Ending::Leaked | Ending::Lost => (&END_NOW, ctx.now.0),
        };
        let act = Act::new("key.ended", owner.as_str())
            .with("why", why.as_str())
            .with("until", until);
        let ended = Change::new(act).write(statement, args![owner.as_str(), until, why.as_str()]);
        let (key, made) = make(ctx, owner, next).await?;
        Ok((ended.and(made), key))
    })
    .await
}

/// Ends every key of every owner at once and opens a new one for the log: for when the secret itself
/// leaked or was lost. Organisations get theirs when they next seal something.
pub async fn rotate_all(ctx: &Ctx, why: Ending) -> Result<PublicKey, Refusal> {
    ctx.decide(|| async move {
        let keys = history(ctx, &Owner::Log).await?;
        let next = keys.last().map_or(1, |key| key.number + 1);
        let act = Act::new("keys.ended", "keys").with("why", why.as_str());
        let ended = Change::new(act).write(&END_EVERY, args![ctx.now.0, why.as_str()]);
        let (key, made) = make(ctx, &Owner::Log, next).await?;
        Ok((ended.and(made), key))
    })
    .await
}

/// Makes the log's first key if there is none, and checks that the secret is the one that the current
/// key was made from.
pub async fn prepare(ctx: &Ctx) -> Result<(), Refusal> {
    current(ctx, &Owner::Log).await.map(drop)
}

async fn current(ctx: &Ctx, owner: &Owner) -> Result<(String, [u8; 32]), Refusal> {
    signers(ctx, owner)
        .await?
        .into_iter()
        .next()
        .ok_or_else(|| Refusal::broken("the owner has no current key"))
}

/// Names and seeds of the owner's keys that count now, the newest first.
async fn signers(ctx: &Ctx, owner: &Owner) -> Result<Vec<(String, [u8; 32])>, Refusal> {
    // Every name is made from the log's.
    opened(ctx, &Owner::Log).await?;
    let keys = opened(ctx, owner).await?;
    // A key made a moment ago by somebody else may begin after this request did: it counts.
    let counts = |key: &&PublicKey| key.until.is_none_or(|until| ctx.now.0 < until);
    keys.iter()
        .rev()
        .filter(counts)
        .map(|key| private(ctx, key))
        .collect()
}

/// The owner's keys, the last of which is current: made now where there is none.
async fn opened(ctx: &Ctx, owner: &Owner) -> Result<Vec<PublicKey>, Refusal> {
    loop {
        let keys = history(ctx, owner).await?;
        if keys.iter().any(|key| key.until.is_none()) {
            return Ok(keys);
        }
        let next = keys.last().map_or(1, |key| key.number + 1);
        let (_, made) = make(ctx, owner, next).await?;
        match ctx.commit(made).await {
            // Somebody else was first: theirs is the key.
            Ok(()) | Err(Refusal::Raced) => {}
            Err(other) => return Err(other),
        }
    }
}

/// Whether a published key was made from this secret.
pub fn is_made_from(secret: &Secret, owner: &Owner, id: &str, vkey: &str) -> bool {
    let name = vkey.split('+').next().unwrap_or_default();
    public(owner, name, &seed(secret, id, name)).is_ok_and(|made| made == vkey)
}

fn private(ctx: &Ctx, key: &PublicKey) -> Result<(String, [u8; 32]), Refusal> {
    if !is_made_from(
        &ctx.app.secret,
        &key.owner.as_str().into(),
        &key.id,
        &key.vkey,
    ) {
        return Err(Refusal::broken(format!(
            "The secret in use is not the one that the key {} was made from. Bring the secret back from \
             a copy, or follow “The secret is lost” in docs/keys.md.",
            key.vkey
        )));
    }
    let name = key.name().to_owned();
    let seed = seed(&ctx.app.secret, &key.id, &name);
    Ok((name, seed))
}

fn seed(secret: &Secret, id: &str, name: &str) -> [u8; 32] {
    secret.derive(&format!("aldgate-key-v1\n{id}\n{name}\n"))
}

fn public(owner: &Owner, name: &str, seed: &[u8; 32]) -> Result<String, KeyFault> {
    Ok(match owner {
        Owner::Witness => WitnessKey::from_seed(name, seed)?.verifier().to_string(),
        Owner::Log | Owner::Organisation(_) => {
            LogKey::from_seed(name, seed)?.verifier().to_string()
        }
    })
}

/// The first key of an organisation that has none, to be written with other changes: the private half,
/// the public one and what adds it.
pub async fn first(
    ctx: &Ctx,
    organisation: &OrganisationId,
) -> Result<(LogKey, PublicKey, Change), Refusal> {
    let owner = Owner::Organisation(organisation.clone());
    let (public, change) = make(ctx, &owner, 1).await?;
    let (name, seed) = private(ctx, &public)?;
    let key = LogKey::from_seed(&name, &seed).map_err(Refusal::broken)?;
    Ok((key, public, change))
}

async fn make(ctx: &Ctx, owner: &Owner, number: i64) -> Result<(PublicKey, Change), Refusal> {
    let id = ctx.new_id("key");
    let name = name(ctx, owner).await?;
    let key = PublicKey {
        vkey: public(owner, &name, &seed(&ctx.app.secret, &id, &name)).map_err(Refusal::broken)?,
        id,
        owner: owner.as_str().to_owned(),
        number,
        from: ctx.now.0,
        until: None,
        ended_why: String::new(),
    };
    let act = Act::new("key.made", owner.as_str())
        .with("vkey", key.vkey.as_str())
        .with("number", number);
    let change = Change::new(act).write(
        &ADD,
        args![&key.id, &key.owner, number, &key.vkey, key.from],
    );
    Ok((key, change))
}

/// What the owner's keys are called: the address of the gateway when its log began, without the scheme.
async fn name(ctx: &Ctx, owner: &Owner) -> Result<String, Refusal> {
    let first = history(ctx, &Owner::Log).await?.into_iter().next();
    let origin = match first {
        Some(key) => key.name().to_owned(),
        None => format!("{}/log", gateway(ctx)),
    };
    let gateway = origin.strip_suffix("/log").unwrap_or(&origin);
    Ok(match owner {
        Owner::Log => origin,
        Owner::Witness => format!("{gateway}/witness"),
        Owner::Organisation(id) => format!("{gateway}/organisations/{id}"),
    })
}

/// Without an address that others know, the name is random: no two logs may have the same.
fn gateway(ctx: &Ctx) -> String {
    match ctx.app.settings.url.split_once("://") {
        Some((_, rest)) => rest.trim_end_matches('/').replace('+', "-"),
        None => format!("aldgate-{}", hex::encode(ctx.app.entropy.bytes::<8>())),
    }
}
