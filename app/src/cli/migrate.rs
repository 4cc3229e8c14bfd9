//! `aldgate migrate`.

use std::process::ExitCode;

use crate::cli::open::open_database;
use crate::kernel::clock::Clock;
use crate::settings::Settings;

/// Opening the database brings it up to date; this only says so and stops.
pub async fn migrate(settings: &Settings) -> Result<ExitCode, String> {
    let db = open_database(settings, &Clock::System).await?;
    println!("The schema is up to date.");
    db.close().await;
    Ok(ExitCode::SUCCESS)
}
