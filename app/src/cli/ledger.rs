//! `aldgate ledger`: checking the log, following another one, and erasing an act from it.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Subcommand;

use crate::cli::open::{Opening, in_full, open_as};
use crate::cli::{ledger_audit, ledger_fsck, open};
use crate::kernel::Ctx;
use crate::records::erasure;
use crate::settings::Settings;

#[derive(Subcommand)]
pub enum Asked {
    /// Recompute everything from the stored acts, and compare it with every node, checkpoint and key.
    Fsck,
    /// Follow a running gateway from the checkpoints remembered before, over HTTP.
    Audit {
        /// The gateway's address, such as https://share.example.org.
        url: String,
        /// Where to remember what was seen. Without it nothing is compared with an earlier day.
        #[arg(long)]
        remember: Option<PathBuf>,
        /// The log's public key, got some other way than from the gateway.
        #[arg(long)]
        key: Option<String>,
        /// The public key of a witness that must have cosigned. May be given again.
        #[arg(long)]
        witness: Vec<String>,
    },
    /// Erase an act and its salt for good. Its leaf stays, and the log still holds.
    Erase {
        /// The act's number.
        sequence: u64,
        /// Why, without naming anybody: the reason is itself an act.
        #[arg(long)]
        reason: String,
    },
}

pub async fn run(settings: Settings, asked: &Asked) -> Result<ExitCode, String> {
    match asked {
        Asked::Fsck => {
            let app = open_as(settings, Opening::ToRead).await?;
            let found = ledger_fsck::fsck(&app.db).await;
            app.db.close().await;
            Ok(match found? {
                Ok(verified) => {
                    println!("The ledger holds.");
                    println!("size {}", verified.size);
                    println!("root {}", hex::encode(verified.root));
                    println!("signed {}", verified.signed);
                    if !verified.erased.is_empty() {
                        println!(
                            "acts of which only the leaf is left: {}",
                            verified.erased.len()
                        );
                    }
                    ExitCode::SUCCESS
                }
                Err(place) => {
                    println!("The ledger does not hold: {place}");
                    ExitCode::FAILURE
                }
            })
        }
        Asked::Audit {
            url,
            remember,
            key,
            witness,
        } => match ledger_audit::audit(url, remember.as_deref(), key.as_deref(), witness).await? {
            Ok(said) => {
                println!("{said}");
                Ok(ExitCode::SUCCESS)
            }
            Err(place) => {
                println!("The log does not hold: {place}");
                Ok(ExitCode::FAILURE)
            }
        },
        Asked::Erase { sequence, reason } => {
            let app = open(settings).await?;
            let ctx = Ctx::new(app.clone(), None);
            let erased = erasure::erase(&ctx, *sequence, reason).await;
            app.db.close().await;
            erased.map_err(in_full)?;
            println!("Act {sequence} is erased. Only its leaf is left.");
            Ok(ExitCode::SUCCESS)
        }
    }
}
