//! `aldgate import agreements FILE.tsv [--write] [--organisation NAME]`.

use std::path::PathBuf;
use std::process::ExitCode;

use crate::cli::{fail, open};
use crate::kernel::{Ctx, phrases};
use crate::organisations::details::Details;
use crate::organisations::store as organisations;
use crate::organisations::store::Organisation;
use crate::records::import::agreements;
use crate::records::import::agreements::Outcome;
use crate::records::import::sheet;
use crate::settings::Settings;

#[derive(clap::Args)]
pub struct Asked {
    /// The sheet: tab-separated, with its 18 columns named in the first row.
    file: PathBuf,
    /// Write the rows that have no problem. Without it nothing is written.
    #[arg(long)]
    write: bool,
    /// The registered organisation that leads every agreement. Without it: each row's first controller.
    #[arg(long)]
    organisation: Option<String>,
}

pub async fn agreements(settings: Settings, asked: &Asked) -> Result<ExitCode, String> {
    let bytes = match std::fs::read(&asked.file) {
        Ok(bytes) => bytes,
        Err(e) => {
            return Ok(fail(
                2,
                format!("{} cannot be read: {e}", asked.file.display()),
            ));
        }
    };
    let rows = match sheet::read(&bytes) {
        Ok(rows) => rows,
        Err(e) => return Ok(fail(2, format!("{}: {e}", asked.file.display()))),
    };
    let app = open(settings).await?;
    let ctx = Ctx::new(app.clone(), None);
    let done = report(&ctx, asked, rows).await;
    app.db.close().await;
    done
}

async fn report(ctx: &Ctx, asked: &Asked, rows: Vec<sheet::Row>) -> Result<ExitCode, String> {
    let broken = |e: crate::kernel::Refusal| format!("{e} ({e:?})");
    let lead = match &asked.organisation {
        Some(name) => match registered(ctx, name).await? {
            Some(lead) => Some(lead),
            None => {
                return Ok(fail(
                    2,
                    format!("No registered organisation is called “{name}”. Nothing was written."),
                ));
            }
        },
        None => None,
    };
    let (mut good, mut same, mut bad) = (0, 0, 0);
    let outcomes = agreements::preview(ctx, rows, lead.as_ref())
        .await
        .map_err(broken)?;
    for (row, outcome) in outcomes {
        match outcome {
            Outcome::Ready(draft) => {
                good += 1;
                let what = if asked.write {
                    let id = agreements::write(ctx, &draft, lead.as_ref())
                        .await
                        .map_err(broken)?;
                    format!("written as the draft {id}")
                } else {
                    "can be written as a draft".to_owned()
                };
                println!("row {row}: “{}” {what}, led by {}", draft.title, draft.lead);
            }
            Outcome::Duplicate { title, of } => {
                same += 1;
                println!("row {row}: “{title}” is left out: the same title as {of}");
            }
            Outcome::Problems(problems) => {
                bad += 1;
                for problem in problems {
                    match problem.column.as_str() {
                        "" => println!("row {row}: {}", problem.message),
                        column => println!("row {row}, column {column}: {}", problem.message),
                    }
                }
            }
        }
    }
    let (verb, next) = if asked.write {
        ("written", "")
    } else {
        (
            "can be written",
            " Nothing was written. Add --write to write the good rows.",
        )
    };
    println!("{good} {verb}, {same} here already, {bad} with problems.{next}");
    if bad > 0 && asked.write {
        println!(
            "Mend the rows with problems and import the sheet again: rows that are here are left out."
        );
    }
    Ok(if bad == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

async fn registered(ctx: &Ctx, name: &str) -> Result<Option<Organisation>, String> {
    let details = Details {
        name: name.to_owned(),
        ..Details::default()
    };
    let found = organisations::alike(ctx, &details)
        .await
        .map_err(|e| e.to_string())?;
    let key = phrases::fold(name);
    Ok(found
        .into_iter()
        .find(|found| found.name_key == key && found.is_registered()))
}
