//! Whether somebody still says that a record is right.

use jiff::civil::Date;

/// When the lead of a record is asked whether it is still right, in days since the last sign of life: a published edit,
/// a transition, a linked note or event, a confirmation.
#[derive(Debug, Clone, Copy)]
pub struct StaleRule {
    pub ask_after_days: i32,
    /// From the first question to the second.
    pub again_days: i32,
    /// From the second question to the mark that nobody has confirmed it.
    pub mark_days: i32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Freshness {
    Fresh,
    Asked,
    AskedTwice,
    Stale,
}

impl StaleRule {
    /// How a record stands on a day. Signs after that day do not count yet; one without any sign was never confirmed.
    pub fn freshness(&self, signs: &[Date], day: Date) -> Freshness {
        let Some(last) = signs.iter().filter(|sign| **sign <= day).max() else {
            return Freshness::Stale;
        };
        let days = last.until(day).map_or(i32::MAX, |age| age.get_days());
        let again = self.ask_after_days.saturating_add(self.again_days);
        let mark = again.saturating_add(self.mark_days);
        if days < self.ask_after_days {
            Freshness::Fresh
        } else if days < again {
            Freshness::Asked
        } else if days < mark {
            Freshness::AskedTwice
        } else {
            Freshness::Stale
        }
    }
}
