use std::collections::BTreeSet;
use std::sync::Arc;

use db::{args, sql};
use packs::Role;

use crate::kernel::clock::Now;
use crate::kernel::ids::{OrganisationId, PersonId};
use crate::kernel::{App, Change, Refusal, Right, writer};

sql! {
    SEEN = "update sessions set seen_at = $2 where token_hash = $1 and ended_at is null";
}

/// A person at work for one organisation.
#[derive(Debug, Clone)]
pub struct Acting {
    pub person: PersonId,
    pub name: String,
    pub organisation: OrganisationId,
    pub organisation_name: String,
    /// The roles held today, deputies included.
    pub roles: BTreeSet<Role>,
}

impl Acting {
    pub fn holds(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }
}

/// One request or command: who, for which organisation, when.
#[derive(Clone)]
pub struct Ctx {
    pub app: Arc<App>,
    /// Nobody on public pages, and the operator on the command line.
    pub acting: Option<Acting>,
    pub now: Now,
    /// What the acting person acts on. It is asked again when a change is written.
    pub right: Right,
}

impl Ctx {
    pub fn new(app: Arc<App>, acting: Option<Acting>) -> Ctx {
        let now = app.clock.now();
        Ctx {
            app,
            acting,
            now,
            right: Right::Standing,
        }
    }

    pub fn acting(&self) -> Result<&Acting, Refusal> {
        self.acting.as_ref().ok_or(Refusal::SignIn)
    }

    /// The acting person, if they hold any role in their organisation today.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] for those whose roles have ended or not begun.
    pub fn member(&self) -> Result<&Acting, Refusal> {
        let acting = self.acting()?;
        if acting.roles.is_empty() {
            return Err(Refusal::NotFound);
        }
        Ok(acting)
    }

    pub fn new_id(&self, prefix: &str) -> String {
        crate::kernel::ids::make(prefix, self.now, &self.app.entropy)
    }

    /// The one door for writes: in one transaction writes the change and appends its acts to the
    /// ledger. Nothing is written when a row is not as expected: [`Refusal::Raced`]; nor when the session, role or
    /// link that the context acts on has ended: [`Refusal::SignIn`] or [`Refusal::NotAllowed`].
    pub async fn commit(&self, change: Change) -> Result<(), Refusal> {
        self.right.covers(self, &change.acts)?;
        let written = self.app.writer.write(self.clone(), change).await;
        self.app.health.wrote(&written);
        written
    }

    /// Notes that a session was used, for its idle limit. The one write without an act: nothing that
    /// anybody decides rests on it, and the ledger is not for every page somebody looks at.
    pub async fn session_seen(&self, hash: &str) -> Result<(), Refusal> {
        let mut tx = self.app.db.begin().await?;
        tx.execute(&SEEN, args![hash, self.now.0]).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Decides and commits, and decides afresh when somebody else was first. `decide` reads what
    /// it needs each time, so what it decides is never about an older state.
    ///
    /// Callers write `|| async { … }`: the future of an async closure cannot be shown to be `Send`.
    pub async fn decide<T, F>(&self, decide: impl Fn() -> F) -> Result<T, Refusal>
    where
        F: Future<Output = Result<(Change, T), Refusal>>,
    {
        // Each round somebody else succeeded, so a handful is enough for as many people at once.
        for _ in 0..8 {
            let (change, value) = decide().await?;
            match self.commit(change).await {
                Ok(()) => return Ok(value),
                Err(Refusal::Raced) => continue,
                Err(other) => return Err(other),
            }
        }
        Err(Refusal::NotNow(
            "Many people are changing this at once. Nothing was lost. Wait a minute, then try again."
                .to_owned(),
        ))
    }

    /// Keeps what the log says about itself, such as a checkpoint. It is no act: an act would make the
    /// log grow, and that would have to be signed again. [`Refusal::Raced`] when somebody was first: the
    /// row to insert is there, or the row to update is no longer as it was read.
    pub(crate) async fn keep(
        &self,
        statement: &'static db::Statement,
        args: &[db::Value],
    ) -> Result<(), Refusal> {
        let mut tx = self.app.db.begin().await?;
        // One gateway after the other: what a statement looks for must be committed.
        writer::take_places(&mut tx, 0).await?;
        if tx.execute(statement, args).await? != 1 {
            return Err(Refusal::Raced);
        }
        tx.commit().await?;
        Ok(())
    }
}
