//! Writes many changes in the order of their time, thousands in one commit.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::Arc;
use std::time::Instant;

use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::kernel::clock::{Now, stopwatch};
use crate::kernel::{App, Change, Ctx, Refusal, writer};

/// Changes in one commit.
const TOGETHER: usize = 4_000;

type Told = (Ctx, Change);

/// A change that waits for its time.
struct Waiting {
    at: i64,
    number: u64,
    told: Told,
}

pub struct Writing {
    waiting: BinaryHeap<Reverse<Waiting>>,
    /// Numbers those of the same moment in the order in which they were added.
    count: u64,
    ready: Vec<Told>,
    /// None once writing has ended.
    out: Option<mpsc::Sender<Vec<Told>>>,
    written: JoinHandle<Result<(), Refusal>>,
}

impl Writing {
    /// Starts to write beside what makes the changes.
    pub fn start(app: Arc<App>) -> Writing {
        let (out, mut changes) = mpsc::channel::<Vec<Told>>(2);
        let written = tokio::spawn(async move {
            while let Some(together) = changes.recv().await {
                writer::fill(&app, &together).await?;
            }
            Ok(())
        });
        Writing {
            waiting: BinaryHeap::new(),
            count: 0,
            ready: Vec::new(),
            out: Some(out),
            written,
        }
    }

    pub fn add(&mut self, ctx: Ctx, change: Change) {
        self.count += 1;
        self.waiting.push(Reverse(Waiting {
            at: ctx.now.0,
            number: self.count,
            told: (ctx, change),
        }));
    }

    pub fn add_all(&mut self, told: Vec<Told>) {
        for (ctx, change) in told {
            self.add(ctx, change);
        }
    }

    /// Writes what is before this moment. Nothing earlier may be added afterwards.
    pub async fn until(&mut self, moment: Now) -> Result<(), Refusal> {
        while self
            .waiting
            .peek()
            .is_some_and(|Reverse(first)| first.at < moment.0)
        {
            if let Some(Reverse(first)) = self.waiting.pop() {
                self.ready.push(first.told);
            }
            if self.ready.len() >= TOGETHER {
                self.send().await?;
            }
        }
        Ok(())
    }

    async fn send(&mut self) -> Result<(), Refusal> {
        let ready = std::mem::take(&mut self.ready);
        if let Some(out) = &self.out
            && out.send(ready).await.is_err()
        {
            // The writer has stopped: what it says is why.
            self.out = None;
            return self.ended().await;
        }
        Ok(())
    }

    async fn ended(&mut self) -> Result<(), Refusal> {
        match (&mut self.written).await {
            Ok(done) => done,
            Err(panic) => Err(Refusal::broken(panic)),
        }
    }

    /// Writes the rest, and says how many changes there were.
    pub async fn finish(mut self) -> Result<u64, Refusal> {
        self.until(Now(i64::MAX)).await?;
        self.send().await?;
        self.out = None;
        self.ended().await?;
        Ok(self.count)
    }
}

impl PartialEq for Waiting {
    fn eq(&self, other: &Waiting) -> bool {
        (self.at, self.number) == (other.at, other.number)
    }
}

impl Eq for Waiting {}

impl PartialOrd for Waiting {
    fn partial_cmp(&self, other: &Waiting) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Waiting {
    fn cmp(&self, other: &Waiting) -> std::cmp::Ordering {
        (self.at, self.number).cmp(&(other.at, other.number))
    }
}

/// Says now and then how far something is, how fast, and how long it will take.
pub struct Progress {
    whole: usize,
    begun: Instant,
    said: Instant,
}

impl Progress {
    pub fn new(whole: usize) -> Progress {
        Progress {
            whole,
            begun: stopwatch(),
            said: stopwatch(),
        }
    }

    pub fn tick(&mut self, done: usize, say: &impl Fn(&str)) {
        if self.said.elapsed().as_secs() < 5 && done < self.whole {
            return;
        }
        self.said = stopwatch();
        let rate = done as f64 / self.begun.elapsed().as_secs_f64().max(0.001);
        let left = (self.whole - done) as f64 / rate;
        say(&format!(
            "  {done} of {}, {rate:.0} a second, {left:.0} seconds left",
            self.whole
        ));
    }
}
