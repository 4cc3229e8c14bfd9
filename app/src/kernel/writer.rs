//! Writes changes and appends their acts to the ledger. Changes that wait at the same time are written
//! in one transaction: one sync to the disk serves them all, and one lock on the ledger. When somebody was
//! first for one of them, nothing is written and each is tried alone. An act is acknowledged after its
//! transaction is committed.

use std::collections::BTreeMap;
use std::sync::Arc;

use db::{Db, DbError, Statement, Tx, Value, args, sql};
use serde_json::{Value as Json, json};
use tokio::sync::{mpsc, oneshot};

use crate::kernel::app::MIGRATIONS;
use crate::kernel::{Act, App, Change, Ctx, Refusal};

sql! {
    TAKE_PLACES = "update ledger_size set size = size + $1 where id = 1 returning size";
    NODE = "select hash from ledger_nodes where position = $1";
    ADD_NODE = "insert into ledger_nodes (position, hash) values ($1, $2)";
    ADD_ACT = "insert into acts (sequence, at, person_id, organisation_id, kind, subject, act, salt, entry)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
}

/// So many changes are written together at most.
const TOGETHER: usize = 64;

/// So many changes wait at most; whoever comes then waits to wait.
const WAITING: usize = 1024;

/// A change on its way, with who makes it.
struct Waiting {
    ctx: Ctx,
    change: Change,
    answer: oneshot::Sender<Result<(), Refusal>>,
}

/// Hands changes to the one task that writes them. It ends with the last handle.
pub struct Writer(mpsc::Sender<Waiting>);

impl Writer {
    pub fn start(db: Db) -> Writer {
        let (sender, waiting) = mpsc::channel(WAITING);
        tokio::spawn(run(db, waiting));
        Writer(sender)
    }

    /// # Errors
    /// [`Refusal::Raced`] when a row is not as the change expects: nothing of it was written.
    pub(super) async fn write(&self, ctx: Ctx, change: Change) -> Result<(), Refusal> {
        let stopped = || Refusal::broken("the writer has stopped");
        let (answer, answered) = oneshot::channel();
        let waiting = Waiting {
            ctx,
            change,
            answer,
        };
        self.0.send(waiting).await.map_err(|_| stopped())?;
        answered.await.map_err(|_| stopped())?
    }
}

async fn run(db: Db, mut waiting: mpsc::Receiver<Waiting>) {
    let mut edge = Edge::default();
    let mut together = Vec::with_capacity(TOGETHER);
    while waiting.recv_many(&mut together, TOGETHER).await > 0 {
        let outcomes = match write(&db, &mut edge, &together).await {
            Err(Fault::NotWritten(_)) if together.len() > 1 => {
                let mut outcomes = Vec::with_capacity(together.len());
                for one in &together {
                    outcomes.push(write(&db, &mut edge, std::slice::from_ref(one)).await);
                }
                outcomes
            }
            outcome => {
                let others = (1..together.len()).map(|_| match &outcome {
                    Err(Fault::Unknown(said)) => Err(Fault::Unknown(said.clone())),
                    _ => Ok(()),
                });
                let mut outcomes: Vec<_> = others.collect();
                outcomes.push(outcome);
                outcomes
            }
        };
        for (one, outcome) in together.drain(..).zip(outcomes) {
            // Whoever has gone does not hear it.
            let _ = one.answer.send(outcome.map_err(Refusal::from));
        }
    }
}

/// Why changes were not acknowledged.
enum Fault {
    NotWritten(Refusal),
    /// The commit failed: they may be written and they may not. To try again could write them twice.
    Unknown(Arc<DbError>),
}

impl From<Refusal> for Fault {
    fn from(refusal: Refusal) -> Fault {
        Fault::NotWritten(refusal)
    }
}

impl From<DbError> for Fault {
    fn from(fault: DbError) -> Fault {
        Fault::NotWritten(fault.into())
    }
}

impl From<Fault> for Refusal {
    fn from(fault: Fault) -> Refusal {
        match fault {
            Fault::NotWritten(refusal) => refusal,
            Fault::Unknown(said) if matches!(*said, DbError::Unreachable { .. }) => {
                Refusal::Unreachable(said.into())
            }
            Fault::Unknown(said) => Refusal::broken(said),
        }
    }
}

/// Writes all in one transaction.
async fn write(db: &Db, edge: &mut Edge, together: &[Waiting]) -> Result<(), Fault> {
    let mut tx = db.begin().await?;
    // The lock on the size comes first: whoever writes from another machine waits here, and not in the
    // middle with rows that somebody here wants.
    let size = take_places(&mut tx, 0).await?;
    let mut grown = edge.at(&mut tx, size).await?;
    let mut rows = Rows::default();
    for one in together {
        one.ctx.right.holds(&one.ctx, &mut tx).await?;
        for write in &one.change.writes {
            let touched = tx.execute(write.statement, &write.args).await?;
            if write.one && touched != 1 {
                return Err(Refusal::Raced.into());
            }
        }
        for act in &one.change.acts {
            append(&mut grown, &mut rows, &one.ctx, act)?;
        }
    }
    rows.add(&mut tx).await?;
    take_places(&mut tx, grown.size - size).await?;
    tx.commit()
        .await
        .map_err(|fault| Fault::Unknown(Arc::new(fault)))?;
    *edge = grown;
    Ok(())
}

