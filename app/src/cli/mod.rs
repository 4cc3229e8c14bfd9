//! The command line: one executable with subcommands, one file each.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use serde::Serialize;

use crate::settings::Settings;

// Its macros are known to the modules after it.
#[macro_use]
mod output;

pub mod behind_proxy;
mod claims;
mod clocks;
pub mod connections;
mod demo;
mod doctor;
mod domains;
mod evidence;
mod import;
mod import_agreements;
mod import_organisations;
pub mod invite;
mod json_text;
mod keys;
mod law;
mod ledger;
mod ledger_audit;
mod ledger_fsck;
mod limits;
mod migrate;
mod migrate_to;
mod open;
mod organisations;
mod packs_check;
mod register;
mod rules;
mod secret_file;
mod security;
mod serve;
mod settings;
mod vectors;
mod verify;

pub use ledger_audit::audit;
pub use ledger_fsck::fsck;
pub use limits::{LIMITS, limits_page};
pub use open::{load_files, load_packs, open, pack_files};
pub use settings::{LISTING, listing};

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
    /// The address or name, and the port, to serve on.
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
    /// A file of bank holidays beside the ones in the packs: the government's list, or days to add and to strike.
    #[arg(long, global = true)]
    #[serde(skip_serializing_if = "Option::is_none")]
    holidays: Option<String>,
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
    /// Bring the database's schema up to date.
    Migrate,
    /// Move the gateway from the embedded database to PostgreSQL. Goes on where it stopped.
    MigrateTo(migrate_to::Asked),
    /// Say what is wrong with the settings, the data folder, the database and the packs.
    Doctor(doctor::Asked),
    /// List every setting with its value. Passwords are left out.
    Settings(settings::Asked),
    /// Check packs.
    #[command(subcommand)]
    Packs(packs_check::Asked),
    /// Ask the rules of the packs.
    #[command(subcommand)]
    Rules(rules::Asked),
    /// Last days by the law's clocks, with their sums.
    #[command(subcommand)]
    Clocks(clocks::Args),
    /// Check the ledger, follow another gateway's, and erase an act.
    #[command(subcommand)]
    Ledger(ledger::Asked),
    /// Read registers.
    #[command(subcommand)]
    Register(register::Asked),
    /// List and rotate the keys that sign.
    #[command(subcommand)]
    Keys(keys::Asked),
    /// People who say that a listed organisation is theirs.
    #[command(subcommand)]
    Claims(claims::Asked),
    /// Organisations that nobody has confirmed.
    #[command(subcommand)]
    Organisations(organisations::Asked),
    /// E-mail domains that organisations say are their own.
    #[command(subcommand)]
    Domains(domains::Asked),
    /// Make a link with which a person sets a password.
    Invite(invite::Asked),
    /// Bring in lists from other systems.
    #[command(subcommand)]
    Import(import::Asked),
    /// Make a coalition to measure or to try out.
    #[command(subcommand)]
    Demo(demo::Asked),
    /// What a change of law touches.
    #[command(subcommand)]
    Law(law::Law),
    /// Hand out what proves an agreement.
    #[command(subcommand)]
    Evidence(evidence::Asked),
    /// Check the evidence of an agreement, offline: 0 when it holds, 1 when something does not, 2 when
    /// the file cannot be read.
    Verify(verify::Asked),
    /// Work out cases of the rules, so that another program can be compared.
    #[command(subcommand)]
    Vectors(vectors::Args),
}

/// Runs the command line.
pub async fn run() -> ExitCode {
    let arguments = std::env::args_os();
    let found = arguments
        .filter_map(|argument| argument.into_string().ok())
        .find_map(|argument| argument.chars().find(|c| text::is_no_text(*c)));
    if let Some(c) = found {
        let c = text::called(c);
        return fail(
            2,
            format!("an argument holds {c}, which is no text. Take it out."),
        );
    }
    let cli = Cli::parse();
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        // Not with std's eprintln!, which panics when nobody reads.
        .log_internal_errors(false)
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_env("ALDGATE_LOG")
                .unwrap_or_else(|_| "info,sqlx=warn".into()),
        )
        .init();
    // Needs no gateway: no settings, no database, no network.
    if let Command::Verify(asked) = &cli.command {
        return verify::verify(asked);
    }
    if let Command::Vectors(args) = &cli.command {
        return vectors::run(args);
    }
    let settings = Settings::read(cli.config.as_deref(), &cli.flags)
        .map_err(|error| format!("The settings cannot be read: {error}"));
    if let Command::Doctor(asked) = &cli.command {
        return doctor::doctor(settings, asked).await;
    }
    let settings = match settings {
        Ok(settings) => settings,
        Err(error) => return fail(2, error),
    };
    let done = match cli.command {
        Command::Serve => serve::serve(settings).await,
        Command::Migrate => migrate::migrate(&settings).await,
        Command::MigrateTo(asked) => migrate_to::migrate_to(&settings, &asked).await,
        Command::Doctor(_) => unreachable!("answered above"),
        Command::Settings(asked) => settings::settings(&settings, &asked),
        Command::Packs(asked) => packs_check::packs(&settings, &asked).await,
        Command::Rules(asked) => rules::rules(&settings, &asked),
        Command::Clocks(args) => clocks::clocks(&settings, &args),
        Command::Ledger(asked) => ledger::run(settings, &asked).await,
        Command::Register(asked) => register::run(settings, &asked).await,
        Command::Keys(asked) => keys::run(settings, &asked).await,
        Command::Claims(asked) => claims::run(settings, &asked).await,
        Command::Organisations(asked) => organisations::run(settings, &asked).await,
        Command::Domains(asked) => domains::run(settings, &asked).await,
        Command::Invite(asked) => invite::invite(settings, &asked).await,
        Command::Import(asked) => import::import(settings, &asked).await,
        Command::Demo(asked) => demo::demo(settings, &asked).await,
        Command::Law(law) => law::run(settings, law).await,
        Command::Evidence(asked) => evidence::evidence(settings, asked).await,
        Command::Verify(_) | Command::Vectors(_) => unreachable!("answered above"),
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
