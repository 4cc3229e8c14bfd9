//! `aldgate import`: lists from other systems. Each shows first what it would do.

use std::process::ExitCode;

use clap::Subcommand;

use super::import_agreements;
use crate::settings::Settings;

#[derive(Subcommand)]
pub enum Asked {
    /// Agreements from a tab-separated sheet of the government's register of 2019.
    Agreements(import_agreements::Asked),
}

pub async fn import(settings: Settings, asked: &Asked) -> Result<ExitCode, String> {
    match asked {
        Asked::Agreements(asked) => import_agreements::agreements(settings, asked).await,
    }
}
