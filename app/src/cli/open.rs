//! Opening a gateway from its settings: packs, database, schema.

use std::path::Path;
use std::sync::Arc;

use db::{Db, Durability, sql};
use packs::{Fault, Files, Packs};
use rust_embed::RustEmbed;

use crate::cli::{doctor, json_text, secret_file};
use crate::kernel::app::MIGRATIONS;
use crate::kernel::clock::Clock;
use crate::kernel::entropy::Entropy;
use crate::kernel::{App, Ctx, Refusal, Secret};
use crate::ledger::keys;
use crate::records::pack_sets;
use crate::settings::Settings;

sql! {
    KEYS = "select count(*) as kept from keys";
}

#[derive(RustEmbed)]
#[folder = "../packs"]
#[include = "*.toml"]
struct Embedded;

/// The pack files in the program, or those of a folder.
///
/// # Errors
/// Says which folder cannot be read.
pub fn pack_files(folder: &str) -> Result<Files, String> {
    if folder.is_empty() {
        return Ok(Files::new(Embedded::iter().filter_map(|path| {
            let file = Embedded::get(&path)?;
            Some((
                path.into_owned(),
                String::from_utf8_lossy(&file.data).into_owned(),
            ))
        })));
    }
    Files::from_dir(Path::new(folder))
        .map_err(|e| format!("The packs in {folder} cannot be read: {e}"))
}

/// Loads and checks the packs.
///
/// # Errors
/// Every fault on a line of its own: file, line, what is wrong and the cure.
pub fn load_packs(folder: &str) -> Result<Packs, String> {
    read_packs(&pack_files(folder)?)
}

/// Loads and checks the packs, with the operator's bank holidays.
///
/// # Errors
/// Every fault of the packs, or what is wrong with the file of holidays.
pub fn load_packs_with_holidays(settings: &Settings) -> Result<Packs, String> {
    with_holidays(load_packs(&settings.packs)?, settings)
}

fn with_holidays(mut packs: Packs, settings: &Settings) -> Result<Packs, String> {
    if settings.holidays.is_empty() {
        return Ok(packs);
    }
    let fault = |why: String| format!("The bank holidays in {}: {why}", settings.holidays);
    let text = std::fs::read_to_string(&settings.holidays)
        .map_err(|e| fault(format!("they cannot be read: {e}")))?;
    let text = text.trim_start_matches('\u{feff}');
    json_text::check(text).map_err(fault)?;
    let read = packs.clocks.holidays.read_feed(text);
    read.map_err(|e| fault(e.to_string()))?;
    Ok(packs)
}

/// Types that pages of this program are about: without one of them it cannot be served.
const NEEDED: [&str; 3] = ["agreement", "assurance", "memorandum"];

/// Packs without a fault, and with every type that this program needs.
///
/// # Errors
/// Every fault that was found.
pub fn load_files(files: &Files) -> Result<Packs, Vec<Fault>> {
    let packs = Packs::load(files)?;
    let lacking: Vec<Fault> = NEEDED
        .iter()
        .filter(|id| packs.record_type(id).is_none())
        .map(|id| Fault {
            file: format!("agreements/{id}/type.toml"),
            line: 1,
            what: format!("There is no type \"{id}\", and this program has pages for it"),
            cure: "Put its folder back".to_owned(),
        })
        .collect();
    if lacking.is_empty() {
        Ok(packs)
    } else {
        Err(lacking)
    }
}

fn read_packs(files: &Files) -> Result<Packs, String> {
    load_files(files).map_err(|faults| {
        let lines: Vec<String> = faults.iter().map(ToString::to_string).collect();
        format!(
            "The packs have {} fault(s):\n{}",
            lines.len(),
            lines.join("\n")
        )
    })
}

/// Opens the database and brings its schema up to date.
pub async fn open_database(settings: &Settings, clock: &Clock) -> Result<Db, String> {
    let db = if settings.database.is_empty() {
        std::fs::create_dir_all(&settings.data).map_err(|e| {
            format!(
                "The data folder {} cannot be made: {e}",
                settings.data.display()
            )
        })?;
        Db::sqlite(&settings.data.join("aldgate.db"), Durability::Full).await
    } else {
        Db::postgres(&settings.database, None).await
    }
    .map_err(|e| e.to_string())?;
    let applied = db
        .migrate(MIGRATIONS, clock.now().0)
        .await
        .map_err(|e| e.to_string())?;
    for name in applied {
        tracing::info!(name, "schema step applied");
    }
    Ok(db)
}

fn is_on_read_only_disk(settings: &Settings) -> bool {
    settings.database.is_empty()
        && settings.data.join("aldgate.db").exists()
        && tempfile::tempfile_in(&settings.data).is_err()
}

/// Opens a copy that cannot be written, such as a snapshot, as it is.
async fn open_copy(settings: &Settings) -> Result<Db, String> {
    let db = Db::sqlite_copy(&settings.data.join("aldgate.db")).await;
    let db = db.map_err(|e| e.to_string())?;
    doctor::schema(&db).await.map_err(|why| {
        format!("This copy lies on a disk that cannot be written, and {why}. Copy it to another disk first.")
    })?;
    Ok(db)
}

/// What a gateway is opened for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opening {
    /// Everything, signing included: the secret must be the one that the keys were made from.
    ToWork,
    /// Nothing is signed: the secret may be missing.
    ToRead,
    /// The secret is not the one that the keys were made from; the command ends those keys.
    WithANewSecret,
}

/// Everything a running gateway needs. A new gateway gets its secret and the log's key.
pub async fn open(settings: Settings) -> Result<Arc<App>, String> {
    open_as(settings, Opening::ToWork).await
}

/// Opens the gateway for less than all its work, too.
pub async fn open_as(settings: Settings, opening: Opening) -> Result<Arc<App>, String> {
    settings.check()?;
    let files = pack_files(&settings.packs)?;
    let packs = Arc::new(with_holidays(read_packs(&files)?, &settings)?);
    let clock = Clock::System;
    let db = match open_database(&settings, &clock).await {
        Err(_) if opening == Opening::ToRead && is_on_read_only_disk(&settings) => {
            open_copy(&settings).await?
        }
        opened => opened?,
    };
    let entropy = Entropy::System;
    let secret = match secret_file::read(&settings)? {
        Some(secret) => secret,
        // What this one would make is no key of the gateway, so nothing can be signed with it.
        None if opening == Opening::ToRead => Secret::random(&entropy),
        None => {
            let kept = db.one(&KEYS, &[]).await.map_err(|e| e.to_string())?;
            if kept.int("kept").map_err(|e| e.to_string())? > 0 {
                return Err(format!(
                    "The secret {} is missing. Bring it back from a copy, or follow “The secret is lost” in \
                     docs/keys.md.",
                    secret_file::place(&settings).display()
                ));
            }
            secret_file::make(&settings, &entropy)?
        }
    };
    let app = App::new(db, packs, clock, entropy, secret, settings);
    let ctx = Ctx::new(app.clone(), None);
    if opening == Opening::ToWork {
        keys::prepare(&ctx).await.map_err(in_full)?;
    }
    if opening != Opening::ToRead {
        pack_sets::keep(&ctx, &files)
            .await
            .map_err(|e| format!("The packs cannot be kept in the database: {e}"))?;
    }
    Ok(app)
}

/// On the command line the operator reads what went wrong inside, too.
pub(super) fn in_full(refusal: Refusal) -> String {
    match refusal {
        Refusal::Broken(source) => source.to_string(),
        other => other.words().1,
    }
}
