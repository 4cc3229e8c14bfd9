//! Whether this gateway can keep what people send. Remembered from the last write, so that to ask costs none.

use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

use db::{DbError, sql};

use crate::kernel::clock::Elapsed;
use crate::kernel::{App, Refusal};

sql! {
    // Changes nothing, but has to be written.
    TRY = "update ledger_size set size = size where id = 1";
}

/// After a write failed, another is tried when somebody asks, this often (microseconds).
const AGAIN: i64 = 10_000_000;
/// A folder with less room than this is full (bytes): the database could not write its own log.
pub const MIN_ROOM: u64 = 16 * 1024 * 1024;

#[derive(Default)]
pub struct Health {
    failed: AtomicBool,
    /// When a write was tried last because somebody asked.
    tried: AtomicI64,
}

impl Health {
    /// What became of a write.
    pub(super) fn wrote<T>(&self, outcome: &Result<T, Refusal>) {
        match outcome {
            Ok(_) => self.failed.store(false, Ordering::Relaxed),
            Err(Refusal::Broken(_) | Refusal::Unreachable(_)) => {
                self.failed.store(true, Ordering::Relaxed);
            }
            // A refusal for a reason of ours says nothing about the disk.
            Err(_) => {}
        }
    }

    /// Whether it is time to try again, at most every ten seconds.
    fn due(&self, now: Elapsed) -> bool {
        let tried = self.tried.load(Ordering::Relaxed);
        tried + AGAIN <= now.0
            && self
                .tried
                .compare_exchange(tried, now.0.max(1), Ordering::Relaxed, Ordering::Relaxed)
                .is_ok()
    }
}

/// Why nothing can be written just now; none where it can, as far as is known.
pub async fn cannot_write(app: &App) -> Option<&'static str> {
    if app.settings.database.is_empty() && no_room(app) {
        return Some("the disk is full");
    }
    let health = &app.health;
    if health.failed.load(Ordering::Relaxed) && health.due(app.clock.elapsed()) {
        let tried = tried(app).await.map_err(Refusal::from);
        health.wrote(&tried);
    }
    health
        .failed
        .load(Ordering::Relaxed)
        .then_some("the last write failed")
}

async fn tried(app: &App) -> Result<(), DbError> {
    let mut tx = app.db.begin().await?;
    tx.execute(&TRY, &[]).await?;
    tx.commit().await
}

/// Whether the data folder is full or read-only. Where the system does not say, it is not.
fn no_room(app: &App) -> bool {
    #[cfg(unix)]
    {
        use rustix::fs::{StatVfsMountFlags, statvfs};
        statvfs(&app.settings.data).is_ok_and(|disk| {
            disk.f_bavail.saturating_mul(disk.f_frsize) < MIN_ROOM
                || disk.f_flag.contains(StatVfsMountFlags::RDONLY)
        })
    }
    #[cfg(not(unix))]
    {
        let _ = app;
        false
    }
}
