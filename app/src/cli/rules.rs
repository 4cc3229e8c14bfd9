//! `aldgate rules evaluate`: what the law says about a set of answers. Others script this, so its
//! options, its JSON and its exit codes stay as they are.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Subcommand, ValueEnum};
use jiff::civil::Date;
use packs::{Answers, Packs, Prompt, PromptState, Severity};
use serde::Serialize;
use serde_json::Value;

use crate::cli::{fail, load_packs};
use crate::kernel::clock::Clock;
use crate::settings::Settings;

#[derive(Subcommand)]
pub enum Asked {
    /// Say which rules fire for the answers in a file.
    Evaluate {
        /// A JSON object of answers by name. What is absent counts as no, none or blank.
        #[arg(long)]
        answers: PathBuf,
        /// The day whose law applies, as 2026-11-21. Today without it.
        #[arg(long)]
        date: Option<Date>,
        #[arg(long, value_enum, default_value_t = Format::Json)]
        format: Format,
    },
}

#[derive(Clone, Copy, ValueEnum)]
pub enum Format {
    Json,
    Text,
}

#[derive(Serialize)]
struct Evaluation<'a> {
    fired: Vec<Fired<'a>>,
    open_blockers: Vec<&'a str>,
    /// Every answer that was worked out from others, by name.
    derived: BTreeMap<&'a str, Value>,
}

#[derive(Serialize)]
struct Fired<'a> {
    id: &'a str,
    severity: &'static str,
    cleared: bool,
    because: BTreeMap<String, Value>,
    refs: Vec<&'a str>,
    #[serde(skip)]
    prompt: &'a str,
    #[serde(skip)]
    clears: &'a str,
}

pub fn rules(settings: &Settings, asked: &Asked) -> Result<ExitCode, String> {
    let Asked::Evaluate {
        answers,
        date,
        format,
    } = asked;
    let given = match read(answers) {
        Ok(given) => given,
        Err(error) => return Ok(fail(2, error)),
    };
    let packs = load_packs(&settings.packs)?;
    let date = date.unwrap_or_else(|| Clock::System.now().today());
    let (prompts, derived) = match prompts(&packs, &given, date) {
        Ok(found) => found,
        Err(messages) => {
            for message in messages {
                eprintln!("aldgate: {}: {message}", answers.display());
            }
            return Ok(ExitCode::from(2));
        }
    };
    let evaluation = Evaluation::of(&prompts, derived);
    match format {
        Format::Json => println!(
            "{}",
            serde_json::to_string(&evaluation).map_err(|e| e.to_string())?
        ),
        Format::Text => print!("{}", evaluation.text()),
    }
    Ok(ExitCode::SUCCESS)
}

fn read(file: &Path) -> Result<Answers, String> {
    let text = std::fs::read_to_string(file)
        .map_err(|e| format!("{} cannot be read: {e}", file.display()))?;
    match serde_json::from_str(&text) {
        Ok(Value::Object(answers)) => Ok(answers),
        Ok(_) => Err(format!(
            "{} must hold one JSON object of answers by name",
            file.display()
        )),
        Err(e) => Err(format!("{} is not JSON: {e}", file.display())),
    }
}

/// Prompts, and the answers worked out from others.
type Found<'a> = (Vec<Prompt<'a>>, BTreeMap<&'a str, Value>);

fn prompts<'a>(
    packs: &'a Packs,
    answers: &'a Answers,
    date: Date,
) -> Result<Found<'a>, Vec<String>> {
    let agreement = packs
        .record_type("agreement")
        .ok_or_else(|| vec!["The packs define no agreement".to_owned()])?;
    let view = agreement.flat_view(&packs.law, answers).map_err(|faults| {
        faults
            .into_iter()
            .map(|fault| fault.message)
            .collect::<Vec<_>>()
    })?;
    Ok((view.prompts(date), view.derived(date)))
}

impl<'a> Evaluation<'a> {
    fn of(prompts: &[Prompt<'a>], derived: BTreeMap<&'a str, Value>) -> Evaluation<'a> {
        let mut fired: Vec<Fired> = prompts
            .iter()
            .map(|prompt| Fired {
                id: &prompt.rule.id,
                severity: prompt.rule.severity.as_str(),
                cleared: prompt.state == PromptState::ClearedByAnswer,
                because: prompt
                    .because
                    .iter()
                    .map(|because| (because.answer.clone(), because.value.clone()))
                    .collect(),
                refs: refs(prompt.rule),
                prompt: &prompt.rule.prompt,
                clears: prompt.rule.clears.as_deref().unwrap_or_default(),
            })
            .collect();
        fired.sort_by_key(|fired| fired.id);
        let open_blockers = fired
            .iter()
            .filter(|fired| fired.severity == Severity::Block.as_str() && !fired.cleared)
            .map(|fired| fired.id)
            .collect();
        Evaluation {
            fired,
            open_blockers,
            derived,
        }
    }

    fn text(&self) -> String {
        let mut text = String::new();
        for fired in &self.fired {
            let state = if fired.cleared { ", cleared" } else { "" };
            text += &format!(
                "{} ({}{state}): {}\n",
                fired.id, fired.severity, fired.prompt
            );
            for (answer, value) in &fired.because {
                text += &format!("    because {answer} is {value}\n");
            }
            if !fired.cleared && !fired.clears.is_empty() {
                text += &format!("    cleared by: {}\n", fired.clears);
            }
            if !fired.refs.is_empty() {
                text += &format!("    see: {}\n", fired.refs.join("; "));
            }
        }
        text += &match self.open_blockers.as_slice() {
            [] => "Nothing blocks signing.\n".to_owned(),
            open => format!("Blocks signing: {}\n", open.join(", ")),
        };
        text
    }
}

/// The rule's own citations, or the ids of its provisions where it has none.
fn refs(rule: &packs::Rule) -> Vec<&str> {
    let cited: Vec<&str> = rule
        .refs
        .split(';')
        .map(str::trim)
        .filter(|citation| !citation.is_empty())
        .collect();
    if cited.is_empty() {
        rule.provisions.iter().map(String::as_str).collect()
    } else {
        cited
    }
}
