//! This gateway as a witness of other logs (C2SP tlog-witness): it cosigns a checkpoint when the log has
//! only grown since the last one it cosigned.

use db::{args, sql};
use ledger::{Checkpoint, CheckpointFault, Hash, VerifierKey};

use crate::kernel::{Ctx, Refusal};
use crate::ledger::keys;

sql! {
    ONE = "select size, root from witnessed where origin = $1";
    ADD = "insert into witnessed (origin, size, root, note, at) values ($1, $2, $3, $4, $5)";
    CHANGE = "update witnessed set size = $2, root = $3, note = $4, at = $5 where origin = $1 and size = $6";
}

/// Why a checkpoint was not cosigned.
#[derive(Debug, thiserror::Error)]
pub enum NotCosigned {
    #[error("this gateway does not watch that log")]
    UnknownOrigin,
    #[error("the checkpoint is not signed by the key of that log")]
    NotSigned,
    #[error("{0}")]
    Malformed(&'static str),
    /// The size last cosigned, from which the proof must start; also when the root of that very size differs.
    #[error("this witness last cosigned {0} acts")]
    Conflict(u64),
    #[error("the proof does not show that the log only grew")]
    NotConsistent,
    #[error(transparent)]
    Refused(#[from] Refusal),
}

/// Checks a checkpoint against the last one cosigned of the same log, remembers it and returns our
/// signature line. `old` is the size from which `proof` shows consistency.
///
/// # Errors
/// Nothing is remembered of a checkpoint that is not cosigned.
pub async fn add(ctx: &Ctx, old: u64, proof: &[Hash], note: &str) -> Result<String, NotCosigned> {
    let origin = note.lines().next().unwrap_or_default();
    let checkpoint = open(ctx, origin, note)?;
    if old > checkpoint.size {
        return Err(NotCosigned::Malformed("old is larger than the checkpoint"));
    }
    let key = keys::witness(ctx).await?;
    let (size, root) = last(ctx, origin).await?.unwrap_or((0, ledger::EMPTY_ROOT));
    let split = checkpoint.size == size && checkpoint.root != root;
    if old != size || (split && size > 0) {
        return Err(NotCosigned::Conflict(size));
    }
    ledger::verify_consistency(proof, size, root, checkpoint.size, checkpoint.root)
        .map_err(|_| NotCosigned::NotConsistent)?;
    let (new, root) = (checkpoint.size as i64, &checkpoint.root[..]);
    // Where somebody else was first, theirs is the last one cosigned: the sender must start from there.
    let changed = args![origin, new, root, note, ctx.now.0, size as i64];
    let kept = match ctx.keep(&CHANGE, changed).await {
        Err(Refusal::Raced) if size == 0 => {
            ctx.keep(&ADD, args![origin, new, root, note, ctx.now.0])
                .await
        }
        other => other,
    };
    match kept {
        Ok(()) => {}
        Err(Refusal::Raced) => {
            let size = last(ctx, origin).await?.map_or(0, |(size, _)| size);
            return Err(NotCosigned::Conflict(size));
        }
        Err(other) => return Err(other.into()),
    }
    let (text, _) = note
        .split_once("\n\n")
        .ok_or(NotCosigned::Malformed("not a signed note"))?;
    Ok(key.cosign(&format!("{text}\n"), (ctx.now.0 / 1_000_000) as u64))
}

fn open(ctx: &Ctx, origin: &str, note: &str) -> Result<Checkpoint, NotCosigned> {
    let mut known = Vec::new();
    for text in &ctx.app.settings.witnessed_logs {
        let key: VerifierKey = text.parse().map_err(Refusal::broken)?;
        if key.origin() == origin {
            known.push(key);
        }
    }
    if known.is_empty() {
        return Err(NotCosigned::UnknownOrigin);
    }
    Checkpoint::open(note, &known).map_err(|fault| match fault {
        CheckpointFault::Malformed => NotCosigned::Malformed("not a checkpoint"),
        _ => NotCosigned::NotSigned,
    })
}

async fn last(ctx: &Ctx, origin: &str) -> Result<Option<(u64, Hash)>, Refusal> {
    let row = ctx.app.db.optional(&ONE, args![origin]).await?;
    row.map(|row| {
        let root = row.bytes("root")?.try_into();
        let root = root.map_err(|_| Refusal::broken("a witnessed root is not 32 bytes"))?;
        Ok((row.int("size")? as u64, root))
    })
    .transpose()
}