/// Commits many changes of many people at once, in this order. It is for filling a gateway: the writes must
/// all be inserts of rows that no other of these changes touches, and rows of one table are added together.
pub async fn fill(app: &App, changes: &[(Ctx, Change)]) -> Result<(), Refusal> {
    let mut tables: Vec<(&'static Statement, Vec<&[Value]>, bool)> = Vec::new();
    for write in changes.iter().flat_map(|(_, change)| &change.writes) {
        let known = tables
            .iter_mut()
            .find(|(s, ..)| std::ptr::eq(*s, write.statement));
        match known {
            Some((_, rows, _)) => rows.push(&write.args),
            None => tables.push((write.statement, vec![&write.args], write.one)),
        }
    }
    tables.sort_by_key(|(statement, ..)| created(statement));
    let mut tx = app.db.begin().await?;
    let size = take_places(&mut tx, 0).await?;
    for (statement, rows, one) in tables {
        let added = tx.insert(statement, &rows).await?;
        if one && added != rows.len() as u64 {
            return Err(Refusal::Raced);
        }
    }
    let mut edge = Edge::default().at(&mut tx, size).await?;
    let mut rows = Rows::default();
    for (ctx, change) in changes {
        for act in &change.acts {
            append(&mut edge, &mut rows, ctx, act)?;
        }
    }
    rows.add(&mut tx).await?;
    take_places(&mut tx, edge.size - size).await?;
    tx.commit().await?;
    Ok(())
}

/// Takes the next places in the log, and with them the one lock on it until the transaction ends. Returns how many acts there
/// are then.
pub(super) async fn take_places(tx: &mut Tx, count: u64) -> Result<u64, Refusal> {
    let row = tx.optional(&TAKE_PLACES, args![count as i64]).await?;
    let row = row.ok_or_else(|| Refusal::broken("the ledger has no size"))?;
    Ok(row.int("size")? as u64)
}

/// The growing edge of the tree: the nodes over all acts so far, which the next ones are added to.
#[derive(Clone, Default)]
struct Edge {
    size: u64,
    nodes: BTreeMap<u64, ledger::Hash>,
}

impl Edge {
    /// This edge if the log is still so long; otherwise another machine wrote, and it is read afresh.
    async fn at(&self, tx: &mut Tx, size: u64) -> Result<Edge, Refusal> {
        if self.size == size {
            return Ok(self.clone());
        }
        let mut nodes = BTreeMap::new();
        for position in ledger::reads_for_root(size) {
            nodes.insert(position, node(tx, position).await?);
        }
        Ok(Edge { size, nodes })
    }

    /// Adds a leaf; the nodes that are new.
    fn grow(&mut self, leaf: ledger::Hash) -> Result<Vec<(u64, ledger::Hash)>, Refusal> {
        let new = ledger::append(self.size, leaf, &self.nodes).map_err(Refusal::broken)?;
        self.size += 1;
        self.nodes.extend(new.iter().copied());
        let edge = ledger::reads_for_root(self.size);
        self.nodes.retain(|position, _| edge.contains(position));
        Ok(new)
    }
}

/// Rows of the ledger, to be added several at once.
#[derive(Default)]
struct Rows {
    nodes: Vec<Vec<Value>>,
    acts: Vec<Vec<Value>>,
}

impl Rows {
    async fn add(self, tx: &mut Tx) -> Result<(), Refusal> {
        for (statement, rows) in [(&ADD_NODE, self.nodes), (&ADD_ACT, self.acts)] {
            let rows: Vec<&[Value]> = rows.iter().map(Vec::as_slice).collect();
            tx.insert(statement, &rows).await?;
        }
        Ok(())
    }
}

fn append(edge: &mut Edge, rows: &mut Rows, ctx: &Ctx, act: &Act) -> Result<(), Refusal> {
    let salt = ctx.app.entropy.bytes::<32>();
    let stated = stated(ctx, act);
    // The entry itself is kept: once the act is erased, it cannot be made again.
    let entry = ledger::leaf(&salt, &stated);
    let canonical = String::from_utf8(ledger::canonical(&stated)).map_err(Refusal::broken)?;
    let (person, organisation) = who(ctx, act);
    let row = args![
        edge.size as i64,
        ctx.now.0,
        person,
        organisation,
        &*act.kind,
        act.subject.as_str(),
        canonical,
        &salt[..],
        &entry[..]
    ];
    rows.acts.push(row.to_vec());
    for (position, hash) in edge.grow(ledger::leaf_hash(&entry))? {
        rows.nodes.push(args![position as i64, &hash[..]].to_vec());
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

fn who<'a>(ctx: &'a Ctx, act: &Act) -> (&'a str, &'a str) {
    match &ctx.acting {
        Some(acting) if act.unnamed => ("", acting.organisation.as_str()),
        Some(acting) => (acting.person.as_str(), acting.organisation.as_str()),
        None => ("", ""),
    }
}

fn stated(ctx: &Ctx, act: &Act) -> Json {
    let (person, organisation) = who(ctx, act);
    json!({
        "at": ctx.now.0,
        "person": person,
        "organisation": organisation,
        "kind": act.kind,
        "subject": act.subject,
        "detail": act.detail,
    })
}

/// Where the schema makes the table that a statement inserts into: after those that its rows may name.
fn created(statement: &Statement) -> Option<(usize, usize)> {
    let table = statement.sql.split_whitespace().nth(2)?;
    let made = format!("create table {table} (");
    let mut steps = MIGRATIONS.iter().enumerate();
    steps.find_map(|(step, migration)| Some((step, migration.sqlite.find(&made)?)))
}
