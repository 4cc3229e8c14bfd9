//! The command line: one executable with subcommands, one file each.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use serde::Serialize;

use crate::settings::Settings;

mod open;
mod serve;

pub use open::{load_packs, open};

#[derive(Parser)]
#[command(
    name = "aldgate",
    version,
    about = "An open information sharing gateway"
)]
struct Cli {
    /// A TOML file of settings.
    #[arg(long, global = true, env = "ALDGATE_CONFIG")]
    config: Option<PathBuf>,
    #[command(flatten)]
    flags: Flags,
    #[command(subcommand)]
    command: Command,
}

/// Settings given as flags. What is not given is left to the environment, the file and defaults.
#[derive(clap::Args, Serialize)]
struct Flags {
    /// The folder of the embedded database.
    #[arg(long, global = true)]
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<PathBuf>,
    /// The address and port to serve on.
    #[arg(long, global = true)]
    #[serde(skip_serializing_if = "Option::is_none")]
    listen: Option<String>,
    /// A PostgreSQL connection string, in place of the embedded database.
    #[arg(long, global = true)]
    #[serde(skip_serializing_if = "Option::is_none")]
    database: Option<String>,
    /// A folder of packs, in place of the ones in the program.
    #[arg(long, global = true)]
    #[serde(skip_serializing_if = "Option::is_none")]
    packs: Option<String>,
    /// The address people reach the gateway at.
    #[arg(long, global = true)]
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    /// Fill an empty gateway with the demo coalition; anybody can sign in as its made-up people.
    #[arg(long, global = true)]
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    demo: bool,
    /// Let demo mode listen on an address that other machines can reach.
    #[arg(long, global = true)]
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    demo_anywhere: bool,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the gateway.
    Serve,
}

/// Runs the command line.
pub async fn run() -> ExitCode {
    let cli = Cli::parse();
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_env("ALDGATE_LOG")
                .unwrap_or_else(|_| "info,sqlx=warn".into()),
        )
        .init();
    let settings = match Settings::read(cli.config.as_deref(), &cli.flags) {
        Ok(settings) => settings,
        Err(error) => return fail(2, format!("The settings cannot be read: {error}")),
    };
    let done = match cli.command {
        Command::Serve => serve::serve(settings).await,
    };
    match done {
        Ok(code) => code,
        Err(error) => fail(1, error),
    }
}

fn fail(code: u8, message: impl std::fmt::Display) -> ExitCode {
    eprintln!("aldgate: {message}");
    ExitCode::from(code)
}
