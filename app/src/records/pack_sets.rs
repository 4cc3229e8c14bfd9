//! Every set of packs a gateway has run on is kept: a text that was issued is read with the packs it
//! was issued under, and an agreement's law can be compared with a later one.

use std::collections::BTreeMap;
use std::sync::Arc;

use db::{args, sql};
use packs::{Files, Packs};

use crate::kernel::{Act, Change, Ctx, Refusal};

sql! {
    KNOWN = "select digest from pack_sets where digest = $1";
    ADD = "insert into pack_sets (digest, name, version, files, first_used_at) values ($1, $2, $3, $4, $5)";
    ALL = "select digest, name, version, first_used_at from pack_sets order by first_used_at desc, digest limit 100";
    FILES = "select files from pack_sets where digest = $1";
}

/// A set of packs this gateway has run on.
#[derive(Debug, Clone)]
pub struct PackSet {
    pub digest: String,
    pub name: String,
    pub version: String,
    pub first_used_at: i64,
}

/// Keeps the running packs, once.
pub async fn keep(ctx: &Ctx, files: &Files) -> Result<(), Refusal> {
    let packs = &ctx.app.packs;
    if ctx
        .app
        .db
        .optional(&KNOWN, args![packs.digest.as_str()])
        .await?
        .is_some()
    {
        return Ok(());
    }
    let texts: BTreeMap<&str, &str> = files.iter().collect();
    let texts = serde_json::to_string(&texts).map_err(Refusal::broken)?;
    let act = Act::new("packs.loaded", &packs.digest).with("version", packs.version.as_str());
    let change = Change::new(act).write_one(
        &ADD,
        args![
            packs.digest.as_str(),
            packs.name.as_str(),
            packs.version.as_str(),
            texts,
            ctx.now.0
        ],
    );
    match ctx.commit(change).await {
        // Another process keeps the same packs at the same moment.
        Err(Refusal::Raced) => Ok(()),
        done => done,
    }
}

/// The newest hundred, newest first.
pub async fn all(ctx: &Ctx) -> Result<Vec<PackSet>, Refusal> {
    ctx.app
        .db
        .all(&ALL, &[])
        .await?
        .iter()
        .map(|row| {
            Ok(PackSet {
                digest: row.text("digest")?,
                name: row.text("name")?,
                version: row.text("version")?,
                first_used_at: row.int("first_used_at")?,
            })
        })
        .collect()
}

/// The packs a text was written under.
#[derive(Debug, Clone)]
pub struct Under {
    pub packs: Arc<Packs>,
    /// The text's own packs cannot be had or read, so those of today stand in for them.
    pub substitute: bool,
}

impl Under {
    /// The packs that the gateway runs on.
    pub fn today(ctx: &Ctx) -> Under {
        Under {
            packs: ctx.app.packs.clone(),
            substitute: false,
        }
    }
}

/// The packs that a text names, parsed once for as long as they are kept in memory.
///
/// # Errors
/// When the database cannot be read.
pub async fn under(ctx: &Ctx, digest: &str) -> Result<Under, Refusal> {
    if digest == ctx.app.packs.digest {
        return Ok(Under::today(ctx));
    }
    if let Some(packs) = ctx.app.old_packs.get(digest) {
        return Ok(Under {
            packs,
            substitute: false,
        });
    }
    match load(ctx, digest).await {
        Ok(packs) => {
            let packs = Arc::new(packs);
            ctx.app.old_packs.insert(digest.to_owned(), packs.clone());
            Ok(Under {
                packs,
                substitute: false,
            })
        }
        Err(Refusal::NotFound | Refusal::NotNow(_)) => Ok(Under {
            substitute: true,
            ..Under::today(ctx)
        }),
        Err(other) => Err(other),
    }
}

/// A kept set, loaded again.
pub async fn load(ctx: &Ctx, digest: &str) -> Result<Packs, Refusal> {
    let row = ctx
        .app
        .db
        .optional(&FILES, args![digest])
        .await?
        .ok_or(Refusal::NotFound)?;
    let texts: BTreeMap<String, String> =
        serde_json::from_str(&row.text("files")?).map_err(Refusal::broken)?;
    let read = tokio::task::spawn_blocking(move || Packs::load_kept(&Files::new(texts)));
    read.await.map_err(Refusal::broken)?.map_err(|faults| {
        let first = faults.first().map(ToString::to_string).unwrap_or_default();
        Refusal::NotNow(format!(
            "This version of Aldgate cannot read those older packs any more: {first}"
        ))
    })
}
