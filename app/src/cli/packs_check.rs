//! `aldgate packs check`: what the packs hold, and whether it holds together.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Subcommand;
use packs::Packs;

use crate::cli::doctor;
use crate::cli::open::{in_full, load_files, pack_files};
use crate::records::outlived;
use crate::records::outlived::LeftBehind;
use crate::settings::Settings;

#[derive(Subcommand)]
pub enum Asked {
    /// Read every pack file, run every scenario and case, and say what was found.
    Check {
        /// A folder of packs. Without one: the packs the gateway would use.
        folder: Option<PathBuf>,
        /// Say what these packs would leave behind in a gateway: the folder of its data, the file of its database or
        /// the address of its PostgreSQL. Without a value: in the gateway of the settings.
        #[arg(long, value_name = "WHERE", num_args = 0..=1, default_missing_value = "")]
        against: Option<String>,
    },
}

pub async fn packs(settings: &Settings, asked: &Asked) -> Result<ExitCode, String> {
    let Asked::Check { folder, against } = asked;
    let files = match folder {
        Some(folder) => pack_files(&folder.display().to_string())?,
        None => pack_files(&settings.packs)?,
    };
    let packs = match load_files(&files) {
        Ok(packs) => packs,
        Err(faults) => {
            for fault in &faults {
                println!("{fault}");
            }
            println!("{} found", count(faults.len(), "fault"));
            return Ok(ExitCode::FAILURE);
        }
    };
    let report = packs::check(&packs);
    println!(
        "Packs: {} {}, {}",
        packs.name,
        packs.version_name(),
        packs.digest
    );
    println!("{report}");
    let unread = packs.unchecked();
    if !unread.is_empty() {
        println!(
            "Preview: {}, {}, {} and {} rest on law that was not yet checked; a release without it would leave them out",
            count(unread.provisions, "provision"),
            count(unread.powers, "power"),
            count(unread.rules, "rule"),
            count(unread.clocks, "clock"),
        );
    }
    let left = match against {
        Some(wanted) => left_behind(settings, wanted, &packs).await?,
        None => LeftBehind::default(),
    };
    Ok(if report.ok() && left.is_well() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Says what the packs would leave behind in a gateway.
async fn left_behind(
    settings: &Settings,
    wanted: &str,
    packs: &Packs,
) -> Result<LeftBehind, String> {
    let mut settings = settings.clone();
    if wanted.starts_with("postgres://") || wanted.starts_with("postgresql://") {
        wanted.clone_into(&mut settings.database);
    } else if !wanted.is_empty() {
        let place = PathBuf::from(wanted);
        let folder = place.parent().filter(|_| place.is_file());
        settings.data = folder.map_or(place.clone(), PathBuf::from);
        settings.database.clear();
    }
    let db = doctor::connect(&settings).await?.ok_or_else(|| {
        format!(
            "There is no gateway in {}. Name the folder of its data or the address of its PostgreSQL",
            settings.data.display()
        )
    })?;
    let left = outlived::examine(&db, packs).await;
    db.close().await;
    let left = left.map_err(in_full)?;
    if left.is_well() {
        println!("Every record stands where these packs know it");
    } else {
        println!("{left}");
    }
    if let Some(drafts) = left.of_drafts() {
        println!("{drafts}");
    }
    Ok(left)
}

fn count(number: usize, word: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {word}{plural}")
}
