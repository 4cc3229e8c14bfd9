//! `aldgate import organisations FILE.csv [--write]`.

use std::path::PathBuf;
use std::process::ExitCode;

use crate::cli::open;
use crate::kernel::Ctx;
use crate::organisations::import;
use crate::settings::Settings;

#[derive(clap::Args)]
pub struct Asked {
    /// The CSV file.
    file: PathBuf,
    /// Write what the file adds. Without this, nothing is changed.
    #[arg(long)]
    write: bool,
}

/// The largest file that is read.
const LARGEST: u64 = 64 * 1024 * 1024;

pub async fn organisations(settings: Settings, asked: &Asked) -> Result<ExitCode, String> {
    let file = asked.file.display();
    let unreadable = |e: std::io::Error| format!("{file} cannot be read: {e}");
    let size = tokio::fs::metadata(&asked.file)
        .await
        .map_err(unreadable)?
        .len();
    if size > LARGEST {
        return Err(format!(
            "{file} is larger than {} MB. Split it into several files.",
            LARGEST / (1024 * 1024)
        ));
    }
    let bytes = tokio::fs::read(&asked.file).await.map_err(unreadable)?;
    let app = open(settings).await?;
    let ctx = Ctx::new(app.clone(), None);
    let code = run(&ctx, &bytes, asked.write)
        .await
        .map_err(|error| format!("{file}: {error} Nothing was written."));
    app.db.close().await;
    code
}

async fn run(ctx: &Ctx, bytes: &[u8], write: bool) -> Result<ExitCode, String> {
    let plan = import::read(ctx, bytes).await?;
    for row in &plan.rows {
        println!("{row}");
    }
    if plan.encoding != "UTF-8" {
        println!(
            "The file was read as {}. Look whether accents and signs such as £ are right above.",
            plan.encoding
        );
    }
    println!(
        "{} rows: {} to add, {} here already, {} with problems.",
        plan.rows.len(),
        plan.to_add(),
        plan.same(),
        plan.problems()
    );
    if plan.problems() > 0 {
        println!("Nothing was written. Mend the rows with problems, then try again.");
        return Ok(ExitCode::FAILURE);
    }
    if !write {
        println!("This was a preview: nothing was written. Add --write to write it.");
        return Ok(ExitCode::SUCCESS);
    }
    match plan.write(ctx).await {
        Ok(written) => {
            println!("{written} organisations were added.");
            Ok(ExitCode::SUCCESS)
        }
        Err((written, error)) => {
            println!(
                "Stopped after {written} of {} organisations: {error}. Those are in the gateway, the rest is not. \
                 Run the same command again to add the rest.",
                plan.to_add()
            );
            Ok(ExitCode::FAILURE)
        }
    }
}
