//! `aldgate vectors run`: works cases out with the functions that pages call, so that a second program can be held
//! against them (docs/conformance.md). Others script this, so its options, its JSON and its exit codes stay as they are.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Subcommand, ValueEnum};
use serde_json::Value;

use self::cases::Answers;
use super::fail;
use crate::kernel::clock::london;

mod auctions;
mod ballots;
mod cases;
mod events;
mod feeds;
mod figures;
mod registers;

#[derive(Subcommand)]
pub enum Args {
    /// Work out the cases in a file: one object with the result of each id. Needs no settings and no database. An id that
    /// cannot be worked out is left out and named on standard error; 2 when the file cannot be read.
    Run {
        /// A JSON object of lists of cases. The name of the list says which rule.
        file: PathBuf,
        #[arg(long, value_enum, default_value_t = Format::Json)]
        format: Format,
    },
}

#[derive(Clone, Copy, ValueEnum)]
pub enum Format {
    Json,
}

/// Lists for which there is a rule.
const LISTS: [&str; 28] = [
    "api",
    "auctions",
    "ballots",
    "baselines",
    "calendars",
    "counts_1d",
    "counts_2d",
    "coverage",
    "csv",
    "dcat",
    "deadlines",
    "duplicates",
    "instants",
    "ocds",
    "oruk",
    "pot_acts",
    "pots",
    "proposals",
    "radar",
    "registrations",
    "rounded",
    "scoring",
    "series",
    "shares",
    "similar",
    "stale",
    "statistics",
    "totals",
];

pub fn run(args: &Args) -> ExitCode {
    let Args::Run {
        file,
        format: Format::Json,
    } = args;
    let answers = match answer(file) {
        Ok(answers) => answers,
        Err(error) => return fail(2, format!("{} {error}", file.display())),
    };
    for (id, reason) in &answers.left_out {
        eprintln!("aldgate: {id} is left out: {reason}");
    }
    println!("{}", Value::Object(answers.values));
    ExitCode::SUCCESS
}

fn answer(file: &Path) -> Result<Answers, String> {
    let text = std::fs::read_to_string(file).map_err(|e| format!("cannot be read: {e}"))?;
    let lists: BTreeMap<String, Value> = read(&text)?;
    let mut answers = Answers::default();
    read::<ballots::File>(&text)?.answer(&mut answers);
    read::<figures::File>(&text)?.answer(&mut answers);
    read::<registers::File>(&text)?.answer(text::fold, &mut answers);
    read::<events::File>(&text)?.answer(&london(), &mut answers);
    read::<feeds::File>(&text)?.answer(&mut answers);
    read::<auctions::File>(&text)?.answer(&mut answers);
    for (name, cases) in &lists {
        if LISTS.contains(&name.as_str()) {
            continue;
        }
        for id in cases
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|case| case["id"].as_str())
        {
            let reason = format!("there is no rule for “{name}”");
            answers.left_out.push((id.to_owned(), reason));
        }
    }
    Ok(answers)
}

fn read<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, String> {
    serde_json::from_str(text).map_err(|e| format!("is not an object of lists of cases: {e}"))
}
