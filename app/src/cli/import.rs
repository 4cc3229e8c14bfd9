//! `aldgate import`: lists from other systems. Each shows first what it would do.

use std::process::ExitCode;

use clap::Subcommand;

use crate::cli::{import_agreements, import_organisations};
use crate::settings::Settings;

#[derive(Subcommand)]
pub enum Asked {
    /// Agreements from a tab-separated sheet of the government's register of 2019.
    Agreements(import_agreements::Asked),
    /// Organisations from a CSV file with the columns name, kind, area, fee_number, ods_code and standing.
    Organisations(import_organisations::Asked),
}

pub async fn import(settings: Settings, asked: &Asked) -> Result<ExitCode, String> {
    match asked {
        Asked::Agreements(asked) => import_agreements::agreements(settings, asked).await,
        Asked::Organisations(asked) => import_organisations::organisations(settings, asked).await,
    }
}
