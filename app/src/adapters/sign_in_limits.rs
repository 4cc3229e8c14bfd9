//! How often somebody may try a password or a code. Counted by account and by where the attempt comes
//! from, before any hashing is done; the same whether the account exists or not. Accounts and networks are
//! named by marks only: keyed hashes, of which nobody makes an address again.

use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use crate::kernel::Refusal;
use crate::kernel::clock::Elapsed;

const SECOND: i64 = 1_000_000;
/// Attempts are counted in windows of this length (microseconds): 15 minutes.
pub const WINDOW: i64 = 15 * 60 * SECOND;
/// Wrong attempts on one account from one network.
pub const MAX_WRONG_PAIR: u32 = 10;
/// Wrong attempts from one network, on accounts that it is no usual place of: an office may share one.
pub const MAX_WRONG_NETWORK: u32 = 200;
/// Wrong attempts on one account from networks that are no usual place of it.
pub const MAX_WRONG_ACCOUNT: u32 = 100;
/// Counts are forgotten after this long (microseconds): 24 hours.
pub const KEPT: i64 = 24 * 60 * 60 * SECOND;
/// A network is a usual place of an account for this long after a right password (microseconds): 90 days.
pub const USUAL: i64 = 90 * KEPT;
/// More than this are not kept in memory: the oldest go.
const MAX_COUNTS: usize = 200_000;

/// A keyed hash of what is counted.
pub(super) type Mark = [u8; 16];

/// One count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Count {
    /// When its window began.
    pub since: i64,
    pub wrong: u32,
    /// Not yet in the database as it is.
    pub fresh: bool,
}

/// A usual place: when a password was right there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub last: i64,
    pub fresh: bool,
}

pub struct Attempts {
    key: [u8; 32],
    held: Mutex<Held>,
}

#[derive(Default)]
pub(super) struct Held {
    pub counts: HashMap<Mark, Count>,
    pub places: HashMap<Mark, Place>,
}

/// An attempt that was let through, and counts as wrong until it [`fits`](Attempts::fits). One that never does is
/// written to the log.
pub struct Attempt {
    marks: Marks,
    now: i64,
    /// It comes from no usual place, and counts for the account and the network too.
    elsewhere: bool,
    /// For the log: a part of the account's digest, and the address.
    account: String,
    network: String,
    fitted: AtomicBool,
}

#[derive(Clone, Copy)]
struct Marks {
    pair: Mark,
    network: Mark,
    account: Mark,
    place: Mark,
}

impl Drop for Attempt {
    fn drop(&mut self) {
        if !self.fitted.load(Ordering::Relaxed) {
            told(self, "a wrong password or code");
        }
    }
}

/// Accounts are named by a part of a digest: whoever reads the log sees that it is the same one, and not whose.
fn told(attempt: &Attempt, what: &str) {
    let (account, address) = (&attempt.account, &attempt.network);
    tracing::warn!(target: "aldgate::security", account, address, "{what}");
}

impl Attempts {
    /// `key` is what the marks are made with.
    pub fn new(key: [u8; 32]) -> Attempts {
        Attempts {
            key,
            held: Mutex::default(),
        }
    }

    fn mark(&self, kind: &str, account: &str, network: &str) -> Mark {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.key).expect("any length of key");
        for part in [kind, "\n", account, "\n", network] {
            mac.update(part.as_bytes());
        }
        let bytes = mac.finalize().into_bytes();
        *bytes.first_chunk().expect("32 bytes")
    }

    fn marks(&self, account: &str, network: &str) -> Marks {
        Marks {
            pair: self.mark("pair", account, network),
            network: self.mark("network", "", network),
            account: self.mark("account", account, ""),
            place: self.mark("place", account, network),
        }
    }

    /// Lets an attempt through, or refuses it at no cost. `account` is whatever names the account; `network` is
    /// where the attempt comes from. At a usual place of the account only what was wrong on it from there counts, so
    /// that nobody elsewhere keeps its owner out.
    ///
    /// # Errors
    /// [`Refusal::TooOften`].
    pub fn allow(&self, now: Elapsed, account: &str, network: &str) -> Result<Attempt, Refusal> {
        self.allow_in(now, account, network, None)
    }

    /// As [`Attempts::allow`], in a browser in which this account was signed in to before: only what was wrong in
    /// that browser counts, so that nobody at the same place keeps its owner out either.
    ///
    /// # Errors
    /// [`Refusal::TooOften`].
    pub fn allow_in(
        &self,
        now: Elapsed,
        account: &str,
        network: &str,
        browser: Option<&str>,
    ) -> Result<Attempt, Refusal> {
        let now = now.0;
        let mut marks = self.marks(account, network);
        if let Some(browser) = browser {
            marks.pair = self.mark("browser", account, browser);
        }
        let mut attempt = Attempt {
            marks,
            now,
            elsewhere: false,
            account: ledger::digest(account.as_bytes())[..12].to_owned(),
            network: network.to_owned(),
            fitted: AtomicBool::new(false),
        };
        let mut held = self.held();
        if held.counts.len() > MAX_COUNTS {
            held.counts.retain(|_, count| now - count.since < WINDOW);
            if held.counts.len() > MAX_COUNTS {
                held.counts.clear();
            }
        }
        attempt.elsewhere = browser.is_none() && !held.is_usual(&marks.place, now);
        let mut limits = vec![(marks.pair, MAX_WRONG_PAIR)];
        if attempt.elsewhere {
            limits.push((marks.account, MAX_WRONG_ACCOUNT));
            limits.push((marks.network, MAX_WRONG_NETWORK));
        }
        if limits
            .iter()
            .any(|(mark, limit)| held.current(mark, now).wrong >= *limit)
        {
            drop(held);
            told(&attempt, "too many wrong passwords or codes");
            attempt.fitted.store(true, Ordering::Relaxed);
            return Err(Refusal::TooOften);
        }
        for (mark, _) in limits {
            let count = held.current(&mark, now);
            held.put(mark, count.since, count.wrong + 1);
        }
        Ok(attempt)
    }

    /// It was right: it does not count, what this account had got wrong from here is forgotten, and here is a
    /// usual place of it from now on.
    pub fn fits(&self, attempt: &Attempt) {
        attempt.fitted.store(true, Ordering::Relaxed);
        let (marks, now) = (&attempt.marks, attempt.now);
        let mut held = self.held();
        held.put(marks.pair, now, 0);
        if attempt.elsewhere {
            for mark in [marks.account, marks.network] {
                let count = held.current(&mark, now);
                held.put(mark, count.since, count.wrong.saturating_sub(1));
            }
        }
        held.settle(marks.place, now);
    }

    /// A session of this account began here in another way than with a password: here is a usual place of it.
    pub fn began(&self, now: Elapsed, account: &str, network: &str) {
        let place = self.mark("place", account, network);
        self.held().settle(place, now.0);
    }

    pub(super) fn held(&self) -> std::sync::MutexGuard<'_, Held> {
        self.held.lock().expect("not poisoned")
    }
}

