//! `aldgate claims`: people who say that a listed organisation is theirs, and the operator's word on it.

use std::process::ExitCode;

use clap::Subcommand;

use crate::cli::open;
use crate::kernel::clock::moment;
use crate::kernel::{Ctx, Refusal};
use crate::organisations::claims;
use crate::settings::Settings;

#[derive(Subcommand)]
pub enum Asked {
    /// List those that wait.
    List,
    /// Make the person the administrator of the organisation. Call it first, on a number you know.
    Confirm { claim: String },
    /// Say that it is not theirs.
    Refuse { claim: String },
}

pub async fn run(settings: Settings, asked: &Asked) -> Result<ExitCode, String> {
    let app = open(settings).await?;
    let ctx = Ctx::new(app.clone(), None);
    let done = match asked {
        Asked::List => list(&ctx).await,
        Asked::Confirm { claim } => decide(&ctx, claim, true).await,
        Asked::Refuse { claim } => decide(&ctx, claim, false).await,
    };
    app.db.close().await;
    done.map_err(|refusal| match refusal {
        Refusal::NotFound => {
            "There is no such claim. `aldgate claims list` shows those that wait.".to_owned()
        }
        other => other.words().1,
    })?;
    Ok(ExitCode::SUCCESS)
}

async fn list(ctx: &Ctx) -> Result<(), Refusal> {
    let waiting = claims::open(ctx).await?;
    if waiting.is_empty() {
        println!("No one waits.");
    }
    for claim in waiting {
        println!(
            "{}  {} <{}> for {} ({}){}, asked {}",
            claim.id,
            claim.person_name,
            claim.email,
            claim.organisation_name,
            claim.organisation,
            match &claim.supporter {
                Some(id) => format!(", to be looked after by {} ({id})", claim.supporter_name),
                None => String::new(),
            },
            moment(claim.asked_at)
        );
    }
    Ok(())
}

async fn decide(ctx: &Ctx, id: &str, confirm: bool) -> Result<(), Refusal> {
    let done = ctx
        .decide(|| async {
            let claim = claims::to_decide(ctx, id).await?;
            Ok((claims::decide(ctx, &claim, confirm).await?, claim))
        })
        .await?;
    let (person, organisation) = (done.person_name, done.organisation_name);
    if confirm {
        println!("{person} is now administrator of {organisation}.");
    } else {
        println!("Refused. {person} has no role in {organisation}.");
    }
    Ok(())
}
