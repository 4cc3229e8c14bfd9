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
    EARLIER = "select digest from pack_sets where digest <> $1 order by first_used_at desc, digest limit 100";
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

/// The packs of today, if they know a type, and else those that knew it last.
///
/// # Errors
/// When the database cannot be read.
pub async fn with_type(ctx: &Ctx, type_id: &str) -> Result<Arc<Packs>, Refusal> {
    match ctx.app.packs.record_type(type_id) {
        Some(_) => Ok(ctx.app.packs.clone()),
        None => last_that_knew(ctx, type_id, "").await,
    }
}

/// The packs that last knew a type and a state of it, whatever those of today say. Where none is kept that knew
/// both, what is lacking is put in its place: a record can always be read.
///
/// # Errors
/// When the database cannot be read.
pub async fn last_that_knew(ctx: &Ctx, type_id: &str, state: &str) -> Result<Arc<Packs>, Refusal> {
    let key = (type_id.to_owned(), state.to_owned());
    if let Some(known) = ctx.app.last_packs.get(&key) {
        return Ok(known);
    }
    let knows_state = |packs: &Packs| {
        let record_type = packs.record_type(type_id);
        record_type.is_some_and(|t| state.is_empty() || t.workflow.state(state).is_some())
    };
    let mut nearest = None;
    let found = find(ctx, type_id, |packs| {
        if knows_state(packs) {
            return Some(packs.clone());
        }
        if nearest.is_none() {
            nearest = Some(packs.clone());
        }
        None
    })
    .await?;
    let packs = found.unwrap_or_else(|| {
        let today = &ctx.app.packs;
        let knows_type = today.record_type(type_id).is_some();
        let nearest = nearest.filter(|_| !knows_type);
        Arc::new(
            nearest
                .as_ref()
                .unwrap_or(today)
                .with_unknown(type_id, state),
        )
    });
    ctx.app.last_packs.insert(key, packs.clone());
    Ok(packs)
}

/// What the newest of the earlier packs that have a type says, of those that say something.
pub(super) async fn find<T>(
    ctx: &Ctx,
    type_id: &str,
    mut says: impl FnMut(&Arc<Packs>) -> Option<T>,
) -> Result<Option<T>, Refusal> {
    let today = ctx.app.packs.digest.as_str();
    for row in ctx.app.db.all(&EARLIER, args![today]).await? {
        let digest = row.text("digest")?;
        let under = under(ctx, &digest).await?;
        if under.substitute || under.packs.record_type(type_id).is_none() {
            continue;
        }
        if let Some(said) = says(&under.packs) {
            return Ok(Some(said));
        }
    }
    Ok(None)
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
