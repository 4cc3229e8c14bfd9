//! Forms that were sent a moment ago. The same form sent again, by a double click or by reloading, is
//! not done again: it gets the answer of the first.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use axum::body::Bytes;
use axum::http::Response;
use tokio::sync::watch;

/// An answer that is remembered: whole, and small.
pub type Answer = Response<Bytes>;

/// Answers that are remembered at most. The oldest go first.
const MOST: usize = 1000;
/// The largest answer that is remembered, in bytes. With [`MOST`] it bounds the memory to 64 MB.
pub const LARGEST: usize = 64 * 1024;

enum Entry {
    /// Somebody does it now; this tells when they are done.
    Running(watch::Receiver<()>),
    Done {
        answer: Answer,
        /// Until when it counts (UTC microseconds).
        until: i64,
    },
}

#[derive(Clone, Default)]
pub struct Sent(Arc<Mutex<HashMap<String, Entry>>>);

/// Whose turn it is.
pub enum Turn {
    /// Nobody has sent this: do it.
    First(Claim),
    /// It was done; this was the answer.
    Again(Answer),
}

impl Sent {
    /// Waits while the same is being done, and says what came of it. Where it came to nothing, the next
    /// in line does it.
    pub async fn turn(&self, key: &str, now: i64) -> Turn {
        loop {
            let mut waiting = {
                let mut entries = self.0.lock().expect("not poisoned");
                match entries.get(key) {
                    Some(Entry::Done { answer, until }) if now <= *until => {
                        return Turn::Again(answer.clone());
                    }
                    Some(Entry::Running(done)) => done.clone(),
                    Some(Entry::Done { .. }) | None => {
                        let (sender, done) = watch::channel(());
                        entries.insert(key.to_owned(), Entry::Running(done));
                        return Turn::First(Claim {
                            sent: self.clone(),
                            key: key.to_owned(),
                            _done: sender,
                        });
                    }
                }
            };
            // It ends when the other is done or gone.
            let _ = waiting.changed().await;
        }
    }
}

/// The right to do what a form asks for. Dropped without an answer, it passes to the next in line.
pub struct Claim {
    sent: Sent,
    key: String,
    _done: watch::Sender<()>,
}

impl Claim {
    /// What came of it, for whoever sends the same until then.
    pub fn answered(self, answer: Answer, now: i64, until: i64) {
        let mut entries = self.sent.0.lock().expect("not poisoned");
        entries.retain(|_, entry| !matches!(entry, Entry::Done { until, .. } if *until < now));
        if entries.len() >= MOST {
            let ends = |entry: &Entry| match entry {
                Entry::Done { until, .. } => *until,
                Entry::Running(_) => i64::MAX,
            };
            let first = entries.iter().min_by_key(|(_, entry)| ends(entry));
            if let Some(key) = first.map(|(key, _)| key.clone()) {
                entries.remove(&key);
            }
        }
        entries.insert(self.key.clone(), Entry::Done { answer, until });
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        let mut entries = self.sent.0.lock().expect("not poisoned");
        if matches!(entries.get(&self.key), Some(Entry::Running(_))) {
            entries.remove(&self.key);
        }
    }
}
