//! `aldgate invite EMAIL`: the operator's way in for somebody who has none: the first
//! administrator of an imported organisation, or a person who forgot the password.

use std::process::ExitCode;

use packs::Role;
use text::Name;

use crate::adapters::smtp::holds_address;
use crate::cli::open;
use crate::identity::people as identity;
use crate::identity::proofs::LinkProof;
use crate::kernel::ids::OrganisationId;
use crate::kernel::{Change, Ctx, Refusal};
use crate::organisations::{offers, roles, store};
use crate::pages::organisation::end_role;
use crate::pages::sign_in::fields;
use crate::settings::Settings;

#[derive(clap::Args)]
pub struct Asked {
    /// The person's e-mail address.
    email: String,
    /// The full name of somebody new.
    #[arg(long)]
    name: Option<String>,
    /// The id of the organisation that somebody new becomes the administrator of (org_…).
    #[arg(long)]
    organisation: Option<String>,
}

impl Asked {
    /// For somebody whom an organisation has invited, or who works for it.
    pub fn of(email: &str, organisation: &str) -> Asked {
        Asked {
            email: email.to_owned(),
            name: None,
            organisation: Some(organisation.to_owned()),
        }
    }
}

pub async fn invite(settings: Settings, asked: &Asked) -> Result<ExitCode, String> {
    let app = open(settings).await?;
    let ctx = Ctx::new(app.clone(), None);
    let link = link(&ctx, asked).await;
    app.db.close().await;
    println!("{}", link?);
    eprintln!(
        "Send this link to {} only. It works once, for 14 days.",
        asked.email
    );
    Ok(ExitCode::SUCCESS)
}

/// Makes the link.
///
/// # Errors
/// Why there is none, in words.
pub async fn link(ctx: &Ctx, asked: &Asked) -> Result<String, String> {
    let words = |refusal: Refusal| refusal.words().1;
    let organisation = asked.organisation.as_deref().map(OrganisationId::from);
    if let Some(id) = &organisation {
        let missing = |_| format!("There is no organisation {id}.");
        store::one(ctx, id).await.map_err(missing)?;
    }
    let known = identity::by_email(ctx, &asked.email).await.map_err(words)?;
    if let Some(organisation) = &organisation
        && let Some(offer) = offers::from_to(ctx, organisation, &asked.email)
            .await
            .map_err(words)?
    {
        // An administrator invited them already: the operator's word makes the link count everywhere.
        let (token, change) = offers::renew(ctx, &offer, LinkProof::OPERATOR);
        return made(ctx, &token, change).await;
    }
    let (token, change) = match known {
        Some(account) => {
            let own = roles::organisations_of(ctx, &account.id)
                .await
                .map_err(words)?;
            let organisation = organisation
                .or_else(|| own.first().map(|(id, _)| id.clone()))
                .filter(|id| own.iter().any(|(own, _)| own == id))
                .ok_or("This person has no role there. An administrator can invite them.")?;
            identity::invite(ctx, &account.id, &organisation, LinkProof::OPERATOR)
        }
        None => {
            let (Some(name), Some(organisation)) = (&asked.name, organisation) else {
                return Err(
                    "No one has this email address. For someone new, give --name and --organisation."
                        .to_owned(),
                );
            };
            let name = &Name::new(name).map_err(|fault| format!("{fault}."))?;
            if holds_address(name.as_str()) {
                return Err("The name must not include a web or email address.".to_owned());
            }
            if let Some(problem) = fields::email_problem(&asked.email) {
                return Err(problem.message);
            }
            let today = ctx.now.today().to_string();
            let held = roles::held(ctx, &organisation).await.map_err(words)?;
            if end_role::is_left(Role::Administrator, &held, &today) {
                return Err(
                    "This organisation has an administrator, who adds its people. The operator makes only a first one."
                        .to_owned(),
                );
            }
            let wanted = [Role::Administrator];
            offers::make(
                ctx,
                &organisation,
                name.as_str(),
                &asked.email,
                &wanted,
                LinkProof::OPERATOR,
            )
        }
    };
    made(ctx, &token, change).await
}

async fn made(ctx: &Ctx, token: &str, change: Change) -> Result<String, String> {
    ctx.commit(change)
        .await
        .map_err(|refusal| refusal.words().1)?;
    Ok(format!(
        "{}/invitations/{token}",
        ctx.app.settings.address()
    ))
}
