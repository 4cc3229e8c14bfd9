//! How much one visitor may ask for in a while, counted in memory.

use std::collections::HashMap;
use std::sync::Mutex;

use crate::kernel::clock::Elapsed;

const SECOND: i64 = 1_000_000;
/// The most visitors that are counted at once. Beyond it, those who asked longest ago are forgotten.
const MAX_VISITORS: usize = 100_000;

/// So many in so many seconds: at once, or evenly after that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// 0: no limit.
    pub count: u32,
    pub seconds: i64,
}

impl Rate {
    pub const fn per_minute(count: u32) -> Rate {
        Rate { count, seconds: 60 }
    }

    pub const fn per_hour(count: u32) -> Rate {
        Rate {
            count,
            seconds: 60 * 60,
        }
    }
}

/// Until when each visitor's requests are spread, were they sent evenly (a leaky bucket, as GCRA).
#[derive(Default)]
pub struct Limits(Mutex<HashMap<String, i64>>);

impl Limits {
    /// Counts one request of `key`.
    ///
    /// # Errors
    /// How many seconds to wait.
    pub fn take(&self, key: &str, rate: Rate, now: Elapsed) -> Result<(), u64> {
        if rate.count == 0 {
            return Ok(());
        }
        let window = rate.seconds * SECOND;
        let step = window / i64::from(rate.count);
        let now = now.0;
        let mut until = self.0.lock().expect("not poisoned");
        if until.len() >= MAX_VISITORS {
            until.retain(|_, until| *until > now);
            // All are busy: that is an attack from everywhere, and counting single ones is no help.
            if until.len() >= MAX_VISITORS {
                until.clear();
            }
        }
        let earliest = until.get(key).copied().unwrap_or(now).max(now);
        if earliest + step - now > window {
            let wait = earliest + step - now - window;
            return Err(u64::try_from(wait).unwrap_or(0).div_ceil(1_000_000).max(1));
        }
        until.insert(key.to_owned(), earliest + step);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn so_many_at_once_then_evenly() {
        let limits = Limits::default();
        let (start, later) = (Elapsed(0), Elapsed(SECOND));
        let rate = Rate::per_minute(60);
        for _ in 0..60 {
            assert_eq!(limits.take("a", rate, start), Ok(()));
        }
        assert_eq!(limits.take("a", rate, start), Err(1));
        assert_eq!(
            limits.take("b", rate, start),
            Ok(()),
            "others are not held back"
        );
        assert_eq!(
            limits.take("a", rate, later),
            Ok(()),
            "one second on, one more"
        );
        assert_eq!(limits.take("a", rate, later), Err(1));
        let none = Rate::per_minute(0);
        assert_eq!(limits.take("a", none, start), Ok(()), "0 is no limit");
    }

    #[test]
    fn an_hour_is_an_hour() {
        let limits = Limits::default();
        let rate = Rate::per_hour(2);
        for _ in 0..2 {
            assert_eq!(limits.take("a", rate, Elapsed(0)), Ok(()));
        }
        assert_eq!(limits.take("a", rate, Elapsed(0)), Err(30 * 60));
    }
}
