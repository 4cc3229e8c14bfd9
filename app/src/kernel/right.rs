//! What a change stands on: the session or link of whoever makes it. It is asked again where the change is written,
//! in the same transaction, so that nobody writes with a right that has ended meanwhile.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use db::{Tx, args, sql};
use packs::Role;

use crate::kernel::{Act, Ctx, Refusal};

sql! {
    /// A row for each role that the session's person holds now where it acts; one row where they hold none.
    SESSION = "select s.organisation_id, r.role from sessions s
        left join roles r on r.person_id = s.person_id and r.organisation_id = s.organisation_id
            and r.ended_at is null and (r.from_day = '' or r.from_day <= $2) and (r.until_day = '' or r.until_day >= $2)
        where s.id = $1 and s.ended_at is null";
    LINK = "select id from one_time_links where id = $1 and ended_at is null and expires_at >= $2";
}

/// On what somebody acts.
#[derive(Debug, Clone, Default)]
pub enum Right {
    /// The operator, a job, or a page for everybody: there is nothing that could end.
    #[default]
    Standing,
    /// A session, by its id.
    Session { id: String, confirmed: Confirmed },
    /// A one-time link, by its id.
    Link(String),
}

/// Whether the person has shown, with this very request, that it is them.
#[derive(Debug, Clone, Default)]
pub struct Confirmed(Arc<AtomicBool>);

/// Acts that bind an organisation or give somebody a right. With a session alone none of them is written: the
/// person shows, with the same request, that it is them.
pub const BINDING: &[&str] = &[
    "domain.ended",
    "domain.named",
    "joiner.decided",
    "line.link_made",
    "membership.offered",
    "organisation.changed",
    "organisation.claim_confirmed",
    "organisation.claim_refused",
    "party.sign_off_asked",
    "password.changed",
    "person.invited",
    "provider.removed",
    "provider.set",
    "record.published",
    "record.withdrawn",
    "review.conditions_answered",
    "review.decided",
    "review.overruled",
    "role.ended",
    "role.granted",
    "sign_off.declined",
    "sign_off.signed",
    "token.made",
];

impl Right {
    /// From here on, and for this request only, the person has shown that it is them.
    pub fn confirm(&self) {
        if let Right::Session { confirmed, .. } = self {
            confirmed.0.store(true, Ordering::Relaxed);
        }
    }

    /// Refuses acts that bind where nobody was asked who they are.
    pub(super) fn covers(&self, ctx: &Ctx, acts: &[Act]) -> Result<(), Refusal> {
        let Right::Session { confirmed, .. } = self else {
            return Ok(());
        };
        // Whoever sets up an organisation of their own gives nobody else anything.
        let person = ctx.acting.as_ref().map_or("", |a| a.person.as_str());
        let own = |act: &Act| {
            act.kind == "role.granted"
                && act.detail["person"] == person
                && acts.iter().any(|made| {
                    made.kind == "organisation.registered"
                        && made.subject == act.subject
                        && made.detail["was"].is_null()
                })
        };
        let binding = acts
            .iter()
            .find(|act| act.binds || (BINDING.contains(&&*act.kind) && !own(act)));
        match binding {
            Some(act) if !confirmed.0.load(Ordering::Relaxed) => Err(Refusal::broken(format!(
                "{} binds, and no one was asked who they are",
                act.kind
            ))),
            _ => Ok(()),
        }
    }

    /// Whether it is there still, with every role that the context acts in.
    ///
    /// # Errors
    /// [`Refusal::SignIn`] when the session has ended, [`Refusal::NotAllowed`] when a role or a link has.
    pub(super) async fn holds(&self, ctx: &Ctx, tx: &mut Tx) -> Result<(), Refusal> {
        let now = ctx.app.clock.now();
        match self {
            Right::Standing => Ok(()),
            Right::Link(id) => {
                let open = tx.optional(&LINK, args![id.as_str(), now.0]).await?;
                open.map(|_| ()).ok_or_else(|| {
                    Refusal::NotNow(
                        "This link was taken back while you were deciding. Nothing was decided."
                            .to_owned(),
                    )
                })
            }
            Right::Session { id, .. } => {
                let rows = args![id.as_str(), now.today().to_string()];
                let rows = tx.all(&SESSION, rows).await?;
                let first = rows.first().ok_or(Refusal::SignIn)?;
                let Some(acting) = &ctx.acting else {
                    return Ok(());
                };
                let acts_for = first.opt_text("organisation_id")?.unwrap_or_default();
                let mut held = Vec::new();
                for row in &rows {
                    held.extend(row.opt_text("role")?.and_then(|word| Role::parse(&word)));
                }
                let all = acting.roles.iter().all(|role| held.contains(role));
                if all && acts_for == acting.organisation.as_str() {
                    return Ok(());
                }
                Err(Refusal::NotAllowed(format!(
                    "What you may do for {} has just changed. Nothing was written. Look at the page again.",
                    acting.organisation_name
                )))
            }
        }
    }
}
