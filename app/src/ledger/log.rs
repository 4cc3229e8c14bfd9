//! The ledger as a public log: signed checkpoints and proofs over the stored nodes.

use std::collections::BTreeMap;

use db::{Row, Value, args, sql};
use ledger::{Checkpoint, Hash, VerifierKey, WitnessVerifier};

use crate::kernel::{Ctx, Refusal};
use crate::ledger::keys;
use crate::ledger::keys::Owner;

sql! {
    SIZE = "select size from ledger_size where id = 1";
    NEWEST = "select size, at, note from checkpoints order by size desc limit 1";
    COSIGNED = "insert into cosignatures (size, witness, line, at) values ($1, $2, $3, $4)";
    COSIGNATURES = "select witness, line from cosignatures where size = $1 order by witness";
    LAST_COSIGNED = "select max(size) as size from cosignatures where witness = $1";
    NEWEST_COSIGNED = "select max(size) as size from cosignatures where size >= $1";
    OF_SIZE = "select size, at, note from checkpoints where size = $1";
    // A larger log was signed later, whichever gateway signed it.
    ADD = "insert into checkpoints (size, at, note)
        select cast($1 as bigint), cast($2 as bigint), cast($3 as text)
        where not exists (select 1 from (select size, at from checkpoints order by size desc limit 1) newest
            where newest.size >= $1 or newest.at > $2)";
    /// Sixteen at a time: a proof or a row of a tile takes few questions.
    NODES = "select position, hash from ledger_nodes where position in
        ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)";
}

/// A checkpoint as it is kept.
#[derive(Debug, Clone)]
pub struct Stored {
    pub size: u64,
    /// When it was made, UTC microseconds.
    pub at: i64,
    /// The signed note, with the log's own signatures only.
    pub note: String,
}

/// How many acts the log holds.
pub async fn size(ctx: &Ctx) -> Result<u64, Refusal> {
    Ok(ctx.app.db.one(&SIZE, &[]).await?.int("size")? as u64)
}

/// The newest signed checkpoint that covers at least this many acts, made now where there is none.
///
/// # Errors
/// [`Refusal::NotNow`] when the log is not that long; broken when the stored nodes do not continue the
/// last checkpoint: such a log is not signed.
pub async fn checkpoint(ctx: &Ctx, at_least: u64) -> Result<(Checkpoint, String), Refusal> {
    // Each time somebody else signed in between, there is a later checkpoint to go on from.
    for _ in 0..8 {
        let before = newest(ctx).await?;
        let stored = match before {
            Some(stored) if stored.size >= at_least => stored,
            before => match make(ctx, before).await {
                Err(Refusal::Raced) => continue,
                made => made?,
            },
        };
        if stored.size < at_least {
            return Err(Refusal::NotNow(format!(
                "The log has {} acts, not {at_least}.",
                stored.size
            )));
        }
        let checkpoint = open(ctx, &stored.note).await?;
        return Ok((checkpoint, stored.note));
    }
    Err(Refusal::Raced)
}

/// A checkpoint that covers at least this many acts, with the cosignatures of witnesses below our own
/// signatures: the newest that a witness saw, or where none did, the newest.
///
/// # Errors
/// As [`checkpoint`].
pub async fn witnessed(ctx: &Ctx, at_least: u64) -> Result<(Checkpoint, String), Refusal> {
    let asked = args![at_least as i64];
    let newest = ctx.app.db.one(&NEWEST_COSIGNED, asked).await?;
    let (checkpoint, note) = match newest.opt_int("size")? {
        Some(size) => {
            let note = read(&ctx.app.db.one(&OF_SIZE, args![size]).await?)?.note;
            (open(ctx, &note).await?, note)
        }
        None => checkpoint(ctx, at_least).await?,
    };
    let note = cosigned(ctx, checkpoint.size, note).await?;
    Ok((checkpoint, note))
}

async fn cosigned(ctx: &Ctx, size: u64, mut note: String) -> Result<String, Refusal> {
    for row in ctx.app.db.all(&COSIGNATURES, args![size as i64]).await? {
        note += &row.text("line")?;
    }
    Ok(note)
}

/// The newest checkpoint that is kept.
pub async fn newest(ctx: &Ctx) -> Result<Option<Stored>, Refusal> {
    let row = ctx.app.db.optional(&NEWEST, &[]).await?;
    row.as_ref().map(read).transpose()
}

fn read(row: &Row) -> Result<Stored, Refusal> {
    Ok(Stored {
        size: row.int("size")? as u64,
        at: row.int("at")?,
        note: row.text("note")?,
    })
}

/// A checkpoint as it is served: with the cosignatures of witnesses below our own signatures. One that
/// covers every act where the newest is older than the interval.
pub async fn served(ctx: &Ctx) -> Result<String, Refusal> {
    let before = newest(ctx).await?;
    let interval = i64::from(ctx.app.settings.checkpoint_interval) * 1_000_000;
    let stored = match before {
        Some(stored) if ctx.now.0 < stored.at + interval => stored,
        before => make(ctx, before).await?,
    };
    cosigned(ctx, stored.size, stored.note).await
}

