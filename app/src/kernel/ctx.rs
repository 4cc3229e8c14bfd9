use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use db::{Tx, Value, args, sql};
use packs::Role;
use serde_json::{Value as Json, json};

use super::clock::Now;
use super::entropy::Entropy;
use super::ids::{OrganisationId, PersonId};
use super::{Act, App, Change, Refusal};

sql! {
    TAKE_PLACES = "update ledger_size set size = size + $1 where id = 1 returning size";
    NODE = "select hash from ledger_nodes where position = $1";
    ADD_NODE = "insert into ledger_nodes (position, hash) values ($1, $2)";
    SEEN = "update sessions set seen_at = $2 where token_hash = $1 and ended_at is null";
    ADD_ACT = "insert into acts (sequence, at, person_id, organisation_id, kind, subject, act, salt, entry)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
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
}

impl Ctx {
    pub fn new(app: Arc<App>, acting: Option<Acting>) -> Ctx {
        let now = app.clock.now();
        Ctx { app, acting, now }
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
        super::ids::make(prefix, self.now, &self.app.entropy)
    }

    /// The one door for writes: in one transaction writes the change and appends its acts to the
    /// ledger. Nothing is written when a row is not as expected: [`Refusal::Raced`].
    pub async fn commit(&self, change: Change) -> Result<(), Refusal> {
        let mut tx = self.app.db.begin().await?;
        for write in &change.writes {
            let touched = tx.execute(write.statement, &write.args).await?;
            if write.one && touched != 1 {
                return Err(Refusal::Raced);
            }
        }
        let acts = change.acts.iter().map(|act| (self, act));
        append(&mut tx, &self.app.entropy, acts.collect()).await?;
        tx.commit().await?;
        Ok(())
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
    pub(super) async fn keep(
        &self,
        statement: &'static db::Statement,
        args: &[Value],
    ) -> Result<(), Refusal> {
        let mut tx = self.app.db.begin().await?;
        if tx.execute(statement, args).await? != 1 {
            return Err(Refusal::Raced);
        }
        tx.commit().await?;
        Ok(())
    }

    /// Commits many changes of many people at once, in this order. It is for filling a gateway: the
    /// writes must all be inserts of rows that no other of these changes touches, and rows of one table
    /// are added together.
    pub async fn commit_all(app: &App, changes: &[(Ctx, Change)]) -> Result<(), Refusal> {
        let mut tables: Vec<(&'static db::Statement, Vec<&[Value]>, bool)> = Vec::new();
        for write in changes.iter().flat_map(|(_, change)| &change.writes) {
            match tables
                .iter_mut()
                .find(|(s, ..)| std::ptr::eq(*s, write.statement))
            {
                Some((_, rows, _)) => rows.push(&write.args),
                None => tables.push((write.statement, vec![&write.args], write.one)),
            }
        }
        let mut tx = app.db.begin().await?;
        for (statement, rows, one) in tables {
            let added = tx.insert(statement, &rows).await?;
            if one && added != rows.len() as u64 {
                return Err(Refusal::Raced);
            }
        }
        let acts = changes
            .iter()
            .flat_map(|(ctx, change)| change.acts.iter().map(move |act| (ctx, act)));
        append(&mut tx, &app.entropy, acts.collect()).await?;
        tx.commit().await?;
        Ok(())
    }

    fn who(&self, act: &Act) -> (&str, &str) {
        match &self.acting {
            Some(acting) if act.unnamed => ("", acting.organisation.as_str()),
            Some(acting) => (acting.person.as_str(), acting.organisation.as_str()),
            None => ("", ""),
        }
    }

    fn stated(&self, act: &Act) -> Json {
        let (person, organisation) = self.who(act);
        json!({
            "at": self.now.0,
            "person": person,
            "organisation": organisation,
            "kind": act.kind,
            "subject": act.subject,
            "detail": act.detail,
        })
    }
}

/// Taken last in the transaction: on PostgreSQL the row lock on the size orders the nodes.
async fn append(tx: &mut Tx, entropy: &Entropy, acts: Vec<(&Ctx, &Act)>) -> Result<(), Refusal> {
    let count = acts.len() as i64;
    let row = tx.optional(&TAKE_PLACES, args![count]).await?;
    let end = row
        .ok_or_else(|| Refusal::broken("the ledger has no size"))?
        .int("size")?;
    let mut fresh: BTreeMap<u64, ledger::Hash> = BTreeMap::new();
    let (mut nodes, mut rows) = (Vec::new(), Vec::with_capacity(acts.len()));
    for (sequence, (ctx, act)) in (end - count..).zip(acts) {
        let salt = entropy.bytes::<32>();
        let stated = ctx.stated(act);
        // The entry itself is kept: once the act is erased, it cannot be made again.
        let entry = ledger::leaf(&salt, &stated);
        let size = sequence as u64;
        let mut read = BTreeMap::new();
        for position in ledger::reads_for_append(size) {
            let hash = match fresh.get(&position) {
                Some(hash) => *hash,
                None => node(tx, position).await?,
            };
            read.insert(position, hash);
        }
        for (position, hash) in
            ledger::append(size, ledger::leaf_hash(&entry), &read).map_err(Refusal::broken)?
        {
            nodes.push(args![position as i64, &hash[..]].to_vec());
            fresh.insert(position, hash);
        }
        let canonical = String::from_utf8(ledger::canonical(&stated)).map_err(Refusal::broken)?;
        let (person, organisation) = ctx.who(act);
        rows.push(
            args![
                sequence,
                ctx.now.0,
                person,
                organisation,
                &*act.kind,
                act.subject.as_str(),
                canonical,
                &salt[..],
                entry
            ]
            .to_vec(),
        );
    }
    for (statement, rows) in [(&ADD_NODE, nodes), (&ADD_ACT, rows)] {
        let rows: Vec<&[Value]> = rows.iter().map(Vec::as_slice).collect();
        tx.insert(statement, &rows).await?;
    }
    Ok(())
}

async fn node(tx: &mut Tx, position: u64) -> Result<ledger::Hash, Refusal> {
    let row = tx.optional(&NODE, args![position as i64]).await?;
    let bytes = row
        .ok_or_else(|| Refusal::broken("a ledger node is missing"))?
        .bytes("hash")?;
    bytes
        .try_into()
        .map_err(|_| Refusal::broken("a ledger node is not 32 bytes"))
}
