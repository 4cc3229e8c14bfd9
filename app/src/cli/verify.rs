//! `aldgate verify`: checks the evidence of an agreement. It opens the files it is given and nothing
//! else.

use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use evidence::{Given, LARGEST_PDF, VerifierKey};

#[derive(Args)]
pub struct Asked {
    /// A bundle (JSON), a signed PDF that carries one, or what stood on a day (JSON).
    file: PathBuf,
    /// A public key of the log that you trust, as the gateway publishes it at /log/keys.
    #[arg(long)]
    log_key: Vec<String>,
    /// A public key of a witness that you trust.
    #[arg(long)]
    witness_key: Vec<String>,
    /// An attached file, or the text of a version, to be checked with the rest.
    #[arg(long)]
    attachment: Vec<PathBuf>,
}

pub fn verify(asked: &Asked) -> ExitCode {
    match report(asked) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(fault) => {
            eprintln!("It cannot be checked: {fault}");
            ExitCode::from(2)
        }
    }
}

fn report(asked: &Asked) -> Result<bool, String> {
    let given = Given {
        log_keys: keys(&asked.log_key)?,
        witness_keys: keys(&asked.witness_key)?,
        files: asked
            .attachment
            .iter()
            .map(|path| Ok((path.display().to_string(), read(path)?)))
            .collect::<Result<_, String>>()?,
    };
    let report =
        evidence::verify(&read(&asked.file)?, &given).map_err(|fault| fault.to_string())?;
    println!(
        "{} ({}, {})\nGateway: {}\n",
        report.title, report.record, report.about, report.gateway
    );
    let mut explained = Vec::new();
    for check in &report.checks {
        println!("{check}");
        if !explained.contains(&check.code) {
            println!("{:17}What this shows: {}", "", check.code.means());
            explained.push(check.code);
        }
    }
    let holds = report.holds();
    println!(
        "\n{}",
        if holds {
            "Everything that was checked holds."
        } else {
            "Something does not hold."
        }
    );
    Ok(holds)
}

fn keys(texts: &[String]) -> Result<Vec<VerifierKey>, String> {
    let read = |text: &String| text.parse().map_err(|fault| format!("{text}: {fault}"));
    texts.iter().map(read).collect()
}

fn read(path: &PathBuf) -> Result<Vec<u8>, String> {
    let named = |fault: std::io::Error| format!("{}: {fault}", path.display());
    if fs::metadata(path).map_err(named)?.len() > LARGEST_PDF as u64 {
        return Err(format!(
            "{} is larger than {LARGEST_PDF} bytes",
            path.display()
        ));
    }
    fs::read(path).map_err(named)
}
