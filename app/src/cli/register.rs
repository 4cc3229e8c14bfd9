//! `aldgate register`: registers in Register Serialisation Format.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Subcommand;
use ledger::register::{Kind, read};

use crate::cli::open::{Opening, in_full, open_as};
use crate::cli::output::Unread;
use crate::kernel::Ctx;
use crate::kernel::as_of::AsOf;
use crate::public::rsf;
use crate::settings::Settings;
use crate::web::Fields;

#[derive(Subcommand)]
pub enum Asked {
    /// Read a register file, check every hash and root in it, and print its entries.
    Read {
        /// The file (.rsf).
        file: PathBuf,
    },
    /// Print the public register of agreements as a register file.
    Export {
        /// As it was at the end of this day (YYYY-MM-DD).
        #[arg(long)]
        on: Option<String>,
    },
}

pub async fn run(settings: Settings, asked: &Asked) -> Result<ExitCode, String> {
    match asked {
        Asked::Read { file } => show(file),
        Asked::Export { on } => {
            let app = open_as(settings, Opening::ToRead).await?;
            let ctx = Ctx::new(app.clone(), None);
            let written = async {
                let asked = Fields::of("on", on.as_deref().unwrap_or_default());
                let on = AsOf::read(&asked, ctx.now)?;
                rsf::export(&ctx, on.as_ref(), &mut Unread(std::io::stdout())).await
            }
            .await;
            app.db.close().await;
            written.map_err(in_full)?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

fn show(file: &std::path::Path) -> Result<ExitCode, String> {
    let bytes = std::fs::read(file).map_err(|e| format!("{}: {e}", file.display()))?;
    let text = String::from_utf8(bytes).map_err(|_| {
        format!(
            "{} is not UTF-8 text, which a register file is. Save it again as UTF-8, or download it again",
            file.display()
        )
    })?;
    let register = match read(&text) {
        Ok(register) => register,
        Err(fault) => {
            println!("The register does not hold: {}: {fault}", file.display());
            return Ok(ExitCode::FAILURE);
        }
    };
    for entry in &register.entries {
        let kind = match entry.kind {
            Kind::System => "system",
            Kind::User => "user",
        };
        for name in &entry.items {
            let item = register.items.get(name).map(String::as_str);
            println!(
                "{kind}\t{}\t{}\t{}\t{}",
                entry.number,
                entry.key,
                entry.timestamp,
                item.unwrap_or_default()
            );
        }
    }
    for root in &register.roots {
        println!(
            "root\tline {}\t{} user entries\tsha-256:{}",
            root.line,
            root.size,
            hex::encode(root.hash)
        );
    }
    for note in &register.notes {
        println!("note\tline {}\t{}", note.line, note.what);
    }
    Ok(ExitCode::SUCCESS)
}