/// The last size that it cosigned (0: none).
pub async fn last_cosigned(ctx: &Ctx, witness: &WitnessVerifier) -> Result<u64, Refusal> {
    let row = ctx
        .app
        .db
        .one(&LAST_COSIGNED, args![witness.to_string()])
        .await?;
    Ok(row.opt_int("size")?.unwrap_or(0) as u64)
}

/// Keeps a witness's signature line below the checkpoint of this size, when it holds.
///
/// # Errors
/// When the line is not the witness's cosignature of that checkpoint.
pub async fn keep_cosignature(
    ctx: &Ctx,
    note: &str,
    size: u64,
    witness: &WitnessVerifier,
    line: &str,
) -> Result<(), Refusal> {
    let held = witness.cosigned(&format!("{note}{line}"));
    if held.map_err(Refusal::broken)?.is_none() {
        return Err(Refusal::broken(
            "the witness answered without its signature",
        ));
    }
    let args = args![size as i64, witness.to_string(), line, ctx.now.0];
    match ctx.keep(&COSIGNED, args).await {
        Ok(()) | Err(Refusal::Raced) => Ok(()),
        Err(other) => Err(other),
    }
}

/// Signs the log as it stands. [`Refusal::Raced`] when another gateway signed it since `before` was read.
async fn make(ctx: &Ctx, before: Option<Stored>) -> Result<Stored, Refusal> {
    let keys = keys::log(ctx).await?;
    let size = size(ctx).await?;
    if let Some(before) = before.as_ref().filter(|before| before.size == size) {
        return Ok(before.clone());
    }
    // Clocks may go back, and a key may be a moment younger than this request.
    let key_from = keys::history(ctx, &Owner::Log)
        .await?
        .last()
        .map_or(0, |key| key.from);
    let before_at = before.as_ref().map_or(0, |before| before.at);
    let at = ctx.now.0.max(key_from).max(before_at);
    let checkpoint = Checkpoint {
        origin: keys::origin(ctx).await?,
        size,
        root: root(ctx, size).await?,
    };
    if let Some(before) = before {
        let before = open(ctx, &before.note).await?;
        let reads = nodes(ctx, &ledger::reads_for_consistency(before.size, size)).await?;
        let proof =
            ledger::consistency_proof(before.size, size, &reads).map_err(Refusal::broken)?;
        checkpoint
            .follows(&before, &proof)
            .map_err(Refusal::broken)?;
    }
    let signers: Vec<_> = keys.iter().collect();
    let note = checkpoint.sign_all(&signers).map_err(Refusal::broken)?;
    ctx.keep(&ADD, args![size as i64, at, &note]).await?;
    Ok(Stored { size, at, note })
}

/// Reads a checkpoint of our own, whichever of the log's keys signed it.
async fn open(ctx: &Ctx, note: &str) -> Result<Checkpoint, Refusal> {
    let mut known = Vec::new();
    for key in keys::history(ctx, &Owner::Log).await? {
        known.push(key.vkey.parse::<VerifierKey>().map_err(Refusal::broken)?);
    }
    Checkpoint::open(note, &known).map_err(Refusal::broken)
}

/// The RFC 6962 audit path of an act (numbered from 0) in the log of `size` acts.
pub async fn inclusion(ctx: &Ctx, sequence: u64, size: u64) -> Result<Vec<Hash>, Refusal> {
    let reads = nodes(ctx, &ledger::reads_for_inclusion(size, sequence)).await?;
    ledger::inclusion_proof(size, sequence, &reads).map_err(Refusal::broken)
}

/// The RFC 6962 proof that the log of `new` acts begins with the log of `old` acts.
pub async fn consistency(ctx: &Ctx, old: u64, new: u64) -> Result<Vec<Hash>, Refusal> {
    let reads = nodes(ctx, &ledger::reads_for_consistency(old, new)).await?;
    ledger::consistency_proof(old, new, &reads).map_err(Refusal::broken)
}

/// The root of the first `size` acts.
pub async fn root(ctx: &Ctx, size: u64) -> Result<Hash, Refusal> {
    let reads = nodes(ctx, &ledger::reads_for_root(size)).await?;
    ledger::root(size, &reads).map_err(Refusal::broken)
}

/// Stored nodes by position; those that are not there are left out.
pub async fn nodes(ctx: &Ctx, positions: &[u64]) -> Result<BTreeMap<u64, Hash>, Refusal> {
    let mut found = BTreeMap::new();
    for some in positions.chunks(16) {
        let asked = (0..16).map(|n| Value::from(some[n.min(some.len() - 1)] as i64));
        let asked: Vec<Value> = asked.collect();
        for row in ctx.app.db.all(&NODES, &asked).await? {
            let hash = row.bytes("hash")?;
            let hash = hash
                .try_into()
                .map_err(|_| Refusal::broken("a ledger node is not 32 bytes"))?;
            found.insert(row.int("position")? as u64, hash);
        }
    }
    Ok(found)
}
