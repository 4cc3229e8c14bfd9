//! `aldgate clocks`: last days by the law's clocks, with their sums. Others script this, so its options, its JSON and
//! its exit codes stay as they are.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Subcommand, ValueEnum};
use clocks::{CaseFile, Evaluated};
use packs::Packs;
use serde_json::{Map, Value, json};

use crate::cli::open::load_packs_with_holidays;
use crate::cli::{fail, json_text};
use crate::kernel::clock::statutory_london;
use crate::settings::Settings;

#[derive(Subcommand)]
pub enum Args {
    /// List the clocks: what each is for, and by which law.
    List,
    /// Explain one case: the last day, the sum and the law.
    Explain {
        /// The clock, as `aldgate clocks list` names it.
        clock: String,
        /// What happened, as name=value: received=2026-11-02 nation=scotland extended=yes
        /// pauses=2026-11-09/2026-11-13 (an open question ends with the slash) closed=2026-12-19/2027-01-03
        /// extra_holidays=scotland/2026-06-15/Title as_of=2026-11-26.
        facts: Vec<String>,
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
    },
    /// Say what the clock of each case in a file gives. Exits with 2 when the file cannot be read.
    Evaluate {
        /// A JSON object {"vectors": [{"id", "clock", …}]}.
        file: PathBuf,
        #[arg(long, value_enum, default_value_t = Format::Json)]
        format: Format,
    },
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    Json,
    Text,
}

pub fn clocks(settings: &Settings, args: &Args) -> Result<ExitCode, String> {
    match args {
        Args::List => {
            list(&load_packs_with_holidays(settings)?);
            Ok(ExitCode::SUCCESS)
        }
        Args::Explain {
            clock,
            facts,
            format,
        } => match case(clock, facts) {
            Ok(case) => run(settings, &CaseFile::of(case), *format, true),
            Err(fault) => Ok(fail(2, fault)),
        },
        Args::Evaluate { file, format } => match read(file) {
            Ok(cases) => run(settings, &cases, *format, false),
            Err(fault) => Ok(fail(2, fault)),
        },
    }
}

fn run(
    settings: &Settings,
    cases: &CaseFile,
    format: Format,
    explain: bool,
) -> Result<ExitCode, String> {
    let packs = load_packs_with_holidays(settings)?;
    let clocks = &packs.clocks;
    let done = match cases.evaluate(&clocks.rules, &clocks.holidays, &statutory_london()) {
        Ok(done) => done,
        Err(unreadable) => {
            for fault in &unreadable.0 {
                eprintln!("aldgate: {fault}");
            }
            return Ok(ExitCode::from(2));
        }
    };
    for case in done.iter().filter(|case| !case.not_used.is_empty()) {
        let keys = case.not_used.join(", ");
        eprintln!("aldgate: {}: its clock does not use {keys}", case.id);
    }
    match (format, explain) {
        (Format::Json, false) => {
            let all: Map<String, Value> = done
                .into_iter()
                .map(|case| (case.id, case.result))
                .collect();
            println!("{}", Value::Object(all));
        }
        (Format::Json, true) => {
            for case in &done {
                println!("{}", case.result);
            }
        }
        (Format::Text, _) => {
            for case in &done {
                if !explain {
                    print!("{}: ", case.id);
                }
                print!("{}", words(case, &packs, explain));
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The sentence; with the sum and the law for one case.
fn words(case: &Evaluated, packs: &Packs, in_full: bool) -> String {
    let mut said = format!("{}\n", case.explanation.sentence);
    if !in_full {
        return said;
    }
    for step in &case.explanation.steps {
        said += &format!("  {step}\n");
    }
    let clock = case.rule.and_then(|rule| packs.clocks.clock(rule));
    if let Some(clock) = clock {
        said += &format!("Rule: {}. {}\n", clock.rule.name, clock.plain);
        said += &law(clock, packs);
    }
    said
}

fn law(clock: &packs::Clock, packs: &Packs) -> String {
    if clock.house {
        return "Law: none; it is a rule of the house.\n".to_owned();
    }
    let titles: Vec<&str> = clock
        .provisions
        .iter()
        .filter_map(|id| packs.law.provision(id))
        .map(|provision| provision.title.as_str())
        .collect();
    format!(
        "Law: {}.\nChecked: {}.\n",
        titles.join("; "),
        clock.checking.words()
    )
}

fn list(packs: &Packs) {
    for clock in &packs.clocks.clocks {
        let rule = &clock.rule;
        let mut when: Vec<String> = Vec::new();
        if !rule.in_force {
            when.push("not in force".to_owned());
        }
        when.extend(rule.from.map(|from| format!("from {from}")));
        when.extend(rule.to.map(|to| format!("before {to}")));
        when.extend(
            rule.when
                .as_ref()
                .map(|when| format!("{}: {}", when.word, when.is.join(", "))),
        );
        let when = if when.is_empty() {
            String::new()
        } else {
            format!(" ({})", when.join("; "))
        };
        println!("{}: {}{when}\n    {}", rule.id, rule.name, clock.plain);
    }
}

fn read(file: &Path) -> Result<CaseFile, String> {
    let shown = file.display();
    let bytes = std::fs::read(file).map_err(|e| format!("{shown} cannot be read: {e}"))?;
    let text = String::from_utf8(bytes).map_err(|_| format!("{shown} is not in UTF-8"))?;
    let text = text.trim_start_matches('\u{feff}');
    json_text::check(text).map_err(|why| format!("{shown} cannot be read: {why}"))?;
    CaseFile::read(text).map_err(|unreadable| format!("{shown} cannot be read: {unreadable}"))
}

/// A case from name=value.
fn case(clock: &str, facts: &[String]) -> Result<Map<String, Value>, String> {
    let mut case = Map::new();
    case.insert("id".into(), json!(clock));
    case.insert("clock".into(), json!(clock));
    for fact in facts {
        let (name, value) = fact
            .split_once('=')
            .ok_or_else(|| format!("\"{fact}\" is not name=value, as in received=2026-11-02"))?;
        let value = fact_value(name, value)?;
        match (case.get_mut(name), value) {
            (Some(Value::Array(had)), Value::Array(more)) => had.extend(more),
            (Some(_), _) => return Err(format!("\"{name}\" is there twice")),
            (None, value) => {
                case.insert(name.to_owned(), value);
            }
        }
    }
    Ok(case)
}

fn fact_value(name: &str, value: &str) -> Result<Value, String> {
    let parts: Vec<&str> = value.splitn(3, '/').collect();
    Ok(match (name, parts.as_slice()) {
        ("pauses", [asked, answered]) => {
            let answered = Some(*answered).filter(|answered| !answered.is_empty());
            json!([{ "asked": asked, "answered": answered }])
        }
        ("extra_holidays", [division, date, title]) => {
            json!([{ "division": division, "date": date, "title": title }])
        }
        ("pauses", _) => return Err("write pauses=asked/answered".to_owned()),
        ("extra_holidays", _) => {
            return Err("write extra_holidays=division/date/title".to_owned());
        }
        (_, [first, last]) => json!([[first, last]]),
        (_, [""]) => Value::Null,
        (_, ["yes" | "true"]) => json!(true),
        (_, ["no" | "false"]) => json!(false),
        (_, [one]) => match one.parse::<u32>() {
            Ok(number) => json!(number),
            Err(_) => json!(one),
        },
        _ => return Err(format!("\"{value}\" cannot be read")),
    })
}
