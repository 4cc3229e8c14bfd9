//! `aldgate ledger fsck`: recomputes the whole ledger from what is stored.

use db::{Db, DbError, Snapshot, args, sql};
use ledger::{Checkpoint, StoredAct, Verification, Verified, VerifierKey, WitnessVerifier};

sql! {
    SIZE = "select size from ledger_size where id = 1";
    ACTS = "select sequence, act, salt, entry from acts where sequence >= $1 order by sequence limit $2";
    NODES = "select position, hash from ledger_nodes where position >= $1 and position < $2 order by position";
    MORE_NODES = "select position from ledger_nodes where position >= $1 order by position limit 1";
    CHECKPOINTS = "select size, at, note from checkpoints order by size";
    COSIGNATURES = "select size, witness, line from cosignatures order by size, witness";
    KEYS = "select owner, number, vkey, from_at, until_at from keys order by owner, number";
    KEY_ACTS = "select act from acts where kind = 'key.made' order by sequence";
}

/// Acts checked at a time, so that a long ledger needs little memory.
const PAGE: i64 = 2_000;

/// The ledger's size and root, or the first place where it does not hold. All of it is looked at as it stood when
/// the check began: a gateway may write meanwhile.
///
/// # Errors
/// When the database cannot be read.
pub async fn fsck(db: &Db) -> Result<Result<Verified, String>, String> {
    let mut seen = db.snapshot().await.map_err(|e| e.to_string())?;
    match check(&mut seen).await {
        Ok(verified) => Ok(Ok(verified)),
        Err(Stop::Found(place)) => Ok(Err(place)),
        Err(Stop::Broken(e)) => Err(e.to_string()),
    }
}

/// Why a check ended early.
enum Stop {
    Found(String),
    Broken(DbError),
}

impl From<DbError> for Stop {
    fn from(error: DbError) -> Stop {
        Stop::Broken(error)
    }
}

fn found(place: impl ToString) -> Stop {
    Stop::Found(place.to_string())
}

async fn check(db: &mut Snapshot) -> Result<Verified, Stop> {
    let keys = keys(db).await?;
    let checkpoints = checkpoints(db, &keys).await?;
    let size = db.one(&SIZE, &[]).await?.int("size")?;
    let mut verification = Verification::new(checkpoints).map_err(found)?;
    let mut next = 0;
    loop {
        let acts = acts(db, next).await?;
        if acts.is_empty() {
            break;
        }
        let to = next + acts.len() as i64;
        let range = ledger::nodes_of(next as u64..to as u64);
        let mut nodes = Vec::new();
        for row in db
            .all(&NODES, args![range.start as i64, range.end as i64])
            .await?
        {
            nodes.push((row.int("position")? as u64, row.bytes("hash")?));
        }
        verification.page(acts, nodes).map_err(found)?;
        next = to;
    }
    let end = ledger::nodes_of(0..verification.size()).end as i64;
    let acts = verification.size();
    // A signed log that was cut off is named as such before its count is.
    let verified = verification.finish().map_err(found)?;
    if acts as i64 != size {
        return Err(Stop::Found(format!(
            "the log has {acts} acts, but its size is kept as {size}"
        )));
    }
    if let Some(row) = db.optional(&MORE_NODES, args![end]).await? {
        let position = row.int("position")?;
        return Err(Stop::Found(format!(
            "stored node {position} belongs to no act"
        )));
    }
    made_by_acts(db, &keys).await?;
    Ok(verified)
}

async fn acts(db: &mut Snapshot, from: i64) -> Result<Vec<StoredAct>, DbError> {
    let rows = db.all(&ACTS, args![from, PAGE]).await?;
    let read = rows.iter().map(|row| {
        Ok(StoredAct {
            seq: row.int("sequence")? as u64,
            salt: row.opt_bytes("salt")?,
            act: row.opt_text("act")?,
            entry: row.bytes("entry")?,
        })
    });
    read.collect()
}

/// A key as it is kept.
struct Key {
    owner: String,
    number: i64,
    vkey: String,
    from: i64,
    until: Option<i64>,
}

async fn keys(db: &mut Snapshot) -> Result<Vec<Key>, DbError> {
    let rows = db.all(&KEYS, &[]).await?;
    let read = rows.iter().map(|row| {
        Ok(Key {
            owner: row.text("owner")?,
            number: row.int("number")?,
            vkey: row.text("vkey")?,
            from: row.int("from_at")?,
            until: row.opt_int("until_at")?,
        })
    });
    read.collect()
}

/// Each checkpoint is signed by a key that counted when it was made; each cosignature holds.
async fn checkpoints(db: &mut Snapshot, keys: &[Key]) -> Result<Vec<Checkpoint>, Stop> {
    let mut cosigned = db.all(&COSIGNATURES, &[]).await?.into_iter().peekable();
    let (mut opened, mut before) = (Vec::new(), i64::MIN);
    for row in db.all(&CHECKPOINTS, &[]).await? {
        let (size, at, note) = (row.int("size")?, row.int("at")?, row.text("note")?);
        let wrong = |why: &dyn std::fmt::Display| {
            Stop::Found(format!("the checkpoint of {size} acts: {why}"))
        };
        if at < before {
            return Err(wrong(&"it was made before a smaller one"));
        }
        before = at;
        let mut known = Vec::new();
        for key in keys.iter().filter(|key| key.owner == "log") {
            // A key begins with the request that made it; a checkpoint of that moment is its first.
            if key.from <= at && key.until.is_none_or(|until| at < until) {
                known.push(key.vkey.parse::<VerifierKey>().map_err(|e| wrong(&e))?);
            }
        }
        let checkpoint = Checkpoint::open(&note, &known)
            .map_err(|e| wrong(&format!("{e} (of those that counted when it was made)")))?;
        if checkpoint.size as i64 != size {
            return Err(wrong(&format!("it signs {} acts", checkpoint.size)));
        }
        while let Some(line) = cosigned.peek() {
            if line.int("size")? != size {
                break;
            }
            let (witness, line) = (line.text("witness")?, line.text("line")?);
            let key: WitnessVerifier = witness.parse().map_err(|e| wrong(&e))?;
            match key.cosigned(&format!("{note}{line}")) {
                Ok(Some(_)) => {}
                _ => {
                    return Err(wrong(&format!(
                        "the cosignature of {witness} does not hold"
                    )));
                }
            }
            cosigned.next();
        }
        opened.push(checkpoint);
    }
    Ok(opened)
}

/// Every key was made by an act: one that was put in beside the log is found.
async fn made_by_acts(db: &mut Snapshot, keys: &[Key]) -> Result<(), Stop> {
    let mut made = std::collections::BTreeSet::new();
    for row in db.all(&KEY_ACTS, &[]).await? {
        let act = row.opt_text("act")?.unwrap_or_default();
        let act: serde_json::Value = serde_json::from_str(&act).map_err(found)?;
        let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
        made.insert((text(&act["subject"]), text(&act["detail"]["vkey"])));
    }
    for key in keys {
        if !made.contains(&(key.owner.clone(), key.vkey.clone())) {
            return Err(Stop::Found(format!(
                "key {} of {} ({}) was made by no act",
                key.number, key.owner, key.vkey
            )));
        }
    }
    Ok(())
}
