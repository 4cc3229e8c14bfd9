//! How much one visitor may ask for in a while, counted in memory.

use std::collections::HashMap;
use std::sync::Mutex;

const MINUTE: i64 = 60_000_000;
/// The most visitors that are counted at once. Beyond it, those who asked longest ago are forgotten.
const MOST: usize = 100_000;

/// Until when each visitor's requests are spread, were they sent evenly (a leaky bucket, as GCRA).
#[derive(Default)]
pub struct Limits(Mutex<HashMap<String, i64>>);

impl Limits {
    /// Counts one request of `key`, of which `per_minute` are taken: at once, or evenly after that.
    ///
    /// # Errors
    /// How many seconds to wait.
    pub fn take(&self, key: &str, per_minute: u32, now: i64) -> Result<(), u64> {
        if per_minute == 0 {
            return Ok(());
        }
        let step = MINUTE / i64::from(per_minute);
        let mut until = self.0.lock().expect("not poisoned");
        if until.len() >= MOST {
            until.retain(|_, until| *until > now);
            // All are busy: that is an attack from everywhere, and counting single ones is no help.
            if until.len() >= MOST {
                until.clear();
            }
        }
        let earliest = until.get(key).copied().unwrap_or(now).max(now);
        if earliest + step - now > MINUTE {
            let wait = earliest + step - now - MINUTE;
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
        for _ in 0..60 {
            assert_eq!(limits.take("a", 60, 0), Ok(()));
        }
        assert_eq!(limits.take("a", 60, 0), Err(1));
        assert_eq!(limits.take("b", 60, 0), Ok(()), "others are not held back");
        assert_eq!(
            limits.take("a", 60, 1_000_000),
            Ok(()),
            "one second on, one more"
        );
        assert_eq!(limits.take("a", 60, 1_000_000), Err(1));
        assert_eq!(limits.take("a", 0, 0), Ok(()), "0 is no limit");
    }
}
