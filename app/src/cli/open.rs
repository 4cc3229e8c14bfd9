//! Opening a gateway from its settings: packs, database, schema.

use std::path::Path;
use std::sync::Arc;

use db::{Db, Durability};
use packs::{Files, Packs};
use rust_embed::RustEmbed;

use crate::features::impact::pack_sets;
use crate::kernel::app::MIGRATIONS;
use crate::kernel::clock::Clock;
use crate::kernel::entropy::Entropy;
use crate::kernel::{App, Ctx};
use crate::settings::Settings;

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

fn read_packs(files: &Files) -> Result<Packs, String> {
    Packs::load(files).map_err(|faults| {
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

/// Everything a running gateway needs.
pub async fn open(settings: Settings) -> Result<Arc<App>, String> {
    settings.check()?;
    let files = pack_files(&settings.packs)?;
    let packs = Arc::new(read_packs(&files)?);
    let clock = Clock::System;
    let db = open_database(&settings, &clock).await?;
    let app = App::new(db, packs, clock, Entropy::System, settings);
    pack_sets::keep(&Ctx::new(app.clone(), None), &files)
        .await
        .map_err(|e| format!("The packs cannot be kept in the database: {e}"))?;
    Ok(app)
}
