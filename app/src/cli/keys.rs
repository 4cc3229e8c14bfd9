//! `aldgate keys`: which keys sign, and new ones in place of old ones.

use std::process::ExitCode;

use clap::{Subcommand, ValueEnum};

use crate::cli::open::{Opening, in_full, open_as};
use crate::cli::{open, secret_file};
use crate::kernel::Ctx;
use crate::kernel::clock::moment;
use crate::kernel::entropy::Entropy;
use crate::kernel::ids::OrganisationId;
use crate::ledger::keys;
use crate::ledger::keys::{Ending, Owner, PublicKey};
use crate::settings::Settings;

#[derive(Subcommand)]
pub enum Asked {
    /// List every key with the days it counts.
    List,
    /// Open a new key for the log or for one organisation. Docs/keys.md says when.
    Rotate {
        /// The id of the organisation (org_…). Without it: the log.
        #[arg(long)]
        organisation: Option<String>,
        /// Why: planned keeps the old key for 30 days more, leaked ends it at once.
        #[arg(long, value_enum, default_value = "planned")]
        because: Because,
    },
    /// Make a new secret after the old one leaked or was lost, and end every key that came from it.
    NewSecret {
        #[arg(long, value_enum)]
        because: SecretBecause,
    },
}

#[derive(Clone, Copy, ValueEnum)]
pub enum Because {
    Planned,
    Leaked,
}

#[derive(Clone, Copy, ValueEnum)]
pub enum SecretBecause {
    Leaked,
    Lost,
}

pub async fn run(settings: Settings, asked: &Asked) -> Result<ExitCode, String> {
    match asked {
        Asked::List => {
            let app = open_as(settings, Opening::ToRead).await?;
            let all = keys::all(&Ctx::new(app.clone(), None)).await;
            app.db.close().await;
            for key in all.map_err(in_full)? {
                println!("{}", line(&key));
            }
        }
        Asked::Rotate {
            organisation,
            because,
        } => {
            let app = open(settings).await?;
            let ctx = Ctx::new(app.clone(), None);
            let made = rotate(&ctx, organisation.as_deref(), *because).await;
            app.db.close().await;
            println!("{}", made?.vkey);
        }
        Asked::NewSecret { because } => {
            let file = secret_file::place(&settings);
            if settings.secret.is_empty() && file.exists() {
                return Err(format!(
                    "{} holds the secret in use. Stop the gateway, move the file away, then run this again.",
                    file.display()
                ));
            }
            if settings.secret.is_empty() {
                secret_file::make(&settings, &Entropy::System)?;
            }
            let app = open_as(settings, Opening::WithANewSecret).await?;
            let why = match because {
                SecretBecause::Leaked => Ending::Leaked,
                SecretBecause::Lost => Ending::Lost,
            };
            let made = keys::rotate_all(&Ctx::new(app.clone(), None), why).await;
            app.db.close().await;
            println!("{}", made.map_err(in_full)?.vkey);
        }
    }
    Ok(ExitCode::SUCCESS)
}

async fn rotate(
    ctx: &Ctx,
    organisation: Option<&str>,
    because: Because,
) -> Result<PublicKey, String> {
    let why = match because {
        Because::Planned => Ending::Planned,
        Because::Leaked => Ending::Leaked,
    };
    let owner = match organisation {
        None => Owner::Log,
        Some(id) => {
            let id = OrganisationId::from(id);
            crate::organisations::store::one(ctx, &id)
                .await
                .map_err(|_| format!("There is no organisation {id}."))?;
            Owner::Organisation(id)
        }
    };
    let made = keys::rotate(ctx, &owner, why).await;
    made.map_err(in_full)
}

fn line(key: &PublicKey) -> String {
    let until = key.until.map_or_else(String::new, |until| {
        format!(" until {} ({})", moment(until), key.ended_why)
    });
    format!(
        "{}\t{}\tfrom {}{until}",
        key.owner,
        key.vkey,
        moment(key.from)
    )
}