impl Held {
    fn is_usual(&self, place: &Mark, now: i64) -> bool {
        let place = self.places.get(place);
        place.is_some_and(|place| now - place.last < USUAL)
    }

    fn current(&self, mark: &Mark, now: i64) -> Count {
        let count = self.counts.get(mark).copied();
        count
            .filter(|count| now - count.since < WINDOW)
            .unwrap_or(Count {
                since: now,
                wrong: 0,
                fresh: true,
            })
    }

    fn put(&mut self, mark: Mark, since: i64, wrong: u32) {
        let count = Count {
            since,
            wrong,
            fresh: true,
        };
        self.counts.insert(mark, count);
    }

    fn settle(&mut self, place: Mark, now: i64) {
        if self.places.len() > MAX_COUNTS {
            self.places.retain(|_, place| now - place.last < USUAL / 3);
            if self.places.len() > MAX_COUNTS {
                self.places.clear();
            }
        }
        // Once a day is often enough to know that a place is still in use.
        let known = self.places.get(&place);
        if known.is_none_or(|known| now - known.last > KEPT) {
            let settled = Place {
                last: now,
                fresh: true,
            };
            self.places.insert(place, settled);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attempts() -> Attempts {
        Attempts::new([7; 32])
    }

    fn tries(attempts: &Attempts, now: i64, account: &str, network: &str, count: u32) -> u32 {
        (0..count)
            .filter(|_| attempts.allow(Elapsed(now), account, network).is_ok())
            .count() as u32
    }

    fn enters(attempts: &Attempts, account: &str, network: &str) {
        let owner = attempts.allow(Elapsed(0), account, network).unwrap();
        attempts.fits(&owner);
    }

    #[test]
    fn one_network_is_stopped_and_others_are_not() {
        let attempts = attempts();
        let stopped = tries(&attempts, 0, "asha", "192.0.2.1", 200);
        assert_eq!(stopped, MAX_WRONG_PAIR);
        enters(&attempts, "asha", "198.51.100.7");
        let later = tries(&attempts, WINDOW, "asha", "192.0.2.1", 20);
        assert_eq!(later, MAX_WRONG_PAIR);
    }

    #[test]
    fn many_networks_are_stopped_and_the_usual_one_is_not() {
        let attempts = attempts();
        enters(&attempts, "asha", "198.51.100.7");
        let through: u32 = (0..500)
            .map(|n| tries(&attempts, 0, "asha", &format!("192.0.2.{n}"), 3))
            .sum();
        assert_eq!(through, MAX_WRONG_ACCOUNT);
        assert!(attempts.allow(Elapsed(0), "asha", "203.0.113.9").is_err());
        assert!(attempts.allow(Elapsed(0), "asha", "198.51.100.7").is_ok());
        assert!(attempts.allow(Elapsed(0), "dev", "203.0.113.9").is_ok());
    }

    #[test]
    fn an_office_is_stopped_for_strangers_only() {
        let attempts = attempts();
        enters(&attempts, "asha", "192.0.2.1");
        let through: u32 = (0..1000)
            .map(|n| tries(&attempts, 0, &format!("person {n}"), "192.0.2.1", 1))
            .sum();
        assert_eq!(through, MAX_WRONG_NETWORK);
        assert!(attempts.allow(Elapsed(0), "dev", "192.0.2.1").is_err());
        assert!(attempts.allow(Elapsed(0), "asha", "192.0.2.1").is_ok());
    }
}
