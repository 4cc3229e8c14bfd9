//! `aldgate packs check`: what the packs hold, and whether it holds together.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Subcommand;

use super::open::{load_files, pack_files};
use crate::settings::Settings;

#[derive(Subcommand)]
pub enum Asked {
    /// Read every pack file, run every scenario and case, and say what was found.
    Check {
        /// A folder of packs. Without one: the packs the gateway would use.
        folder: Option<PathBuf>,
    },
}

pub fn packs(settings: &Settings, asked: &Asked) -> Result<ExitCode, String> {
    let Asked::Check { folder } = asked;
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
            "Preview: {}, {} and {} rest on law that was not yet checked; a release without it would leave them out",
            count(unread.provisions, "provision"),
            count(unread.powers, "power"),
            count(unread.rules, "rule"),
        );
    }
    Ok(if report.ok() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn count(number: usize, word: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {word}{plural}")
}
