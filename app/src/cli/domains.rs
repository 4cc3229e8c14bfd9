//! `aldgate domains`: e-mail domains that organisations say are their own, and the operator's word on them.

use std::process::ExitCode;

use clap::Subcommand;

use crate::cli::open;
use crate::kernel::clock::moment;
use crate::kernel::{Ctx, Refusal};
use crate::organisations::domains;
use crate::settings::Settings;

#[derive(Subcommand)]
pub enum Asked {
    /// List all of them.
    List,
    /// Say that it is the organisation's. Call the organisation first, on a number you know.
    Confirm { domain: String },
    /// Say that it is not.
    Refuse { domain: String },
}

pub async fn run(settings: Settings, asked: &Asked) -> Result<ExitCode, String> {
    let app = open(settings).await?;
    let ctx = Ctx::new(app.clone(), None);
    let done = match asked {
        Asked::List => list(&ctx).await,
        Asked::Confirm { domain } => decide(&ctx, domain, true).await,
        Asked::Refuse { domain } => decide(&ctx, domain, false).await,
    };
    app.db.close().await;
    done.map_err(|refusal| match refusal {
        Refusal::NotFound => {
            "There is no such domain. `aldgate domains list` shows them with their ids.".to_owned()
        }
        other => other.words().1,
    })?;
    Ok(ExitCode::SUCCESS)
}

async fn list(ctx: &Ctx) -> Result<(), Refusal> {
    let all = domains::all(ctx).await?;
    if all.is_empty() {
        println!("No organisation has named a domain.");
    }
    for one in all {
        let state = match one.confirmed {
            None => "waits",
            Some(true) => "confirmed",
            Some(false) => "refused",
        };
        println!(
            "{}  {state:9}  {} of {} ({}), asked {}",
            one.id,
            one.domain,
            one.organisation_name,
            one.organisation,
            moment(one.asked_at)
        );
    }
    Ok(())
}

async fn decide(ctx: &Ctx, id: &str, confirm: bool) -> Result<(), Refusal> {
    let done = ctx
        .decide(|| async {
            let domain = domains::one(ctx, id).await?;
            Ok((domains::decide(ctx, &domain, confirm).await?, domain))
        })
        .await?;
    let (domain, organisation) = (done.domain, done.organisation_name);
    if confirm {
        println!("{domain} is now a domain of {organisation}.");
    } else {
        println!("Refused. No one joins {organisation} by an address at {domain}.");
    }
    Ok(())
}
