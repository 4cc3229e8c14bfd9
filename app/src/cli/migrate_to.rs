//! `aldgate migrate-to`: from the embedded database to PostgreSQL.

use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use db::moving::{Source, Table};
use db::{Db, DbError, Durability};

use crate::cli::ledger_fsck::fsck;
use crate::cli::settings::without_password;
use crate::kernel::app::MIGRATIONS;
use crate::kernel::clock::{Clock, stopwatch};
use crate::settings::Settings;

/// Values that stand in the way of a move are named up to this many.
const MAX_OBSTACLES: usize = 50;
/// How often the progress of a large table is said.
const SAY: Duration = Duration::from_secs(2);

#[derive(clap::Args)]
pub struct Asked {
    /// The connection string of an empty PostgreSQL database.
    #[arg(env = "ALDGATE_MIGRATE_TO", required_unless_present = "stay")]
    to: Option<String>,
    /// Give the move up: the embedded database is served again.
    #[arg(long)]
    stay: bool,
}

pub async fn migrate_to(settings: &Settings, asked: &Asked) -> Result<ExitCode, String> {
    if !settings.database.is_empty() {
        return Err(
            "This gateway does not use the embedded database: nothing is to be moved.".to_owned(),
        );
    }
    let file = settings.data.join("aldgate.db");
    if !file.exists() {
        return Err(format!(
            "There is no embedded database at {}.",
            file.display()
        ));
    }
    let done = match &asked.to {
        Some(to) if !asked.stay => moved(&file, to).await,
        _ => stay(&file),
    };
    done.map_err(|e| sentence(&e))
}

fn stay(file: &Path) -> Result<ExitCode, DbError> {
    Source::open(file)?.stay()?;
    eprintln!("The gateway stays with the embedded database.");
    Ok(ExitCode::SUCCESS)
}

async fn moved(file: &Path, to: &str) -> Result<ExitCode, DbError> {
    let now = Clock::System.now().0;
    // The schema of both is to be the same.
    let embedded = Db::sqlite(file, Durability::Full).await?;
    match embedded.migrate(MIGRATIONS, now).await {
        Ok(_) | Err(DbError::Moved { .. }) => embedded.close().await,
        Err(other) => return Err(other),
    }
    drop(embedded);
    let source = Source::open(file)?;
    let tables = source.tables()?;
    // Before anything is written anywhere.
    let obstacles = source.obstacles(&tables, MAX_OBSTACLES)?;
    if !obstacles.is_empty() {
        for obstacle in &obstacles {
            eprintln!("{obstacle}");
        }
        eprintln!(
            "PostgreSQL cannot take {}. Nothing was moved or changed: the gateway can be served as before. Mend what is \
             named above, in the gateway where it can be changed there, then run this again.",
            match obstacles.len() {
                1 => "this value".to_owned(),
                MAX_OBSTACLES =>
                    format!("these values, and there may be more than {MAX_OBSTACLES}"),
                many => format!("these {many} values"),
            }
        );
        return Ok(ExitCode::FAILURE);
    }
    let target = Db::postgres(to, None).await?;
    match target.migrate(MIGRATIONS, now).await {
        Ok(_) | Err(DbError::Unfinished) => {}
        Err(other) => return Err(other),
    }
    target.take_in(now).await?;
    for table in &tables {
        copy(&source, &target, table).await?;
    }
    eprintln!("Comparing every row …");
    let mut rows = 0;
    for table in &tables {
        let (here, there) = (source.sum(table)?, target.sum(table).await?);
        if here != there {
            eprintln!(
                "{}: {} rows here and {} there, and they are not the same: the gateway was used after the copy was begun. \
                 Empty the PostgreSQL database, then begin again. Until then the embedded one is served as before.",
                table.name, here.rows, there.rows
            );
            return Ok(ExitCode::FAILURE);
        }
        rows += here.rows;
    }
    eprintln!("Checking the ledger …");
    match fsck(&target).await {
        Ok(Ok(verified)) => eprintln!(
            "It holds: {} acts, root {}.",
            verified.size,
            hex::encode(verified.root)
        ),
        Ok(Err(why)) | Err(why) => {
            eprintln!(
                "The ledger does not hold: {why}. The embedded database was not changed, and is served as before."
            );
            return Ok(ExitCode::FAILURE);
        }
    }
    // Until here a move that fails or is broken off leaves the file to be served. From here it is not served, and only
    // then the new one is, so that nobody works in both.
    source.leave(&without_password(to), now)?;
    if let Err(failed) = target.taken_in().await {
        source.stay()?;
        return Err(failed);
    }
    target.close().await;
    eprintln!(
        "All {rows} rows are there. Now set `database` (ALDGATE_DATABASE) to the new place and start the gateway. Keep \
         the secret where it is: it is still needed. {} was not changed, and is not served any more.",
        file.display()
    );
    Ok(ExitCode::SUCCESS)
}

async fn copy(source: &Source, target: &Db, table: &Table) -> Result<(), DbError> {
    let whole = source.count(table, i64::MAX)?;
    let mut at = target.place(table).await?;
    let (mut done, mut said) = (source.count(table, at)?, stopwatch());
    if done > 0 {
        eprintln!("{}: {done} of {whole} were there already", table.name);
    }
    loop {
        let page = source.page(table, at)?;
        if page.rows == 0 {
            break;
        }
        target.take(table, &page).await?;
        (at, done) = (page.last, done + page.rows);
        if said.elapsed() > SAY {
            eprintln!("{}: {done} of {whole}", table.name);
            said = stopwatch();
        }
    }
    target.take_named(source, table).await?;
    eprintln!("{}: {done} of {whole}", table.name);
    Ok(())
}

fn sentence(error: &DbError) -> String {
    let text = error.to_string();
    let mut letters = text.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string());
    format!("{}{}.", first.unwrap_or_default(), letters.as_str())
}
