//! Work that follows an act: a row written in the act's transaction, done afterwards by `jobs/`.
//!
//! A job may be done twice when a process dies between doing and noting it, so each is written to
//! bear that. Claiming and noting are bookkeeping, not acts: nothing here goes into the ledger.

use db::{Row, Tx, args, sql};
use serde_json::Value as Json;

use crate::kernel::clock::Now;
use crate::kernel::{App, Change, Ctx, Refusal};

sql! {
    ENQUEUE = "insert into jobs (id, kind, payload, due_at, attempts, claimed_until, created_at, about, person_id)
        values ($1, $2, $3, $4, 0, 0, $5, $6, $7) on conflict (id) do nothing";
    DUE = "select id, kind, payload, attempts, claimed_until from jobs
        where ended_at is null and due_at <= $1 and claimed_until <= $1 order by due_at, id limit 16";
    CLAIM = "update jobs set claimed_until = $3, attempts = attempts + 1
        where id = $1 and attempts = $2 and claimed_until = $4 and ended_at is null";
    END = "update jobs set ended_at = $2, outcome = $3, fault = $4, payload = null where id = $1 and ended_at is null";
    AGAIN = "update jobs set due_at = $2, claimed_until = 0, fault = $3 where id = $1 and ended_at is null";
    LEFT = "select count(*) as waiting from jobs where ended_at is null";
    GIVEN_UP = "select count(*) as given_up from jobs where outcome = 'given_up'";
    FORGET = "delete from jobs where ended_at < $1 and outcome in ('done', 'refused', 'given_up')";
}

const MINUTE: i64 = 60_000_000;
/// How long a process has for a claimed job before another may take it (microseconds).
const CLAIM_FOR: i64 = 5 * MINUTE;
/// How long to wait after each failed attempt, in minutes. After the last the job is given up.
const BACK_OFF: [i64; 8] = [1, 5, 15, 60, 180, 360, 720, 1_440];

/// Work to be done after an act.
pub struct Job {
    /// The same id is enqueued once only, however often it is asked for.
    pub id: String,
    pub kind: &'static str,
    /// The ids of what an e-mail is about and of whoever it is written to, for the pages that say when
    /// it does not arrive; "" for other jobs.
    pub about: String,
    pub person: String,
    pub payload: Json,
}

/// Why a job failed, without secrets.
#[derive(Debug)]
pub struct Fault {
    pub why: String,
    /// Trying again would change nothing.
    pub for_good: bool,
}

impl From<String> for Fault {
    fn from(why: String) -> Fault {
        Fault {
            why,
            for_good: false,
        }
    }
}

impl Job {
    fn row(&self, now: Now) -> [db::Value; 7] {
        [
            self.id.as_str().into(),
            self.kind.into(),
            self.payload.to_string().into(),
            now.0.into(),
            now.0.into(),
            self.about.as_str().into(),
            self.person.as_str().into(),
        ]
    }
}

impl Change {
    /// Has the job done once the change is written. It may hold a secret: the payload is emptied
    /// when the job ends.
    pub fn job(self, ctx: &Ctx, job: Job) -> Change {
        self.write(&ENQUEUE, &job.row(ctx.now))
    }
}

/// A job that this process has claimed.
pub struct Claimed {
    pub id: String,
    pub kind: String,
    pub payload: Json,
    /// This attempt included.
    pub attempts: i64,
}

/// Enqueues a job that follows no act, such as the reminders of a day.
pub async fn enqueue(app: &App, now: Now, job: &Job) -> Result<(), Refusal> {
    let mut tx = app.db.begin().await?;
    put(&mut tx, now, job).await?;
    Ok(tx.commit().await?)
}

/// Puts a job in the queue. False when it was there already.
pub(crate) async fn put(tx: &mut Tx, now: Now, job: &Job) -> Result<bool, Refusal> {
    Ok(tx.execute(&ENQUEUE, &job.row(now)).await? == 1)
}

/// Claims what is due. Two processes never hold the same job.
pub async fn claim(app: &App, now: Now) -> Result<Vec<Claimed>, Refusal> {
    let rows = app.db.all(&DUE, args![now.0]).await?;
    let mut claimed = Vec::new();
    for row in rows {
        let attempts = row.int("attempts")?;
        let id = row.text("id")?;
        let mut tx = app.db.begin().await?;
        let until = now.0 + CLAIM_FOR;
        let was = row.int("claimed_until")?;
        let ours = tx
            .execute(&CLAIM, args![id.as_str(), attempts, until, was])
            .await?;
        tx.commit().await?;
        if ours == 1 {
            claimed.push(read(&row, id, attempts + 1)?);
        }
    }
    Ok(claimed)
}

fn read(row: &Row, id: String, attempts: i64) -> Result<Claimed, Refusal> {
    let payload = row.opt_text("payload")?.unwrap_or_default();
    Ok(Claimed {
        id,
        kind: row.text("kind")?,
        payload: serde_json::from_str(&payload).map_err(Refusal::broken)?,
        attempts,
    })
}

/// What became of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    Done,
    /// It failed; it is tried again after a while.
    Again,
    /// It failed for the last time.
    GivenUp,
    /// It failed, and would fail again.
    Refused,
}

/// Notes what became of a claimed job.
pub async fn note(
    app: &App,
    now: Now,
    job: &Claimed,
    fault: Option<Fault>,
) -> Result<Ended, Refusal> {
    let id = job.id.as_str();
    let mut tx = app.db.begin().await?;
    let ended = match (&fault, BACK_OFF.get(job.attempts as usize - 1)) {
        (None, _) => {
            tx.execute(&END, args![id, now.0, "done", ""]).await?;
            Ended::Done
        }
        (Some(fault), _) if fault.for_good => {
            let row = args![id, now.0, "refused", fault.why.as_str()];
            tx.execute(&END, row).await?;
            Ended::Refused
        }
        (Some(fault), Some(minutes)) => {
            let due = now.0 + minutes * MINUTE;
            tx.execute(&AGAIN, args![id, due, fault.why.as_str()])
                .await?;
            Ended::Again
        }
        (Some(fault), None) => {
            let row = args![id, now.0, "given_up", fault.why.as_str()];
            tx.execute(&END, row).await?;
            Ended::GivenUp
        }
    };
    tx.commit().await?;
    Ok(ended)
}

/// Jobs that are waiting, and jobs that were given up.
pub async fn counts(app: &App) -> Result<(i64, i64), Refusal> {
    let waiting = app.db.one(&LEFT, args![]).await?.int("waiting")?;
    let given_up = app.db.one(&GIVEN_UP, args![]).await?.int("given_up")?;
    Ok((waiting, given_up))
}

/// Forgets what ended more than a month ago.
pub async fn forget(app: &App, now: Now) -> Result<(), Refusal> {
    let mut tx = app.db.begin().await?;
    tx.execute(&FORGET, args![now.0 - 30 * 1_440 * MINUTE])
        .await?;
    Ok(tx.commit().await?)
}
