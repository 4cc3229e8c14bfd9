//! `aldgate organisations`: those that nobody has confirmed, and the operator's word on them.

use std::process::ExitCode;

use clap::Subcommand;

use crate::cli::open;
use crate::kernel::ids::OrganisationId;
use crate::kernel::{Ctx, Refusal};
use crate::organisations::{store, trust};
use crate::settings::Settings;

#[derive(Subcommand)]
pub enum Asked {
    /// List those that nobody has confirmed, oldest first.
    List,
    /// Say that who acts for an organisation is who they say. Call it first, on a number you know.
    Confirm { organisation: String },
    /// Take a confirmation back.
    Withdraw { organisation: String },
}

pub async fn run(settings: Settings, asked: &Asked) -> Result<ExitCode, String> {
    let app = open(settings).await?;
    let ctx = Ctx::new(app.clone(), None);
    let done = match asked {
        Asked::List => list(&ctx).await,
        Asked::Confirm { organisation } => decide(&ctx, organisation, true).await,
        Asked::Withdraw { organisation } => decide(&ctx, organisation, false).await,
    };
    app.db.close().await;
    done.map_err(|refusal| match refusal {
        Refusal::NotFound => "There is no such organisation. `aldgate organisations list` shows \
                              those that no one has confirmed."
            .to_owned(),
        other => other.words().1,
    })?;
    Ok(ExitCode::SUCCESS)
}

async fn list(ctx: &Ctx) -> Result<(), Refusal> {
    let waiting = trust::not_confirmed(ctx).await?;
    if waiting.is_empty() {
        println!("Every registered organisation is confirmed.");
    }
    for one in waiting {
        println!("{}  {} ({})", one.id, one.details.name, one.details.kind);
    }
    Ok(())
}

async fn decide(ctx: &Ctx, id: &str, confirm: bool) -> Result<(), Refusal> {
    let id = OrganisationId::from(id);
    let name = ctx
        .decide(|| async {
            let one = store::one(ctx, &id).await?;
            if !one.is_registered() {
                return Err(Refusal::NotNow(format!(
                    "{} is only listed: no one acts for it.",
                    one.details.name
                )));
            }
            if one.is_confirmed == confirm {
                let state = if confirm {
                    "confirmed already"
                } else {
                    "not confirmed"
                };
                return Err(Refusal::NotNow(format!("{} is {state}.", one.details.name)));
            }
            let change = if confirm {
                trust::confirm(ctx, &one.id)
            } else {
                trust::withdraw(&one.id)
            };
            Ok((change, one.details.name))
        })
        .await?;
    if confirm {
        println!(
            "{name} is confirmed. Its invitations go by email, and its word counts for those it has listed."
        );
    } else {
        println!("{name} is no longer confirmed.");
    }
    Ok(())
}
