//! What attempts were wrong, kept over a restart: marks and counts, no accounts and no addresses.

use std::sync::Arc;
use std::time::Duration;

use db::{args, sql};

use crate::adapters::sign_in_limits::{Count, KEPT, Mark, Place, USUAL};
use crate::kernel::{App, Refusal};

sql! {
    COUNTS = "select mark, since_at, wrong from attempts where since_at > $1";
    PLACES = "select mark, last_at from usual_places where last_at > $1";
    KEEP_COUNT = "insert into attempts (mark, since_at, wrong) values ($1, $2, $3)
        on conflict (mark) do update set since_at = excluded.since_at, wrong = excluded.wrong";
    KEEP_PLACE = "insert into usual_places (mark, last_at) values ($1, $2)
        on conflict (mark) do update set last_at = excluded.last_at";
    FORGET_COUNTS = "delete from attempts where since_at <= $1";
    FORGET_PLACES = "delete from usual_places where last_at <= $1";
}

/// How often what is new is written. A process that is killed forgets what is younger.
const INTERVAL: Duration = Duration::from_secs(5);

/// Times of the wall clock, which a restart does not begin anew, to those of this process, and back. A clock
/// that was set back makes nothing younger than now.
struct Times {
    wall: i64,
    elapsed: i64,
}

impl Times {
    fn of(app: &App) -> Times {
        Times {
            wall: app.clock.now().0,
            elapsed: app.clock.elapsed().0,
        }
    }

    fn here(&self, wall: i64) -> i64 {
        self.elapsed - (self.wall - wall).max(0)
    }

    fn there(&self, elapsed: i64) -> i64 {
        self.wall - (self.elapsed - elapsed).max(0)
    }
}

/// Reads what was kept before.
///
/// # Errors
/// When the database cannot be read.
pub async fn recall(app: &App) -> Result<(), Refusal> {
    let times = Times::of(app);
    let counts = app.db.all(&COUNTS, args![times.wall - KEPT]).await?;
    let places = app.db.all(&PLACES, args![times.wall - USUAL]).await?;
    let mut held = app.attempts.held();
    for row in &counts {
        let count = Count {
            since: times.here(row.int("since_at")?),
            wrong: u32::try_from(row.int("wrong")?).unwrap_or(u32::MAX),
            fresh: false,
        };
        held.counts.insert(mark(&row.text("mark")?)?, count);
    }
    for row in &places {
        let place = Place {
            last: times.here(row.int("last_at")?),
            fresh: false,
        };
        held.places.insert(mark(&row.text("mark")?)?, place);
    }
    Ok(())
}

fn mark(text: &str) -> Result<Mark, Refusal> {
    let mut mark = Mark::default();
    hex::decode_to_slice(text, &mut mark).map_err(Refusal::broken)?;
    Ok(mark)
}

/// Writes what is new since it was written last. No act: nothing that anybody decides rests on it.
///
/// # Errors
/// When the database cannot be written; then it is written the next time.
pub async fn keep(app: &App) -> Result<(), Refusal> {
    let times = Times::of(app);
    let (counts, places) = fresh(app);
    if counts.is_empty() && places.is_empty() {
        return Ok(());
    }
    let mut tx = app.db.begin().await?;
    for (mark, count) in &counts {
        let since = times.there(count.since);
        let wrong = i64::from(count.wrong);
        tx.execute(&KEEP_COUNT, args![hex::encode(mark), since, wrong])
            .await?;
    }
    for (mark, place) in &places {
        let last = times.there(place.last);
        tx.execute(&KEEP_PLACE, args![hex::encode(mark), last])
            .await?;
    }
    tx.execute(&FORGET_COUNTS, args![times.wall - KEPT]).await?;
    tx.execute(&FORGET_PLACES, args![times.wall - USUAL])
        .await?;
    tx.commit().await?;
    let mut held = app.attempts.held();
    for (mark, written) in &counts {
        if let Some(count) = held.counts.get_mut(mark)
            && count == written
        {
            count.fresh = false;
        }
    }
    for (mark, written) in &places {
        if let Some(place) = held.places.get_mut(mark)
            && place == written
        {
            place.fresh = false;
        }
    }
    Ok(())
}

/// What was counted of each, with the keyed hash it is counted by.
type Marked<T> = Vec<(Mark, T)>;

/// Sorted, so that two processes never wait for each other's rows.
fn fresh(app: &App) -> (Marked<Count>, Marked<Place>) {
    let held = app.attempts.held();
    let counts = held.counts.iter().filter(|(_, count)| count.fresh);
    let places = held.places.iter().filter(|(_, place)| place.fresh);
    let mut counts: Marked<Count> = counts.map(|(m, c)| (*m, *c)).collect();
    let mut places: Marked<Place> = places.map(|(m, p)| (*m, *p)).collect();
    counts.sort_unstable_by_key(|(mark, _)| *mark);
    places.sort_unstable_by_key(|(mark, _)| *mark);
    (counts, places)
}

/// Writes what is new again and again, until the process ends.
pub async fn keep_writing(app: Arc<App>) {
    loop {
        tokio::time::sleep(INTERVAL).await;
        if let Err(refusal) = keep(&app).await {
            refusal.log();
        }
    }
}
