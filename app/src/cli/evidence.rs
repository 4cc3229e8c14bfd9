//! `aldgate evidence export`: what proves an agreement, as a file.

use std::io::Write as _;
use std::process::ExitCode;

use ::evidence::Extent;
use clap::Subcommand;

use crate::cli::open;
use crate::cli::output::Unread;
use crate::kernel::Ctx;
use crate::kernel::ids::RecordId;
use crate::records::evidence::bundle;
use crate::records::situation::Situation;
use crate::settings::Settings;

#[derive(Subcommand)]
pub enum Asked {
    /// Write the evidence of an agreement to standard output, as JSON.
    Export {
        /// The agreement's id, such as agr_01KAJ5X6R1M5Z3V8Q2T7W9Y4CD.
        record: String,
        /// The version. Left out: the newest on which somebody has decided.
        #[arg(long)]
        version: Option<i64>,
        /// Leave out names of staff, reviews and the text, as the public sees it.
        #[arg(long)]
        public: bool,
    },
}

pub async fn evidence(settings: Settings, asked: Asked) -> Result<ExitCode, String> {
    let Asked::Export {
        record,
        version,
        public,
    } = asked;
    let app = open(settings).await?;
    let ctx = Ctx::new(app.clone(), None);
    let extent = if public {
        Extent::Public
    } else {
        Extent::Parties
    };
    let found = async {
        // The operator holds the whole database.
        let situation = Situation::of_published(&ctx, &RecordId::from(record.as_str())).await?;
        let number = version.or_else(|| situation.proved_version());
        let number = number.ok_or(crate::kernel::Refusal::NotFound)?;
        bundle(&ctx, &situation, number, extent).await
    }
    .await;
    app.db.close().await;
    let bytes = found.map_err(|e| e.to_string())?.to_bytes();
    Unread(std::io::stdout())
        .write_all(&bytes)
        .map_err(|e| e.to_string())?;
    Ok(ExitCode::SUCCESS)
}
