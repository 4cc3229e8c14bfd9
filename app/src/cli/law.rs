//! `aldgate law`: what a change of law touches, and what of the law is still to be checked.

use std::process::ExitCode;

use clap::{Args, Subcommand, ValueEnum};
use jiff::civil::Date;

use crate::cli::output::Unread;
use crate::cli::{load_packs, open};
use crate::kernel::Ctx;
use crate::law::impact;
use crate::settings::Settings;

#[derive(Subcommand)]
pub enum Law {
    /// List the agreements that use a provision, or whose prompts change between two sets of packs.
    Impact(Impact),
    /// List every provision, power and rule that no reviewer has approved, the most used first.
    Checklist(Checklist),
}

#[derive(Args)]
pub struct Checklist {
    #[arg(long, value_enum, default_value_t = ListFormat::Text)]
    format: ListFormat,
}

#[derive(Clone, Copy, ValueEnum)]
enum ListFormat {
    Text,
    Json,
    Csv,
}

const COLUMNS: [&str; 6] = ["id", "kind", "mark", "read_on", "uses", "for_whom"];

fn checklist(settings: &Settings, args: &Checklist) -> Result<ExitCode, String> {
    let items = packs::checklist(&load_packs(&settings.packs)?);
    match args.format {
        ListFormat::Json => {
            let json = serde_json::to_string(&items).map_err(|e| e.to_string())?;
            println!("{json}");
        }
        ListFormat::Csv => {
            let mut csv = csv::Writer::from_writer(Unread(std::io::stdout()));
            let failed = |e: csv::Error| e.to_string();
            csv.write_record(COLUMNS).map_err(failed)?;
            for item in &items {
                let read_on = item.read_on.map(|day| day.to_string()).unwrap_or_default();
                csv.write_record([
                    item.id.as_str(),
                    item.kind,
                    item.mark.as_str(),
                    &read_on,
                    &item.uses.to_string(),
                    &item.for_whom,
                ])
                .map_err(failed)?;
            }
            csv.flush().map_err(|e| e.to_string())?;
        }
        ListFormat::Text => {
            for item in &items {
                println!(
                    "{} {}: {}, used {} times, for {}",
                    item.kind,
                    item.id,
                    item.mark.words().to_lowercase(),
                    item.uses,
                    item.for_whom
                );
            }
            println!("{} to be approved by a reviewer", items.len());
        }
    }
    Ok(ExitCode::SUCCESS)
}

#[derive(Args)]
pub struct Impact {
    /// A provision's id, such as ukgdpr-art6.
    #[arg(long, required_unless_present = "before", conflicts_with = "before")]
    provision: Option<String>,
    /// The folder of the earlier packs.
    #[arg(long)]
    before: Option<String>,
    /// The folder of the later packs. Left out: the packs this gateway runs on.
    #[arg(long, requires = "before")]
    after: Option<String>,
    /// The day to ask about. Left out: today.
    #[arg(long)]
    date: Option<Date>,
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    Text,
    Csv,
}

pub async fn run(settings: Settings, law: Law) -> Result<ExitCode, String> {
    let asked = match law {
        Law::Impact(asked) => asked,
        Law::Checklist(args) => return checklist(&settings, &args),
    };
    let app = open(settings).await?;
    let ctx = Ctx::new(app.clone(), None);
    let day = asked.date.unwrap_or_else(|| ctx.now.today());
    let touched = match (&asked.provision, &asked.before) {
        (Some(provision), _) => {
            if app.packs.law.provision(provision).is_none() {
                return Err(format!(
                    "No provision has the id {provision}. The ids are on the page /law."
                ));
            }
            impact::of_provision(&ctx, provision, day, None).await
        }
        (None, Some(before)) => {
            let before = load_packs(before)?;
            match &asked.after {
                Some(after) => impact::between(&ctx, &before, &load_packs(after)?, day, None).await,
                None => impact::between(&ctx, &before, &app.packs, day, None).await,
            }
        }
        (None, None) => return Err("Give --provision or --before.".to_owned()),
    }
    .map_err(|e| e.to_string())?;
    match asked.format {
        Format::Csv => print!("{}", impact::csv(&touched).map_err(|e| e.to_string())?),
        Format::Text => {
            for row in &touched {
                let about = if row.about.is_empty() {
                    "the agreement"
                } else {
                    &row.about
                };
                println!(
                    "{}  {}: {about} {} {} ({})",
                    row.record,
                    row.title,
                    row.how.words(),
                    row.what,
                    row.answers
                );
            }
            println!("{} places touched", touched.len());
        }
    }
    Ok(ExitCode::SUCCESS)
}
