//! How often somebody may try a password or a code. Counted in memory, by account and by where the
//! attempt comes from, before any hashing is done; the same whether the account exists or not.

use std::collections::{HashMap, HashSet};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use super::Refusal;

/// Attempts are counted in windows of this length (microseconds): 15 minutes.
pub const WINDOW: i64 = 15 * 60 * 1_000_000;
/// Wrong attempts on one account from one address.
pub const PAIR: u32 = 10;
/// Wrong attempts from one address, on whatever accounts: an office may share one.
pub const ADDRESS: u32 = 200;
/// Wrong attempts on one account from addresses that it was never signed in from.
pub const ACCOUNT: u32 = 100;
/// More counts than this are not kept: the oldest go.
const MOST: usize = 200_000;

#[derive(Clone, PartialEq, Eq, Hash)]
enum Key {
    Pair(String, String),
    Address(String),
    Account(String),
}

#[derive(Default)]
pub struct Attempts(Mutex<Counts>);

#[derive(Default)]
struct Counts {
    /// Since when, and how many.
    counts: HashMap<Key, (i64, u32)>,
    /// Account and address that fitted together.
    known: HashSet<(String, String)>,
}

/// An attempt that was let through, and counts as wrong until it [`fits`](Attempts::fits). One that never does is
/// written to the log.
pub struct Attempt {
    account: String,
    address: String,
    fitted: AtomicBool,
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
    let (account, address) = (&attempt.account[..12], &attempt.address);
    tracing::warn!(target: "aldgate::security", account, address, "{what}");
}

impl Attempts {
    /// Lets an attempt through, or refuses it at no cost. `account` is whatever names the account;
    /// `address` is where the attempt comes from.
    ///
    /// # Errors
    /// [`Refusal::TooOften`].
    pub fn allow(&self, now: i64, account: &str, address: &str) -> Result<Attempt, Refusal> {
        let attempt = Attempt {
            account: ledger::digest(account.as_bytes()),
            address: address.to_owned(),
            fitted: AtomicBool::new(false),
        };
        let mut held = self.0.lock().expect("not poisoned");
        if held.counts.len() > MOST {
            held.counts.retain(|_, (since, _)| now - *since < WINDOW);
            if held.counts.len() > MOST {
                held.counts.clear();
            }
        }
        let is_known = held
            .known
            .contains(&(attempt.account.clone(), attempt.address.clone()));
        let limits = attempt.keys().map(|key| match key {
            Key::Pair(..) => (key, PAIR),
            Key::Address(_) => (key, ADDRESS),
            // An attack from elsewhere does not lock out whoever is at their usual place.
            Key::Account(_) => (key, if is_known { u32::MAX } else { ACCOUNT }),
        });
        let current = |counts: &HashMap<Key, (i64, u32)>, key: &Key| {
            counts
                .get(key)
                .filter(|(since, _)| now - since < WINDOW)
                .copied()
                .unwrap_or((now, 0))
        };
        if limits
            .iter()
            .any(|(key, limit)| current(&held.counts, key).1 >= *limit)
        {
            told(&attempt, "too many wrong passwords or codes");
            attempt.fitted.store(true, Ordering::Relaxed);
            return Err(Refusal::TooOften);
        }
        for (key, _) in limits {
            let (since, count) = current(&held.counts, &key);
            held.counts.insert(key, (since, count + 1));
        }
        Ok(attempt)
    }

    /// It was right: it does not count, and what this account had got wrong from here is forgotten.
    pub fn fits(&self, attempt: &Attempt) {
        attempt.fitted.store(true, Ordering::Relaxed);
        let mut held = self.0.lock().expect("not poisoned");
        for key in attempt.keys() {
            match key {
                Key::Pair(..) => {
                    held.counts.remove(&key);
                }
                _ => {
                    if let Some((_, count)) = held.counts.get_mut(&key) {
                        *count = count.saturating_sub(1);
                    }
                }
            }
        }
        if held.known.len() > MOST {
            held.known.clear();
        }
        held.known
            .insert((attempt.account.clone(), attempt.address.clone()));
    }
}

impl Attempt {
    fn keys(&self) -> [Key; 3] {
        [
            Key::Pair(self.account.clone(), self.address.clone()),
            Key::Address(self.address.clone()),
            Key::Account(self.account.clone()),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tries(attempts: &Attempts, now: i64, account: &str, address: &str, count: u32) -> u32 {
        (0..count)
            .filter(|_| attempts.allow(now, account, address).is_ok())
            .count() as u32
    }

    #[test]
    fn one_address_is_stopped_and_others_are_not() {
        let attempts = Attempts::default();
        assert_eq!(tries(&attempts, 0, "asha", "192.0.2.1", 200), PAIR);
        let owner = attempts.allow(0, "asha", "198.51.100.7").unwrap();
        attempts.fits(&owner);
        assert_eq!(tries(&attempts, WINDOW, "asha", "192.0.2.1", 20), PAIR);
    }

    #[test]
    fn many_addresses_are_stopped_and_the_usual_one_is_not() {
        let attempts = Attempts::default();
        let owner = attempts.allow(0, "asha", "198.51.100.7").unwrap();
        attempts.fits(&owner);
        let through: u32 = (0..500)
            .map(|n| tries(&attempts, 0, "asha", &format!("192.0.2.{n}"), 3))
            .sum();
        assert_eq!(through, ACCOUNT);
        assert!(attempts.allow(0, "asha", "203.0.113.9").is_err());
        assert!(attempts.allow(0, "asha", "198.51.100.7").is_ok());
        assert!(attempts.allow(0, "dev", "203.0.113.9").is_ok());
    }

    #[test]
    fn many_accounts_from_one_address_are_stopped() {
        let attempts = Attempts::default();
        let through: u32 = (0..1000)
            .map(|n| tries(&attempts, 0, &format!("person {n}"), "192.0.2.1", 1))
            .sum();
        assert_eq!(through, ADDRESS);
    }
}
